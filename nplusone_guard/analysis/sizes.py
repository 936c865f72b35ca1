"""About how many rows does each table have? As the database estimates it; no table is counted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

__all__ = ["rows_by_table"]

_POSTGRESQL = """
    SELECT relname, CASE WHEN relkind = 'r' AND pg_relation_size(oid) = 0 THEN 0 ELSE reltuples END::bigint
    FROM pg_class
    WHERE relkind IN ('r', 'p') AND pg_table_is_visible(oid) AND relname = ANY(%s)
"""
_MYSQL = "SELECT table_name, table_rows FROM information_schema.tables WHERE table_schema = DATABASE()"


def rows_by_table(connection: BaseDatabaseWrapper, tables: Iterable[str]) -> dict[str, int | None]:
    """About how many rows `tables` have; `None` for one that the database has not looked at yet.

    Raises:
        django.db.Error: The database does not answer.
    """
    wanted = sorted(tables)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            return {table: _largest_number(cursor, connection.ops.quote_name(table)) for table in wanted}
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRESQL, [wanted])
        else:
            cursor.execute(_MYSQL)
        # PostgreSQL says -1 until somebody has analyzed the table.
        found = {table: rows if rows is not None and rows >= 0 else None for table, rows in cursor.fetchall()}
    return {table: found.get(table) for table in wanted}


def _largest_number(cursor: Any, table: str) -> int | None:
    """SQLite estimates nothing, and finds the largest number of a row without counting."""
    cursor.execute(f"SELECT max(rowid) FROM {table}")  # noqa: S608 — quoted
    (largest,) = cursor.fetchone()
    return largest or 0
