"""`manage.py demo`: asks the site through the guard, and shows what the guard found."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from ....seeding.models import SeededTable
from ... import pages
from ...logs import LOGGER, LogRecorder
from ...measuring import Comparison, compare, every_stop
from ...server import RequestFailedError, running_server
from ...stops import Stop


class Command(BaseCommand):
    help = (
        "Starts the site on a free local port, asks each address as it was written and as it was fixed, and "
        "prints what the guard found: statements, findings, a log event, headers."
    )

    def handle(self, **options: Any) -> None:
        self._require_rows()
        console = Console(file=options.get("stdout") or sys.stdout, highlight=False)
        try:
            tour = every_stop()
            # The server comes first: making the application configures logging anew.
            with running_server() as address, LogRecorder() as log:
                comparisons = self._compare(address, tour, console)
        except RequestFailedError as error:
            raise CommandError(str(error)) from error
        first = comparisons[0].naive
        if log.others:
            raise CommandError(f"The guard did not work as it should: {log.others[0]}")
        if not log.events:
            raise CommandError(f"The logger {LOGGER} has written no event: no N+1 query was found.")
        pages.show_comparison(console, comparisons, connection.display_name)
        pages.show_findings(console, comparisons)
        pages.show_log_line(console, log.events[0])
        pages.show_headers(console, first)
        pages.show_next_step(console, first)

    def _compare(self, address: str, tour: list[Stop], console: Console) -> list[Comparison]:
        columns = (TextColumn("{task.description:<32}"), BarColumn(bar_width=None), MofNCompleteColumn())
        comparisons = []
        shown = {"transient": True, "disable": not console.is_terminal}
        with Progress(*columns, console=console, **shown) as progress:
            bar = progress.add_task("", total=len(tour))
            for comparison in compare(address, tour):
                comparisons.append(comparison)
                stop = comparison.stop
                progress.update(bar, advance=1, description=f"{stop.group} {stop.action}")
        return comparisons

    def _require_rows(self) -> None:
        try:
            seeded = SeededTable.objects.exists()
        except DatabaseError as error:
            raise CommandError(
                f"The tables are missing ({error}). Run `manage.py migrate`, then `seed`."
            ) from error
        if not seeded:
            raise CommandError("The tables are empty. Run `manage.py seed` first.")
