"""How is PostgreSQL's planner asked? With hypopg, which tells it of indexes that do not exist.

Where that extension is missing, an index may be created in a transaction that is rolled back, in a database that
is there for tests: it locks its table against writes for that long. Statements are planned for any value.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import Error

from ..values import Advice, Plan, Proof, Statement
from .nobody import Nobody
from .questions import INDEX, create_index, statement_with

__all__ = ["WORTH", "plan_of", "postgresql_prover"]

WORTH = 0.9
"""An index is worth its writes when it brings a statement to this share of its cost, or below."""

_QUESTION = "nplusone_question"
_PLAN_SECONDS, _BUILD_SECONDS = 10, 300  # a planner that something else keeps busy is not worth a longer wait
_MISSING = (
    "the extension hypopg is not installed (CREATE EXTENSION hypopg); in a database for tests --apply-in-test-db "
    "creates the index and rolls it back"
)


def postgresql_prover(connection: BaseDatabaseWrapper, *, apply_in_test_db: bool) -> PostgreSQLProver | Nobody:
    """Who asks; see `prover_for`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'hypopg'")
        has_hypopg = cursor.fetchone() is not None
    if has_hypopg:
        return PostgreSQLProver(connection, "hypopg", _hypothetical, _PLAN_SECONDS)
    if apply_in_test_db:
        return PostgreSQLProver(
            connection, "an index in a transaction that was rolled back", _real, _BUILD_SECONDS
        )
    return Nobody(_MISSING)


class PostgreSQLProver:
    """Asks PostgreSQL's planner.

    Args:
        connection: The analyzed database.
        how: By what means, as `Proof.how` says it.
        create: Makes the index known to the planner, and says what it is called.
        seconds: How long one statement may take.
    """

    def __init__(
        self, connection: BaseDatabaseWrapper, how: str, create: Callable[[Any, str], str], seconds: int
    ) -> None:
        self._connection = connection
        self._how = how
        self._create = create
        self._seconds = seconds

    def prove(self, advice: Advice) -> Proof:
        """See `Prover.prove`."""
        sql, values = statement_with(advice.accesses[0].statement.sql, lambda number: f"${number}")
        try:
            with transaction.atomic(self._connection.alias), self._connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = '{self._seconds}s'")
                cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
                before = _plan(cursor, sql, values, advice.table)
                name = self._create(cursor, create_index(advice, self._connection.ops.quote_name))
                after = _plan(cursor, sql, values, advice.table)
                transaction.set_rollback(True, self._connection.alias)
        except Error as error:
            _forget(self._connection)
            return Proof("unverified", how=self._how, why=f"PostgreSQL says: {str(error).splitlines()[0]}")
        used = name in after.index.split() and (after.cost or 0) <= (before.cost or 0) * WORTH
        return Proof("verified" if used else "ignored", before, after, self._how)


def plan_of(connection: BaseDatabaseWrapper, statement: Statement, table: str) -> Plan | None:
    """The plan of `statement` as things are, with the indexes it uses on `table`; `None` if there is none."""
    sql, values = statement_with(statement.sql, lambda number: f"${number}")
    try:
        with transaction.atomic(connection.alias), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{_PLAN_SECONDS}s'")
            cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
            return _plan(cursor, sql, values, table)
    except Error:
        _forget(connection)
        return None


def _forget(connection: BaseDatabaseWrapper) -> None:
    """What is prepared outlives the transaction."""
    with transaction.atomic(connection.alias), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_prepared_statements WHERE name = %s", [_QUESTION])
        if cursor.fetchone() is not None:
            cursor.execute(f"DEALLOCATE {_QUESTION}")


def _hypothetical(cursor: Any, create: str) -> str:
    cursor.execute("SELECT indexname FROM hypopg_create_index(%s)", [create])
    return str(cursor.fetchone()[0])


def _real(cursor: Any, create: str) -> str:
    cursor.execute(create)
    return INDEX


def _plan(cursor: Any, sql: str, values: int, table: str) -> Plan:
    cursor.execute(f"PREPARE {_QUESTION} AS {sql}")
    nothing = f"({', '.join(['NULL'] * values)})" if values else ""
    cursor.execute(f"EXPLAIN (FORMAT JSON) EXECUTE {_QUESTION}{nothing}")
    (found,) = cursor.fetchone()
    cursor.execute(f"DEALLOCATE {_QUESTION}")
    (top,) = json.loads(found) if isinstance(found, str) else found
    nodes = list(_nodes(top["Plan"]))
    indexes = _indexes(top["Plan"], table)
    rows = [node["Plan Rows"] for _, node in nodes if node.get("Relation Name") == table]
    return Plan(
        cost=top["Plan"]["Total Cost"],
        rows=max(rows, default=None),
        index=" ".join(indexes),
        text="\n".join(_line(depth, node) for depth, node in nodes),
    )


def _nodes(node: dict[str, Any], depth: int = 0) -> Iterator[tuple[int, dict[str, Any]]]:
    yield depth, node
    for below in node.get("Plans", ()):
        yield from _nodes(below, depth + 1)


def _indexes(node: dict[str, Any], table: str) -> list[str]:
    """The indexes it uses on `table`; those below a bitmap scan of it do not name their table."""
    if node.get("Relation Name") == table:
        return [one["Index Name"] for _, one in _nodes(node) if "Index Name" in one]
    return [name for below in node.get("Plans", ()) for name in _indexes(below, table)]


def _line(depth: int, node: dict[str, Any]) -> str:
    using = f" using {node['Index Name']}" if "Index Name" in node else ""
    on = f" on {node['Relation Name']}" if "Relation Name" in node else ""
    cost = f"cost {node['Total Cost']:.0f}, {node['Plan Rows']:.0f} rows"
    return f"{'  ' * depth}{node['Node Type']}{using}{on} ({cost})"
