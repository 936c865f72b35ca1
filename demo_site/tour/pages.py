"""How is what was measured shown? For 80 columns or more, with or without colour."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.highlighter import JSONHighlighter
from rich.table import Table
from rich.text import Text

from .breaking import broken
from .changes import changes_of
from .measuring import ROUNDS
from .stops import LAST_OF_SIX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console

    from .changes import Change
    from .measuring import Comparison, Visit

SHOWN_HEADERS = ("X-NPlusOne", "X-NPlusOne-Findings", "Server-Timing")


def show_comparison(console: Console, comparisons: list[Comparison], database: str) -> None:
    """What each stop costs as it was written, and as it was fixed."""
    _heading(console, f"{len(comparisons)} stops on {database}, as a hurried team wrote them → as they were fixed")
    table = _table()
    table.add_column("Endpoint", style="bold", no_wrap=True)
    table.add_column("Action", no_wrap=True)
    for title in ("Statements", "Milliseconds", "Findings"):
        table.add_column(title, justify="right", no_wrap=True)
    for group, members in groupby(comparisons, key=lambda comparison: comparison.stop.group):
        for index, comparison in enumerate(members):
            table.add_row("" if index else group, comparison.stop.action, *_costs([comparison]))
        if group == LAST_OF_SIX:
            table.add_section()
    table.add_section()
    table.add_row("the whole tour", "", *_costs(comparisons))
    console.print(table)
    console.print()
    note = f"Milliseconds until the answer, the fastest of {ROUNDS}. Both sides answer the same."
    console.print(Text(note, "dim"))


def _costs(comparisons: list[Comparison]) -> Iterator[Text]:
    naive = [comparison.naive for comparison in comparisons]
    optimized = [comparison.optimized for comparison in comparisons]

    def total(visits: list[Visit], cost: Callable[[Visit], float]) -> float:
        return sum(cost(visit) for visit in visits)

    for width, places, cost in (
        (2, 0, lambda visit: visit.report.statements),
        (5, 1, lambda visit: visit.milliseconds),
        (1, 0, lambda visit: len(visit.report.findings)),
    ):
        before, after = total(naive, cost), total(optimized, cost)
        yield Text.assemble(
            (f"{before:.{places}f}", "red"), (" → ", "dim"), (f"{after:{width}.{places}f}", "green")
        )


def show_findings(console: Console, comparisons: list[Comparison]) -> None:
    """What the guard found, and the change that ends it: each change once, with all it ends."""
    changes = changes_of(comparisons)
    count = sum(len(comparison.naive.report.findings) for comparison in comparisons)
    _heading(console, f"{count} findings, found by the guard alone; {len(changes)} changes end them")
    table = _table()
    table.add_column("Times", justify="right", no_wrap=True)
    table.add_column("Wasted\nms", justify="right", no_wrap=True)
    table.add_column("What, where, and the fix", overflow="fold", ratio=1)
    for change in changes:
        _add_change(table, change)
    console.print(table)


def _add_change(table: Table, change: Change) -> None:
    table.add_row("", "", Text(change.met_at, "bold"))
    for finding in change.findings:
        where = str(finding.culprit or "no line of the project")
        what = Text("\n").join([Text(finding.title, "red"), Text(where, "cyan")])
        table.add_row(str(finding.count), f"{finding.wasted_ms:.1f}", what)
    table.add_row("", "", Text(broken(change.suggestion), "green"))
    table.add_row("", "", Text(f"in {change.origin}" if change.origin else "", "dim"))
    if change.origin:
        table.add_row()


def show_log_line(console: Console, line: str) -> None:
    """A log line as it was written, on one line however narrow the terminal is: it can be copied."""
    _heading(console, "A log event, as the logger nplusone_guard wrote it")
    text = Text(line)
    JSONHighlighter().highlight(text)
    console.print(text, soft_wrap=True)


def show_headers(console: Console, visit: Visit) -> None:
    """The guard's headers as the client got them."""
    _heading(console, f"The headers of GET {visit.path}")
    if visit.answer is None:
        return
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
