"""`manage.py analyze_queries`: which indexes are missing or wasted, which N+1s wait in the code, with evidence."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS, Error, connections

from ...analysis.obstacles import obstacle_to
from ...wording import counted, did_you_mean

if TYPE_CHECKING:
    from ...analysis.analyzing import Analysis

_FAILURES = ("missing", "redundant", "nplusone")


class Command(BaseCommand):
    """See `help`."""

    help = (
        "Says which indexes are missing and which are needless, asked of the database's own planner, and which "
        "N+1s wait in the code. Nothing is created, locked or analyzed in the database."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The options."""
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, help="The database's alias.")
        parser.add_argument(
            "--app", action="append", default=[], metavar="LABEL", help="Only this app; repeatable."
        )
        parser.add_argument("--section", action="append", default=[], help="Only this part; repeatable.")
        parser.add_argument("--format", default="text", help="text, json, markdown or html (default: text).")
        parser.add_argument("--output", metavar="FILE", help="Write it there rather than to standard output.")
        parser.add_argument("--verbose", action="store_true", help="Also what is ignored, all places, and plans.")
        parser.add_argument("--workload", metavar="FILE", help="Statements that the guard has recorded.")
        parser.add_argument("--log", metavar="FILE", help="A log of the guard, which confirms N+1s of the code.")
        parser.add_argument(
            "--fail-on", default="", metavar="WHAT", help=f"Exit with 1 on any of {','.join(_FAILURES)}."
        )
        parser.add_argument(
            "--apply-in-test-db",
            action="store_true",
            help="Without hypopg: create each index in a transaction that is rolled back. It locks its table "
            "against writes, so only for a database that is there for tests.",
        )
        parser.add_argument(
            "--write-migrations",
            action="store_true",
            help="Write migrations that add the indexes worth adding and remove the needless ones.",
        )
        parser.add_argument("--dry-run", action="store_true", help="Show those migrations as a diff instead.")

    def handle(self, **options: Any) -> None:
        """Analyze and report."""
        if importlib.util.find_spec("sqlglot") is None:
            raise CommandError("sqlglot is missing, which reads the SQL: pip install 'nplusone-guard[analyze]'.")
        # Only here, as these import it.
        from ...analysis.analyzing import SECTIONS  # noqa: PLC0415
        from ...analysis.report import FORMATS, render  # noqa: PLC0415

        _require_known("--section", options["section"], SECTIONS)
        _require_known("--format", [options["format"]], FORMATS)
        _require_known("--database", [options["database"]], connections)
        _require_known("--app", options["app"], [one.label for one in apps.get_app_configs()])
        failures = [one for one in options["fail_on"].split(",") if one]
        _require_known("--fail-on", failures, _FAILURES)
        if options["dry_run"] and not options["write_migrations"]:
            raise CommandError("--dry-run is for --write-migrations; without it nothing is written anyway.")
        analysis = _analysis(options)
        text = render(analysis, options["format"], verbose=options["verbose"])
        if options["output"]:
            _write(text, options["output"])
        else:
            self.stdout.write(text)
        if options["write_migrations"]:
            # A report for programs is not followed by anything.
            told = self.stdout if options["output"] or options["format"] == "text" else self.stderr
            told.write(_migrations(analysis, dry_run=options["dry_run"]))
        reasons = [reason for one in failures if (reason := _reason_to_fail(analysis, one))]
        if reasons:
            raise CommandError(f"--fail-on {options['fail_on']}: {', '.join(reasons)}.")


def _require_known(option: str, given: Iterable[str], known: Iterable[str]) -> None:
    every = list(known)
    for one in given:
        if one not in every:
            near = did_you_mean(one, every)
            raise CommandError(f"{option} {one!r} is not known{near}; expected one of: {', '.join(every)}.")


def _analysis(options: dict[str, Any]) -> Analysis:
    from ...analysis.analyzing import SECTIONS, analyze  # noqa: PLC0415

    connection = connections[options["database"]]
    sections = options["section"] or SECTIONS
    obstacle = "" if set(sections) == {"nplusone"} else obstacle_to(connection, options["app"])
    if obstacle:
        raise CommandError(obstacle)
    if options["log"] and not Path(options["log"]).is_file():
        raise CommandError(f"--log {options['log']} is no file; it is a log with the events nplusone.detected.")
    try:
        with _progress() as step:
            return analyze(
                connection,
                sections=sections,
                workload=options["workload"],
                app_labels=options["app"],
                log=options["log"],
                apply_in_test_db=options["apply_in_test_db"],
                step=step,
            )
    except (OSError, ValueError) as error:
        raise CommandError(str(error)) from error
    except Error as error:
        raise CommandError(f"The database {connection.alias!r} does not answer: {error}") from error


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """A bar on standard error, where that is a terminal."""
    from rich.console import Console  # noqa: PLC0415 — an extra
    from rich.progress import Progress  # noqa: PLC0415

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("")
        yield lambda what, done, of: progress.update(task, description=what, completed=done, total=of)


def _migrations(analysis: Analysis, *, dry_run: bool) -> str:
    """Write them; what was written, what belongs into the models, and what is left to the user."""
    from ...analysis.migrations import write_migrations  # noqa: PLC0415

    advice = [one.advice for one in analysis.recommended]
    connection = connections[analysis.alias]
    try:
        return (
            f"\nMIGRATIONS\n\n{write_migrations(advice, analysis.waste, connection=connection, dry_run=dry_run)}"
        )
    except OSError as error:
        raise CommandError(f"A migration cannot be written: {error}") from error


def _write(text: str, path: str) -> None:
    try:
        # A lone surrogate, as file names that are no UTF-8 have, must not cost the whole report.
        Path(path).write_text(text + "\n", encoding="utf-8", errors="backslashreplace", newline="\n")
    except OSError as error:
        raise CommandError(f"The report cannot be written: {error}") from error


def _reason_to_fail(analysis: Analysis, what: str) -> str:
    """What `--fail-on` names and is there, in words; `""` when nothing is."""
    if what == "missing":
        number, *nouns = len(analysis.missing), "index is missing", "indexes are missing"
    elif what == "redundant":
        number, *nouns = len(analysis.redundant), "index is needless", "indexes are needless"
    else:
        number = sum(every[0].confidence != "possible" for every in analysis.places)
        nouns = ["N+1 waits in the code", "N+1s wait in the code"]
    return counted(number, *nouns) if number else ""
