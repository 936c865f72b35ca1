"""What does SQLite say of itself? Sizes, where `dbstat` is compiled in. It counts nothing that is read."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import Error

from ..values import IndexUsage
from .figures import DatabaseStats, IndexStats, TableStats, by_size, model_labels

__all__ = ["read"]

_MOST_BYTES = 2_000_000_000
"""`dbstat` reads the whole file; a larger one is not worth the wait."""

_SCHEMA = "SELECT type, name, tbl_name FROM sqlite_master WHERE type IN ('table', 'index')"
_SIZES = "SELECT name, pgsize, unused FROM dbstat WHERE aggregate = TRUE"

_NOTHING_COUNTED = (
    "SQLite does not count how often an index or a table is read, nor what came from memory, so no index can be "
    "called unused."
)
_NO_DBSTAT = "How large tables and indexes are is not known: this SQLite was compiled without dbstat."
_TOO_LARGE = "How large tables and indexes are is not asked: SQLite would read the whole file, of more than 2 GB."
_ESTIMATED = "How many rows a table has is what ANALYZE has noted, else the largest number of a row."


def read(connection: BaseDatabaseWrapper) -> DatabaseStats:
    """See `show_database_stats`."""
    labels = model_labels(connection.alias)
    with connection.cursor() as cursor:
        ((version,),) = _rows(cursor, "SELECT sqlite_version()")
        ((page,),) = _rows(cursor, "PRAGMA page_size")
        ((pages,),) = _rows(cursor, "PRAGMA page_count")
        ((free,),) = _rows(cursor, "PRAGMA freelist_count")
        sizes, why = _sizes(cursor, pages * page)
        every = [row for row in _rows(cursor, _SCHEMA) if not row[2].startswith("sqlite_")]
        noted = _noted(cursor)
        index_bytes: dict[str, int] = {}
        for kind, name, table in every:
            if kind == "index" and name in sizes:
                index_bytes[table] = index_bytes.get(table, 0) + sizes[name][0]
        tables = [
            TableStats(
                name,
                labels.get(name, ""),
                rows=noted[name] if name in noted else _largest(cursor, name, connection),
                size_bytes=sizes.get(name, (None, None))[0],
                index_bytes=index_bytes.get(name, 0) if sizes else None,
                bloat_bytes=sizes.get(name, (None, None))[1],
            )
            for kind, name, _ in every
            if kind == "table"
        ]
    indexes = [
        IndexStats(name, table, IndexUsage(sizes.get(name, (None, None))[0]))
        for kind, name, table in every
        if kind == "index"
    ]
    ordered, indexes_ordered = by_size(tables, indexes)
    return DatabaseStats(
        alias=connection.alias,
        vendor=connection.vendor,
        version=f"SQLite {version}",
        size_bytes=pages * page,
        free_bytes=free * page,
        tables=ordered,
        indexes=indexes_ordered,
        unknown=tuple(filter(None, (_NOTHING_COUNTED, _ESTIMATED, why))),
    )


def _sizes(cursor: Any, file_bytes: int) -> tuple[dict[str, tuple[int, int]], str]:
    """What each table and index takes, and how much of that is empty; and why that is not known."""
    if file_bytes > _MOST_BYTES:
        return {}, _TOO_LARGE
    try:
        return {name: (size, unused) for name, size, unused in _rows(cursor, _SIZES)}, ""
    except Error:
        return {}, _NO_DBSTAT


def _noted(cursor: Any) -> dict[str, int]:
    """How many rows the tables had when they were analyzed; nothing where they never were."""
    with suppress(Error):
        found = _rows(cursor, "SELECT tbl, max(CAST(stat AS INTEGER)) FROM sqlite_stat1 GROUP BY tbl")
        return {table: int(rows) for table, rows in found}
    return {}


def _largest(cursor: Any, table: str, connection: BaseDatabaseWrapper) -> int | None:
    try:
        # A name of the catalog, quoted. Found without counting.
        ((largest,),) = _rows(cursor, f"SELECT max(rowid) FROM {connection.ops.quote_name(table)}")  # noqa: S608
    except Error:  # made WITHOUT ROWID
        return None
    return int(largest or 0)


def _rows(cursor: Any, sql: str) -> list[tuple[Any, ...]]:
    cursor.execute(sql)
    return list(cursor.fetchall())
