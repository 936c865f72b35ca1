"""`manage.py write_tutor_reports`: the background task, from the command line."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from ...tasks import write_tutor_reports_naive, write_tutor_reports_optimized

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Writes the report of each tutor about a week, anew if it is there. What the guard finds is logged."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--week",
            type=date.fromisoformat,
            help="A day of that week, such as 2026-01-31 (default: the last whole week).",
        )
        parser.add_argument("--naive", action="store_true", help="With a statement or two for each tutor.")

    def handle(self, *, week: date | None, naive: bool, **options: Any) -> None:
        wanted = week or timezone.localdate() - timedelta(days=7)
        monday = wanted - timedelta(days=wanted.weekday())
        write = write_tutor_reports_naive if naive else write_tutor_reports_optimized
        self.stdout.write(f"{write(monday)} reports about the week of {monday}.")
