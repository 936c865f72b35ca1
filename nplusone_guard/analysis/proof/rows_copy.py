"""Some rows of the tables that a question is about, in a scratch database of MariaDB or MySQL.

Of the analyzed database only rows are read, as any query does, in short and in small numbers.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import Error

__all__ = ["MOST_ROWS", "RowsCopy", "message_of"]

MOST_ROWS = 20_000
"""Of one table, the first by its primary key: enough for an index to pay off, copied in less than a second."""

_MOST_BYTES = 20_000_000  # of one table
_LONGEST_WAIT, _LONGEST_STATEMENT = 5, 30  # seconds

_COLUMNS = """
    SELECT column_name FROM information_schema.columns
    WHERE table_schema = %s AND table_name = %s AND extra NOT LIKE '%%GENERATED%%'
    ORDER BY ordinal_position
"""
_ROW_BYTES = "SELECT avg_row_length FROM information_schema.tables WHERE table_schema = %s AND table_name = %s"


def message_of(error: Error) -> str:
    """What the database says, without the number of the error."""
    return str(error.args[-1]).splitlines()[0] if error.args else type(error).__name__


class RowsCopy:
    """Copies tables as they are asked for, each once.

    Args:
        cursor: One of a connection that uses no database yet, and nobody else.
        source: The analyzed database.
    """

    def __init__(self, cursor: Any, source: BaseDatabaseWrapper) -> None:
        self._cursor = cursor
        self._source = source
        self._quote = source.ops.quote_name
        self._name = self._quote(f"nplusone_scratch_{secrets.token_hex(6)}")
        self._begun = False
        self._done: set[str] = set()

    def begin(self) -> None:
        """Make the scratch database; the session is to wait for nobody, to lock no row it reads, and to end."""
        self._cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
        self._cursor.execute(f"SET SESSION lock_wait_timeout = {_LONGEST_WAIT}")
        longest = (
            f"max_statement_time = {_LONGEST_STATEMENT}"
            if self._source.display_name == "MariaDB"
            else f"max_execution_time = {_LONGEST_STATEMENT * 1000}"
        )
        self._cursor.execute(f"SET SESSION {longest}")
        with suppress(Error):  # few users may: it keeps the copy from the replicas
            self._cursor.execute("SET SESSION sql_log_bin = 0")
        self._cursor.execute(f"CREATE DATABASE {self._name}")
        self._begun = True
        self._cursor.execute(f"USE {self._name}")

    def drop(self) -> None:
        """Drop the scratch database."""
        if self._begun:
            self._cursor.execute(f"DROP DATABASE {self._name}")

    def add(self, table: str) -> None:
        """Copy `table` with its indexes, and let the planner know it."""
        if table in self._done:
            return
        source = self._source.settings_dict["NAME"]
        here, there = self._quote(table), f"{self._quote(source)}.{self._quote(table)}"
        self._cursor.execute(f"CREATE TABLE {here} LIKE {there}")
        self._cursor.execute(_COLUMNS, [source, table])
        columns = ", ".join(self._quote(name) for (name,) in self._cursor.fetchall())
        self._cursor.execute(_ROW_BYTES, [source, table])
        (row_bytes,) = self._cursor.fetchone()
        rows = min(MOST_ROWS, _MOST_BYTES // max(int(row_bytes or 0), 1))
        copied = f"SELECT {columns} FROM {there} LIMIT {rows}"  # noqa: S608 — names of the catalog, quoted
        self._cursor.execute(f"INSERT INTO {here} ({columns}) {copied}")
        self._cursor.execute(f"ANALYZE TABLE {here}")
        self._cursor.fetchall()
        self._done.add(table)
