"""The figures of a database: plain values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..existing import models_by_table
from ..values import IndexUsage

__all__ = ["LARGE", "DatabaseStats", "IndexStats", "TableStats", "by_size", "model_labels"]

LARGE = 10_000
"""Rows from which on it matters that a table is read from its beginning to its end."""


@dataclass(frozen=True, slots=True)
class TableStats:
    """What is known of a table; `None` where the database does not say.

    Attributes:
        table: The table.
        model: Its model, `shop.Order`, `""` where no model has the table.
        rows: About how many rows it has.
        size_bytes: What they take on disk, without the indexes.
        index_bytes: What its indexes take.
        bloat_bytes: About how much of its size is room that no row fills.
        full_scans: How often it was read from its beginning to its end.
        full_scan_rows: How many rows were read in this way.
    """

    table: str
    model: str = ""
    rows: int | None = None
    size_bytes: int | None = None
    index_bytes: int | None = None
    bloat_bytes: int | None = None
    full_scans: int | None = None
    full_scan_rows: int | None = None


@dataclass(frozen=True, slots=True)
class IndexStats:
    """What is known of an index.

    Attributes:
        name: Its name in the database.
        table: Its table.
        usage: Its size, and how often it was read.
    """

    name: str
    table: str
    usage: IndexUsage


@dataclass(frozen=True, slots=True)
class DatabaseStats:
    """What is known of a database; `None` where it does not say.

    Attributes:
        alias: Its alias in `DATABASES`.
        vendor: Its vendor as Django spells it.
        version: What the server calls itself.
        size_bytes: What it takes on disk.
        free_bytes: How much of that is free for new rows, as far as it is counted for the whole database.
        cache_hit_ratio: Which share of what was read was in memory already, from 0.0 to 1.0.
        since: When it began to count scans and hits, as it says it; `""` where it does not.
        tables: Its tables, the largest first.
        indexes: Their indexes, the largest first.
        unknown: What it cannot know or does not tell, a sentence each.
    """

    alias: str
    vendor: str
    version: str = ""
    size_bytes: int | None = None
    free_bytes: int | None = None
    cache_hit_ratio: float | None = None
    since: str = ""
    tables: tuple[TableStats, ...] = ()
    indexes: tuple[IndexStats, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def scanned_tables(self) -> tuple[TableStats, ...]:
        """The large tables that are read from beginning to end, those with the most rows read first."""
        scanned = [one for one in self.tables if (one.rows or 0) >= LARGE and (one.full_scan_rows or 0)]
        return tuple(sorted(scanned, key=lambda one: -(one.full_scan_rows or 0)))

    @property
    def usage(self) -> dict[str, IndexUsage]:
        """What is known of each index, by its name, as `nplusone_guard.analysis.waste` asks for it."""
        return {index.name: index.usage for index in self.indexes}


def by_size(
    tables: Iterable[TableStats], indexes: Iterable[IndexStats]
) -> tuple[tuple[TableStats, ...], tuple[IndexStats, ...]]:
    """The same, the largest first; by rows and name where no size is known."""
    return (
        tuple(sorted(tables, key=lambda one: (-(one.size_bytes or 0), -(one.rows or 0), one.table))),
        tuple(sorted(indexes, key=lambda one: (-(one.usage.size_bytes or 0), one.table, one.name))),
    )


def model_labels(alias: str) -> dict[str, str]:
    """The models' labels, by table."""
    return {table: model._meta.label for table, model in models_by_table(alias).items()}
