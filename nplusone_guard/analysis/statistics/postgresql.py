"""What does PostgreSQL say of itself? From its statistics views, which every user may read."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from ..values import IndexUsage
from .figures import DatabaseStats, IndexStats, TableStats, by_size, model_labels

__all__ = ["read"]

_DATABASE = """
    SELECT current_setting('server_version'), pg_database_size(current_database()),
           date_trunc('second', stats_reset)::text
    FROM pg_stat_database WHERE datname = current_database()
"""

# The expected pages are those of https://github.com/ioguix/pgsql-bloat-estimation, without the padding between
# columns: rows of the average width, 28 bytes for what is kept of each row, and 24 of each page.
_TABLES = """
    SELECT c.relname, greatest(c.reltuples, s.n_live_tup)::bigint, pg_table_size(c.oid), pg_indexes_size(c.oid),
           CASE WHEN c.reltuples < 0 OR w.bytes IS NULL THEN NULL ELSE greatest(0,
               pg_relation_size(c.oid) - ceil(c.reltuples * (28 + w.bytes)
               / ((current_setting('block_size')::int - 24) * coalesce(f.factor, 100) / 100.0))
               * current_setting('block_size')::int)::bigint END,
           s.seq_scan, s.seq_tup_read
    FROM pg_class c
    JOIN pg_stat_user_tables s ON s.relid = c.oid
    LEFT JOIN LATERAL (
        SELECT sum((1 - p.null_frac) * p.avg_width) AS bytes FROM pg_stats p
        WHERE p.schemaname = s.schemaname AND p.tablename = c.relname AND NOT p.inherited
    ) w ON true
    LEFT JOIN LATERAL (
        SELECT substring(o FROM '[0-9]+')::int AS factor FROM unnest(c.reloptions) AS o WHERE o LIKE 'fillfactor=%'
    ) f ON true
    WHERE pg_table_is_visible(c.oid)
"""

_INDEXES = """
    SELECT s.indexrelname, s.relname, pg_relation_size(s.indexrelid), s.idx_scan
    FROM pg_stat_user_indexes s WHERE pg_table_is_visible(s.relid)
"""

_CACHE = """
    SELECT sum(hit)::float8 / nullif(sum(hit + read), 0)
    FROM pg_statio_user_tables, LATERAL (
        SELECT heap_blks_hit + coalesce(idx_blks_hit, 0) AS hit,
               heap_blks_read + coalesce(idx_blks_read, 0) AS read
    ) AS blocks
"""

_NEVER_RESET = "PostgreSQL does not say since when it counts scans and hits: they were never reset."
_NOT_ANALYZED = "How many rows some tables have, and their bloat, is not known before they are analyzed."
_REPLICAS = "What replicas read is counted on them and not here."


def read(connection: BaseDatabaseWrapper) -> DatabaseStats:
    """See `show_database_stats`."""
    labels = model_labels(connection.alias)
    with connection.cursor() as cursor:
        ((version, size, since),) = _rows(cursor, _DATABASE)
        tables = [
            TableStats(table, labels.get(table, ""), *(None if value is None else int(value) for value in figures))
            for table, *figures in _rows(cursor, _TABLES)
        ]
        indexes = [
            IndexStats(name, table, IndexUsage(size, scans))
            for name, table, size, scans in _rows(cursor, _INDEXES)
        ]
        ((hits,),) = _rows(cursor, _CACHE)
    unknown = [
        _NEVER_RESET if since is None else "",
        _NOT_ANALYZED if any(table.bloat_bytes is None for table in tables) else "",
        "No table was read yet, so no share of it came from memory." if hits is None else "",
        _REPLICAS,
    ]
    ordered, indexes_ordered = by_size(tables, indexes)
    return DatabaseStats(
        alias=connection.alias,
        vendor=connection.vendor,
        version=f"PostgreSQL {version}",
        size_bytes=size,
        cache_hit_ratio=None if hits is None else round(hits, 4),
        since=since or "",
        tables=ordered,
        indexes=indexes_ordered,
        unknown=tuple(filter(None, unknown)),
    )


def _rows(cursor: Any, sql: str) -> list[tuple[Any, ...]]:
    cursor.execute(sql)
    found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
