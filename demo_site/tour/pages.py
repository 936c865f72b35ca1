"""How is what was measured shown? For 80 columns or more, with or without colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.highlighter import JSONHighlighter
from rich.table import Table
from rich.text import Text

from .measuring import ROUNDS

if TYPE_CHECKING:
    from rich.console import Console

    from .measuring import Comparison, Visit

SHOWN_HEADERS = ("X-NPlusOne", "X-NPlusOne-Findings", "Server-Timing")


def show_opening(console: Console, comparisons: list[Comparison], database: str) -> None:
    """What was asked."""
    count = len(comparisons)
    console.print()
    console.print(f"{count} endpoints on {database}, each as written and as fixed, asked over HTTP.")


def show_findings(console: Console, comparisons: list[Comparison]) -> None:
    """One row per finding: where, what, how often, what it cost, and the way out."""
    count = sum(len(comparison.naive.report.findings) for comparison in comparisons)
    requests = sum(1 for comparison in comparisons if comparison.naive.report.findings)
    _heading(console, f"{count} findings in {requests} of {len(comparisons)} requests to /api/naive/")
    table = _table()
    table.leading = 1
    table.add_column("Endpoint", style="bold", no_wrap=True)
    table.add_column("Times", justify="right", no_wrap=True)
    table.add_column("Wasted\nms", justify="right", no_wrap=True)
    table.add_column("Relation\nCulprit\nFix", overflow="fold", ratio=1)
    for comparison in comparisons:
        for finding in comparison.naive.report.findings:
            explained = Text("\n").join(
                [
                    Text(finding.title, "bold red"),
                    Text(str(finding.culprit or "no line of the project"), "cyan"),
                    Text(finding.suggestion, "green"),
                ]
            )
            wasted = f"{finding.wasted_ms:.1f}"
            table.add_row(comparison.endpoint, str(finding.count), wasted, explained)
    console.print(table)


def show_comparison(console: Console, comparisons: list[Comparison]) -> None:
    """What the fix saves, endpoint by endpoint."""
    _heading(console, "The same JSON from /api/naive/ and, with the fix, from /api/optimized/")
    table = _table()
    table.add_column("Endpoint", style="bold", no_wrap=True)
    for title in (
        "Statements\nnaive",
        "Statements\noptimized",
        "DB ms\nnaive",
        "DB ms\noptimized",
        "Findings\noptimized",
    ):
        table.add_column(title, justify="right", no_wrap=True)
    for comparison in comparisons:
        naive, optimized = comparison.naive.report, comparison.optimized.report
        table.add_row(
            comparison.endpoint,
            Text(str(naive.statements), "red"),
            Text(str(optimized.statements), "green"),
            Text(f"{comparison.naive_db_ms:.1f}", "red"),
            Text(f"{comparison.optimized_db_ms:.1f}", "green"),
            str(len(optimized.findings)),
        )
    console.print(table)
    console.print()
    console.print(Text(f"Database time: the best of {ROUNDS} requests to each.", "dim"))


def show_log_line(console: Console, line: str) -> None:
    """A log line as it was written, on one line however narrow the terminal is: it can be copied."""
    _heading(console, "A log event, as the logger nplusone_guard wrote it")
    text = Text(line)
    JSONHighlighter().highlight(text)
    console.print(text, soft_wrap=True)


def show_headers(console: Console, visit: Visit) -> None:
    """The guard's headers as the client got them."""
    _heading(console, f"The headers of GET {visit.path}")
    console.print(Text(visit.answer.status, "bold"), soft_wrap=True)
    for name in SHOWN_HEADERS:
        for value in visit.answer.headers.get_all(name, []):
            console.print(Text.assemble((name, "cyan"), ": ", value), soft_wrap=True)


def show_next_step(console: Console, visit: Visit) -> None:
    """What to do next."""
    _heading(console, "See it yourself")
    console.print(Text("make serve", "bold green"), "  and in another terminal")
    command = f"curl -sD - -o /dev/null http://127.0.0.1:8000{visit.path}"
    console.print(Text(command, "bold green"), soft_wrap=True)
    console.print()


def _heading(console: Console, words: str) -> None:
    console.print()
    console.print(Text(words, "bold"))
    console.print()


def _table() -> Table:
    return Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="dim", padding=(0, 1))
