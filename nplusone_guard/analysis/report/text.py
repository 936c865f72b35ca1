"""The report for a terminal: plain text, 80 columns, the outcome first."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from ..analyzing import Analysis
from .sections import headline, sections_of
from .shown import Item, Section, Table

__all__ = ["render"]

_WIDTH = 80


def render(analysis: Analysis, *, verbose: bool) -> str:
    """The report about `analysis` as text."""
    lines = [*_wrapped(headline(analysis)), ""]
    for section in sections_of(analysis, verbose=verbose):
        lines += [*_section(section), ""]
    return "\n".join(lines)


def _section(section: Section) -> Iterator[str]:
    yield section.title.upper()
    for sentence in section.lead:
        yield from _wrapped(sentence, "  ")
    for group in section.groups:
        yield ""
        yield from _wrapped(f"{group.title} ({len(group.items)})", "  ")
        for item in group.items:
            yield from _item(item)
    for table in section.tables:
        yield ""
        yield from _table(table)


def _item(item: Item) -> Iterator[str]:
    if item.facts and not (item.fix or item.places or item.statement or item.plans):
        yield from _wrapped(f"{item.title}: {' '.join(item.facts)}", "  - ", "      ")
        return
    yield from _wrapped(item.title, "  - ", "      ")
    if item.fix:
        yield from _wrapped(item.fix, "      fix  ", "           ")
    yield from _wrapped(" ".join(item.facts), "      ")
    for place in item.places:
        yield from _wrapped(place, "      at   ", "           ")
    if item.statement:
        yield from _wrapped(item.statement, "      sql  ", "           ")
    for name, plan in item.plans:
        yield f"      plan {name}"
        yield from (f"           {line}" for line in plan.splitlines())


def _table(table: Table) -> Iterator[str]:
    """Columns as wide as their cells; figures to the right."""
    every = (table.heading, *table.rows)
    widths = [max(len(row[column]) for row in every) for column in range(len(table.heading))]
    for row in every:
        cells = [
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield f"  {'  '.join(cells)}".rstrip()


def _wrapped(text: str, first: str = "", further: str | None = None) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=first if further is None else further,
        break_long_words=False,  # a path that is broken cannot be clicked
        break_on_hyphens=False,
    )
