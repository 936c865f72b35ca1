"""Which statements has PostgreSQL counted? From its extension `pg_stat_statements`, where that is installed.

It knows how often they ran and how long they took, of every program that uses the database; not which line of the
project ran them.
"""

from __future__ import annotations

import re
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import Error

from ...fingerprint import fingerprint
from ...recording.tally import RecordedShape, Tally
from ..values import Statement, Workload

__all__ = ["counted_workload"]

_INSTALLED = """
    SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
    WHERE e.extname = 'pg_stat_statements'
"""

_COUNTED = """
    SELECT s.query, s.calls, s.total_exec_time
    FROM {}.pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
    WHERE d.datname = current_database()
"""

_SINCE = "SELECT date_trunc('second', stats_reset)::text FROM {}.pg_stat_statements_info"  # from PostgreSQL 14 on
_HAS_SINCE = (14,)

_HIDDEN = "<insufficient privilege>"
_KEPT = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE"})

_CAST = re.compile(r"(\$\d+)::[a-z_]\w*(?:\[\])?")
"""A value and the type that psycopg writes behind it: dates, UUIDs, decimals. Django's text does not have it."""


def counted_workload(connection: BaseDatabaseWrapper) -> Workload | str:
    """What was counted of `connection`; a sentence that says why nothing was, `""` if nobody would expect it."""
    if connection.vendor != "postgresql":
        return ""
    try:
        with transaction.atomic(connection.alias), connection.cursor() as cursor:
            cursor.execute(_INSTALLED)
            row = cursor.fetchone()
            if row is None:
                return " PostgreSQL would have counted them with the extension pg_stat_statements."
            schema = connection.ops.quote_name(row[0])
            cursor.execute(_COUNTED.format(schema))
            tally, hidden = _tally(cursor.fetchall(), connection)
            since = _since(cursor, schema, connection)
    except Error as error:
        return f" pg_stat_statements is installed and cannot be read: {str(error).splitlines()[0]}."
    if not len(tally):
        return " pg_stat_statements has counted none of this database."
    statements = tuple(
        Statement(one.shape_id, one.sql, connection.alias, "postgresql", one.calls, round(one.total_ms, 3))
        for one in tally.shapes
    )
    return Workload("pg_stat_statements", statements, _remark(len(statements), since, hidden))


def _tally(rows: list[tuple[str | None, int, float]], connection: BaseDatabaseWrapper) -> tuple[Tally, int]:
    """Them by shape, and how many could not be read."""
    tally, hidden = Tally(), 0
    for query, calls, total_ms in rows:
        if query is None or query == _HIDDEN:
            hidden += 1
            continue
        shape = fingerprint(_CAST.sub(r"\1", query), "postgresql")
        if shape.operation in _KEPT:
            tally.add(RecordedShape(shape.id, shape.sql, connection.alias, "postgresql", calls, total_ms))
    return tally, hidden


def _since(cursor: Any, schema: str, connection: BaseDatabaseWrapper) -> str:
    if connection.get_database_version() < _HAS_SINCE:
        return ""
    cursor.execute(_SINCE.format(schema))
    return str(cursor.fetchone()[0] or "")


def _remark(count: int, since: str, hidden: int) -> str:
    began = f" since {since}" if since else ""
    told = (
        f"{'1 statement shape' if count == 1 else f'{count} statement shapes'} that pg_stat_statements has "
        f"counted{began}, of every program that uses the database: it does not know which line runs them, and "
        "forgets what is rare."
    )
    if hidden:
        told += f" {hidden} of other users cannot be read without the role pg_read_all_stats."
    return told
