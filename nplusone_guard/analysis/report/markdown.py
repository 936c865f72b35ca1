"""The report for a repository or a review: Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from ..analyzing import Analysis
from .sections import headline, sections_of
from .shown import Item, Section, Table

__all__ = ["render"]


def render(analysis: Analysis, *, verbose: bool) -> str:
    """The report about `analysis` as Markdown."""
    lines = ["# Queries and indexes", "", headline(analysis), ""]
    for section in sections_of(analysis, verbose=verbose):
        lines += [*_section(section), ""]
    return "\n".join(lines)


def _section(section: Section) -> Iterator[str]:
    yield f"## {section.title}"
    yield ""
    yield " ".join(map(_escaped, section.lead))
    for group in section.groups:
        yield from ("", f"### {_escaped(group.title)}", "")
        for item in group.items:
            yield from _item(item)
    for table in section.tables:
        yield ""
        yield from _table(table)


def _item(item: Item) -> Iterator[str]:
    yield f"- **{_code(item.title)}** {' '.join(map(_escaped, item.facts))}".rstrip()
    if item.fix:
        yield f"  - Fix: {_code(item.fix)}"
    for place in item.places:
        yield f"  - {_code(place)}"
    if item.statement:
        yield f"  - {_code(item.statement)}"
    for name, plan in item.plans:
        yield f"  - Plan {name}:"
        yield from ("", "    ```", *(f"    {line}" for line in plan.splitlines()), "    ```", "")


def _table(table: Table) -> Iterator[str]:
    yield f"| {' | '.join(map(_cell, table.heading))} |"
    yield f"|{'|'.join(['---', *['---:'] * (len(table.heading) - 1)])}|"
    for row in table.rows:
        yield f"| {' | '.join(map(_cell, row))} |"


def _cell(text: str) -> str:
    return _escaped(text).replace("|", "\\|")


def _escaped(text: str) -> str:
    for one in ("\\", "*", "_", "<", "`", "["):
        text = text.replace(one, f"\\{one}")
    return text


def _code(text: str) -> str:
    """`text` as code, whatever backticks are in it."""
    fence = "``" if "`" in text else "`"
    space = " " if "`" in text else ""
    return f"{fence}{space}{' '.join(text.split())}{space}{fence}"
