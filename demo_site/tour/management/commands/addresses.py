"""`manage.py addresses`: what to look at while the site runs, and who may sign in."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console

from ....seeding import demo_user
from ...server import SIGN_IN_PATH, RequestFailedError
from ...stops import stops


class Command(BaseCommand):
    help = "Prints some addresses of the running site, each as it was written and as it was fixed."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--site", default="http://127.0.0.1:8000", help="Where the site runs.")

    def handle(self, *, site: str, **options: Any) -> None:
        console = Console(file=options.get("stdout") or sys.stdout, highlight=False)
        try:
            tour = stops()
        except RequestFailedError as error:
            raise CommandError(str(error)) from error
        console.print()
        console.print(f"Sign in at {site}{SIGN_IN_PATH}", soft_wrap=True)
        console.print(
            f"as [bold]{demo_user.EMAIL}[/], password [bold]{demo_user.PASSWORD}[/]; it is the admin's too."
        )
        console.print()
        for stop in tour:
            console.print(f"{stop.group:<17} {stop.action:<14} {stop.path('naive')}", markup=False, soft_wrap=True)
        console.print()
        console.print("Each of them also with /optimized/ in the place of /naive/.")
        console.print()
