"""How is SQLite's planner asked? On a copy of the schema and its statistics, in memory.

It names the index it would use, and no cost: `EXPLAIN QUERY PLAN` has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import Error

from ..values import Advice, Plan, Proof, Statement
from .questions import INDEX, create_index, statement_with

__all__ = ["SQLiteProver", "sqlite_prover"]

_HOW = "EXPLAIN QUERY PLAN on a copy of the schema in memory"
_USED = re.compile(r"USING (?:COVERING )?INDEX (\S+)")  # an AUTOMATIC one has no name, and goes with the query

_SORTS = "USE TEMP B-TREE"


@contextmanager
def sqlite_prover(connection: BaseDatabaseWrapper) -> Iterator[SQLiteProver]:
    """Who asks; the copy is gone after the block."""
    # Django's own connection, as statements may call the functions that Django adds to SQLite.
    wrapper = type(connections[connection.alias])  # `connection` may be a proxy
    scratch = wrapper({**connection.settings_dict, "NAME": ":memory:", "TEST": {}}, "nplusone_scratch")
    scratch.ensure_connection()
    try:
        with connection.cursor() as cursor:
            _copy(cursor, scratch.connection)
        yield SQLiteProver(connection, scratch.connection)
    finally:
        # Django keeps a database in memory when it is asked to close it.
        scratch.connection.close()


class SQLiteProver:
    """Asks SQLite's planner.

    Args:
        connection: The analyzed database.
        scratch: A connection of the driver to the copy of it.
    """

    def __init__(self, connection: BaseDatabaseWrapper, scratch: Any) -> None:
        self._quote = connection.ops.quote_name
        self._scratch = scratch

    def prove(self, advice: Advice) -> Proof:
        """See `Prover.prove`."""
        sql, values = statement_with(advice.accesses[0].statement.sql, lambda _: "?")
        try:
            before = self._plan(sql, values)
            self._scratch.execute(create_index(advice, self._quote))
            try:
                after = self._plan(sql, values)
            finally:
                self._scratch.execute(f"DROP INDEX {self._quote(INDEX)}")
        except (Error, self._scratch.Error) as error:
            return Proof("unverified", how=_HOW, why=f"SQLite says: {error}")
        used = INDEX in after.index.split() and not _does_no_more(before, after)
        return Proof("verified" if used else "ignored", before, after, _HOW)

    def plan(self, statement: Statement) -> Plan | None:
        """The plan of `statement` as things are; `None` if there is none."""
        try:
            return self._plan(*statement_with(statement.sql, lambda _: "?"))
        except (Error, self._scratch.Error):
            return None

    def _plan(self, sql: str, values: int) -> Plan:
        with closing(self._scratch.execute(f"EXPLAIN QUERY PLAN {sql}", [None] * values)) as cursor:
            lines = [detail for _, _, _, detail in cursor.fetchall()]
        return Plan(
            None, None, " ".join(found[1] for found in map(_USED.search, lines) if found), "\n".join(lines)
        )


def _does_no_more(before: Plan, after: Plan) -> bool:
    """Whether the new index only stands in for another: SQLite takes either of two that find rows alike."""
    (found_before, sorts_before), (found_after, sorts_after) = map(_work, (before, after))
    return found_before == found_after and sorts_before <= sorts_after


def _work(plan: Plan) -> tuple[list[str], int]:
    """How a plan finds its rows, without the names of indexes, and how much it sorts."""
    lines = [_USED.sub("", line) for line in plan.text.splitlines()]
    sorts = [line for line in lines if line.startswith(_SORTS)]
    # Rows that come in the order of the first columns are sorted in small groups.
    work = sum(1 if "LAST" in line or "RIGHT PART" in line else 2 for line in sorts)
    return [line for line in lines if line not in sorts], work


def _copy(source: Any, scratch: Any) -> None:
    """Tables, indexes and views, and as many rows in the statistics as there are."""
    source.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type <> 'table'")
    every = [(kind, name, sql) for kind, name, sql in source.fetchall() if kind != "trigger"]
    tables = [name for kind, name, _ in every if kind == "table"]
    for _, name, sql in every:
        if not name.startswith("sqlite_"):
            scratch.execute(sql)
    scratch.execute("ANALYZE")  # makes the table that the statistics go into
    analyzed = set()
    if "sqlite_stat1" in tables:
        source.execute("SELECT tbl, idx, stat FROM sqlite_stat1")
        for table, index, stat in source.fetchall():
            scratch.execute("INSERT INTO sqlite_stat1 VALUES (?, ?, ?)", [table, index, stat])
            analyzed.add(table)
    for table in tables:
        if table not in analyzed and not table.startswith("sqlite_"):
            scratch.execute("INSERT INTO sqlite_stat1 VALUES (?, NULL, ?)", [table, str(_rows(source, table))])
    scratch.execute("ANALYZE sqlite_master")  # reads it


def _rows(source: Any, table: str) -> int:
    """About how many rows there are: the largest number of a row, which is found without counting."""
    quoted = table.replace('"', '""')
    try:
        source.execute(f'SELECT max(rowid) FROM "{quoted}"')  # noqa: S608 — a name of the catalog, quoted
    except Error:  # made WITHOUT ROWID
        return 0
    (largest,) = source.fetchone()
    return largest or 0
