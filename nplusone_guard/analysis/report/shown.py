"""What a report consists of, whatever its format: sections with groups of items, and tables of figures."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Group", "Item", "Section", "Table"]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that was found.

    Attributes:
        title: What it is about: `shop.Order (state, -day)`.
        facts: Sentences.
        fix: What to write, as code, `""` for nothing.
        places: Lines of the project.
        statement: The SQL that it is about, `""` for none.
        plans: A name and the planner's text for each plan.
    """

    title: str
    facts: tuple[str, ...] = ()
    fix: str = ""
    places: tuple[str, ...] = ()
    statement: str = ""
    plans: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of figures.

    Attributes:
        heading: What the columns are.
        rows: The cells, as text.
    """

    heading: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Items of one sort.

    Attributes:
        title: Which.
        items: The items.
    """

    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report.

    Attributes:
        key: What `--section` calls it.
        title: Its heading.
        lead: Sentences that stand first.
        groups: What was found.
        tables: Figures.
    """

    key: str
    title: str
    lead: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    tables: tuple[Table, ...] = ()
