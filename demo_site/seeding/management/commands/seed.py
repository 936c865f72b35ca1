"""`manage.py seed`: fills the demo site's tables, the same rows for the same seed."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from ... import demo_user
from ...filling import continue_numbering, empty_tables, fill_table, tell_the_planner
from ...models import SeededTable
from ...plan import Plan
from ...sizes import SIZES
from ...tables import TABLES

if TYPE_CHECKING:
    from argparse import ArgumentParser

SIGN_IN = f"Sign in as {demo_user.EMAIL}, password {demo_user.PASSWORD}."


class RateColumn(ProgressColumn):
    """Rows per second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f} rows/s" if speed else "", style="progress.data.speed")


class Command(BaseCommand):
    help = (
        "Fills the demo site with made-up people, the same ones for the same --seed. A stopped run goes on "
        "where it was. Where other rows are already, nothing is done without --replace."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--size", default="small", help=f"How much: {', '.join(SIZES)} (default: small).")
        parser.add_argument("--seed", default=1, type=int, help="Which rows: any whole number (default: 1).")
        parser.add_argument(
            "--replace",
            action="store_true",
            help="First delete what is in the demo site's tables, what was added by hand included.",
        )

    def handle(self, *, size: str, seed: int, replace: bool, verbosity: int, **options: Any) -> None:
        if size not in SIZES:
            raise CommandError(f"There is no size {size!r}, expected one of: {', '.join(SIZES)}.")
        console = Console(file=options.get("stdout") or sys.stdout, quiet=verbosity == 0)
        self._require_tables()
        if replace:
            console.print("Deleting the rows that are there.")
            empty_tables()
        done = self._tables_done(size, seed)
        missing = [table for table in TABLES if table.name not in done]
        if not missing:
            console.print(f"Already seeded: size {size}, seed {seed}, {sum(done.values()):,} rows.")
            console.print(SIGN_IN)
            return
        started = time.perf_counter()
        try:
            rows = self._fill(missing, Plan(SIZES[size], seed), size, console)
        except KeyboardInterrupt:
            raise CommandError(
                f"Stopped with {SeededTable.objects.count()} of {len(TABLES)} tables done, which stay. "
                f"Run the same command again{', without --replace,' if replace else ''} to go on.",
                returncode=130,  # as shells count an interrupt
            ) from None
        continue_numbering()
        tell_the_planner()
        seconds = time.perf_counter() - started
        console.print(
            f"Seeded {rows:,} rows in {len(missing)} tables in {seconds:.1f} s: size {size}, seed {seed}."
        )
        console.print(SIGN_IN)

    def _require_tables(self) -> None:
        try:
            SeededTable.objects.exists()
        except DatabaseError as error:
            raise CommandError(f"The tables are missing ({error}). Run `manage.py migrate` first.") from error

    def _tables_done(self, size: str, seed: int) -> dict[str, int]:
        """The tables that need nothing, with their number of rows."""
        seeded = {table.table: table for table in SeededTable.objects.all()}
        if seeded and all((table.size, table.seed) == (size, seed) for table in seeded.values()):
            return {name: table.row_count for name, table in seeded.items()}
        if seeded:
            table = next(iter(seeded.values()))
            raise CommandError(
                f"The database holds size {table.size}, seed {table.seed}. Add --replace to delete it, with all "
                "that was added since, and seed again."
            )
        if any(table.model._default_manager.exists() for table in TABLES):
            raise CommandError(
                "The demo site's tables hold rows that no seeding wrote. Add --replace to delete them."
            )
        return {}

    def _fill(self, tables: list[Any], plan: Plan, size: str, console: Console) -> int:
        columns = (
            TextColumn("{task.description:<30}"),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            RateColumn(),
            TimeRemainingColumn(),
        )
        shown = {"transient": True, "expand": True, "disable": not console.is_terminal}
        with Progress(*columns, console=console, **shown) as progress:
            task = progress.add_task("", total=sum(table.row_count(plan) for table in tables))
            written = 0
            for table in tables:
                progress.update(task, description=table.model._meta.verbose_name_plural)
                written += fill_table(table, plan, size, lambda rows: progress.advance(task, rows))
        return written
