"""`manage.py demo`: asks the API through the guard, and shows what the guard found."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from rich.console import Console

from ....seeding.models import SeededTable
from ... import pages
from ...measuring import LOGGER, LogRecorder, compare_endpoints
from ...server import RequestFailedError, running_server


class Command(BaseCommand):
    help = (
        "Starts the site on a free local port, requests each endpoint as it was written and as it was fixed, "
        "and prints what the guard found: findings, statements, a log event, headers."
    )

    def handle(self, **options: Any) -> None:
        self._require_rows()
        console = Console(file=options.get("stdout") or sys.stdout, highlight=False)
        try:
            with running_server() as address, LogRecorder() as log:
                comparisons = compare_endpoints(address)
        except RequestFailedError as error:
            raise CommandError(str(error)) from error
        first = comparisons[0].naive
        if log.others:
            raise CommandError(f"The guard did not work as it should: {log.others[0]}")
        if not log.events:
            raise CommandError(f"The logger {LOGGER} has written no event: no N+1 query was found.")
        pages.show_opening(console, comparisons, connection.display_name)
        pages.show_findings(console, comparisons)
        pages.show_comparison(console, comparisons)
        pages.show_log_line(console, log.events[0])
        pages.show_headers(console, first)
        pages.show_next_step(console, first)

    def _require_rows(self) -> None:
        try:
            seeded = SeededTable.objects.exists()
        except DatabaseError as error:
            raise CommandError(
                f"The tables are missing ({error}). Run `manage.py migrate`, then `seed`."
            ) from error
        if not seeded:
            raise CommandError("The tables are empty. Run `manage.py seed` first.")
