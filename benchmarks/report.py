"""The tables: measured beside wanted, on the terminal and in `results/cost.md`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import django
from django.db import connection
from rich.table import Table

from .held import SHAPES
from .machine import commit, machine
from .recorders import NOBODY
from .sizes import Sizes

__all__ = ["TARGETS", "Results", "tables", "write"]

Figures = dict[str, dict[str, float | str]]

TARGETS = {
    "guard, light": {"different": 1.0, "N+1": 1.0, "raw": 6.0, "DRF list": 0.5},
    "guard, deep": {"different": 5.0, "N+1": 5.0, "DRF list": 5.0},
}
"""Percent of instructions more than no tool at all, at most."""

HELD_TARGETS = {"guard, light": {"different": 3.2e6, "one": 0.1e6}}
"""Bytes for 10,000 statements, at most."""


@dataclass(frozen=True, slots=True)
class Results:
    """All that was measured.

    Attributes:
        sizes: How large the workloads were.
        rounds: How many rounds the times are the fastest of.
        statements: By workload, how many statements it runs.
        instructions: By recorder and workload; empty where they were not counted.
        seconds: Processor seconds, the same way.
        held: Bytes, by recorder and sort of statements.
    """

    sizes: Sizes
    rounds: int
    statements: dict[str, int]
    instructions: Figures
    seconds: Figures
    held: Figures


Rows = list[list[str]]


def tables(results: Results) -> list[Table]:
    """For the terminal."""
    made = []
    for title, header, rows in _contents(results):
        table = Table(title=title)
        for number, name in enumerate(header):
            table.add_column(name, justify="right" if number else "left")
        for row in rows:
            table.add_row(*row)
        made.append(table)
    return made


def write(results: Results, path: Path) -> None:
    """As Markdown, with what it was measured on."""
    parts = [
        "# What the guard costs",
        "Written by `make bench`. Percentages are against no tool at all; in brackets what is wanted at most.",
        _measured_on(),
    ]
    for title, header, rows in _contents(results):
        lines = [header, ["---"] + ["---:"] * (len(header) - 1), *rows]
        parts += [f"## {title}", "\n".join(f"| {' | '.join(line)} |" for line in lines)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _contents(results: Results) -> list[tuple[str, list[str], Rows]]:
    """Title, header and rows of each table."""
    sizes = results.sizes
    names = {
        "different": f"{sizes.rows} different statements",
        "N+1": f"N+1 of {sizes.rows}",
        "raw": f"{sizes.raw:,} raw statements",
        "DRF list": "DRF list request",
    }
    header = ["", *(names[workload] for workload in results.statements)]
    found = []
    if results.instructions:
        found.append(("Instructions", header, _rows(results.instructions, results, _instructions)))
        found.append(
            ("Instructions more, for each statement", header, _rows(results.instructions, results, _each))
        )
    title = f"Processor time, fastest of {results.rounds} rounds"
    found.append((title, header, _rows(results.seconds, results, _seconds)))
    held = [
        [name, *(_weight(name, shapes, by_shapes[shapes]) for shapes in SHAPES)]
        for name, by_shapes in results.held.items()
    ]
    found.append((f"Memory per {sizes.held:,} statements", ["", "different shapes", "one shape"], held))
    return found


_Cell = Callable[[float, float, str, str, int], str]
"""One figure, that of no tool, the recorder, the workload, how many statements: as text."""


def _rows(figures: Figures, results: Results, cell: _Cell) -> Rows:
    rows = []
    for name, by_workload in figures.items():
        row = [name]
        for workload, statements in results.statements.items():
            one, base = by_workload.get(workload, "–"), figures[NOBODY.name].get(workload, "–")
            known = not isinstance(one, str) and not isinstance(base, str)
            row.append(cell(one, base, name, workload, statements) if known else str(one))
        rows.append(row)
    return rows


def _instructions(one: float, base: float, name: str, workload: str, statements: int) -> str:
    if name == NOBODY.name:
        return f"{one / 1e6:,.1f} million"
    target = TARGETS.get(name, {}).get(workload)
    return _percent(one, base) + ("" if target is None else f" (≤ {target:g} %)")


def _each(one: float, base: float, name: str, workload: str, statements: int) -> str:
    return f"{one / statements:,.0f}" if name == NOBODY.name else f"{(one - base) / statements:+,.0f}"


def _seconds(one: float, base: float, name: str, workload: str, statements: int) -> str:
    return f"{one * 1e3:,.2f} ms" if name == NOBODY.name else _percent(one, base)


def _percent(one: float, base: float) -> str:
    return f"{(one / base - 1) * 100:+.2f} %"


def _weight(name: str, shapes: str, held: float | str) -> str:
    if isinstance(held, str):
        return held
    target = HELD_TARGETS.get(name, {}).get(shapes)
    return f"{held / 1e6:.2f} MB" + ("" if target is None else f" (≤ {target / 1e6:g} MB)")


def _measured_on() -> str:
    """The machine, the versions, the commit."""
    return f"Measured on {machine()}, Django {django.__version__}, {connection.vendor}, at commit {commit()}."
