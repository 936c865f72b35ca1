"""What does a report say of the database itself?"""

from __future__ import annotations

from typing import TypeVar

from ...wording import counted
from ..statistics import DatabaseStats, IndexStats, TableStats
from ..values import IndexUsage
from .sizes import size

__all__ = ["facts_of", "largest_indexes", "largest_tables", "scanned_tables"]

_SHORT = 10
_NOT_KNOWN = "?"

Rows = tuple[tuple[str, ...], ...]
_T = TypeVar("_T")


def facts_of(stats: DatabaseStats) -> tuple[str, ...]:
    """Sentences about the whole of it, and about what it cannot know."""
    facts = [f"{stats.version or stats.vendor}."]
    if stats.size_bytes is not None:
        free = f", {size(stats.free_bytes)} of it free" if stats.free_bytes else ""
        facts.append(f"{counted(len(stats.tables), 'table')}, {size(stats.size_bytes)} on disk{free}.")
    if stats.cache_hit_ratio is not None:
        facts.append(f"{stats.cache_hit_ratio:.1%} of what was read was in memory already.")
    if stats.since:
        facts.append(f"It counts since {stats.since}.")
    return (*facts, *stats.unknown)


def largest_tables(stats: DatabaseStats, *, verbose: bool) -> tuple[tuple[str, ...], Rows]:
    """The heading and the rows of the table of tables."""
    heading: tuple[str, ...] = ("table", "rows", "size", "indexes", "read whole")
    if verbose:
        heading = (*heading, "bloat")
    return heading, tuple(_of_table(one)[: len(heading)] for one in _first(stats.tables, verbose))


def scanned_tables(stats: DatabaseStats, *, verbose: bool) -> tuple[tuple[str, ...], Rows]:
    """The large tables that are read from beginning to end."""
    heading = ("large and read whole", "rows", "times", "rows read so")
    return heading, tuple(
        (one.table, _number(one.rows), _number(one.full_scans), _number(one.full_scan_rows))
        for one in _first(stats.scanned_tables, verbose)
    )


def largest_indexes(stats: DatabaseStats, *, verbose: bool) -> tuple[tuple[str, ...], Rows]:
    """The heading and the rows of the table of indexes."""
    heading = ("index", "table", "size", "scans")
    return heading, tuple(_of_index(one) for one in _first(stats.indexes, verbose))


def _first(every: tuple[_T, ...], verbose: bool) -> tuple[_T, ...]:
    return every if verbose else every[:_SHORT]


def _of_table(one: TableStats) -> tuple[str, ...]:
    sizes = (_size(one.size_bytes), _size(one.index_bytes))
    return (one.table, _number(one.rows), *sizes, _number(one.full_scans), _size(one.bloat_bytes))


def _of_index(one: IndexStats) -> tuple[str, ...]:
    usage: IndexUsage = one.usage
    return (one.name, one.table, _size(usage.size_bytes), _number(usage.scans))


def _number(value: int | None) -> str:
    return _NOT_KNOWN if value is None else f"{value:,}"


def _size(value: int | None) -> str:
    return _NOT_KNOWN if value is None else size(value)
