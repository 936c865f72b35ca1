"""What do MariaDB and MySQL say of themselves? From `information_schema`, and what else this user may read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import Error

from ..values import IndexUsage
from .figures import DatabaseStats, IndexStats, TableStats, by_size, model_labels

__all__ = ["read"]

_TABLES = """
    SELECT table_name, table_rows, data_length, index_length, data_free FROM information_schema.tables
    WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'
"""

_INDEXES = """
    SELECT DISTINCT index_name, table_name FROM information_schema.statistics WHERE table_schema = DATABASE()
"""

_SIZES = """
    SELECT table_name, index_name, stat_value * @@innodb_page_size FROM mysql.innodb_index_stats
    WHERE database_name = DATABASE() AND stat_name = 'size'
"""

_READS = """
    SELECT object_name, coalesce(index_name, ''), count_read
    FROM performance_schema.table_io_waits_summary_by_index_usage WHERE object_schema = DATABASE()
"""

_STATUS = """
    SHOW GLOBAL STATUS
    WHERE variable_name IN ('Innodb_buffer_pool_read_requests', 'Innodb_buffer_pool_reads', 'Uptime')
"""

_ESTIMATED = "How many rows a table has is InnoDB's estimate, and its bloat the free room in its file."
_NO_SIZES = "How large each index is, only those say who may read mysql.innodb_index_stats."
_NO_READS = (
    "Which indexes are read and which tables are read whole is counted with performance_schema=ON only, and told "
    "to those who may read that."
)
_ROWS_READ = "Reads are counted by rows, not by scans, since the server was started."


def read(connection: BaseDatabaseWrapper) -> DatabaseStats:
    """See `show_database_stats`."""
    labels = model_labels(connection.alias)
    with connection.cursor() as cursor:
        ((version,),) = _rows(cursor, "SELECT version()")
        sizes = _by_index(_allowed(cursor, _SIZES))
        counted = _is_counted(cursor)
        reads = _by_index(_allowed(cursor, _READS)) if counted else {}
        tables = [
            TableStats(table, labels.get(table, ""), rows, size, indexes, free, None, reads.get((table, "")))
            for table, rows, size, indexes, free in _rows(cursor, _TABLES)
        ]
        indexes = [
            IndexStats(name, table, IndexUsage(sizes.get((table, name)), reads.get((table, name))))
            for name, table in _rows(cursor, _INDEXES)
        ]
        status = {name: int(value) for name, value in _rows(cursor, _STATUS)}
    asked, missed = status["Innodb_buffer_pool_read_requests"], status["Innodb_buffer_pool_reads"]
    ordered, indexes_ordered = by_size(tables, indexes)
    return DatabaseStats(
        alias=connection.alias,
        vendor=connection.vendor,
        version=f"{connection.display_name} {version}",
        size_bytes=sum((table.size_bytes or 0) + (table.index_bytes or 0) for table in tables),
        cache_hit_ratio=round(1 - missed / asked, 4) if asked else None,
        since=(datetime.now(UTC) - timedelta(seconds=status["Uptime"])).isoformat(" ", "seconds"),
        tables=ordered,
        indexes=indexes_ordered,
        unknown=(
            _ESTIMATED,
            _ROWS_READ if counted else _NO_READS,
            *([] if sizes or not indexes else [_NO_SIZES]),
            "The share that came from memory is that of the whole server.",
        ),
    )


def _is_counted(cursor: Any) -> bool:
    """Whether the server counts what is read of each index."""
    return bool(_rows(cursor, "SELECT @@performance_schema")[0][0]) and _allowed(cursor, _READS) is not None


def _by_index(found: list[tuple[Any, ...]] | None) -> dict[tuple[str, str], int]:
    return {(table, index): int(value) for table, index, value in found or ()}


def _allowed(cursor: Any, sql: str) -> list[tuple[Any, ...]] | None:
    """The rows; `None` where this user may not read them."""
    try:
        return _rows(cursor, sql)
    except Error:
        return None


def _rows(cursor: Any, sql: str) -> list[tuple[Any, ...]]:
    cursor.execute(sql)
    return list(cursor.fetchall())
