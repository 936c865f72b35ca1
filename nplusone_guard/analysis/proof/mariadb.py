"""How is the planner of MariaDB or MySQL asked? On a copy of some rows, in a database that is dropped afterwards.

It looks into the indexes themselves for the very values of a statement, so statistics alone do not do. The values
are taken from the copy and stay in the database (`typical_values`); what is told of a plan has none.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import Error

from ..access import accesses_of
from ..values import Advice, Plan, Proof, Statement
from .nobody import Nobody
from .questions import INDEX, create_index
from .rows_copy import MOST_ROWS, RowsCopy, message_of
from .typical_values import Question, question_of

__all__ = ["mariadb_prover"]

_WORTH = 0.9
"""An index is worth its writes when it brings a statement to this share of its cost or rows, or saves a sort."""

_SORTS = ("filesort", "temporary_table")


@contextmanager
def mariadb_prover(connection: BaseDatabaseWrapper) -> Iterator[MariaDBProver | Nobody]:
    """Who asks; the copy is gone after the block."""
    # A connection of its own: what makes tables ends the transaction it is in.
    scratch = connection.copy()
    scratch.settings_dict = {**connection.settings_dict, "NAME": "", "CONN_MAX_AGE": 0}
    try:
        with scratch.cursor() as cursor:
            copy = RowsCopy(cursor, connection)
            try:
                yield _prover(connection, cursor, copy)
            finally:
                with suppress(Error):
                    copy.drop()
    finally:
        scratch.close()


def _prover(connection: BaseDatabaseWrapper, cursor: Any, copy: RowsCopy) -> MariaDBProver | Nobody:
    try:
        copy.begin()
    except Error as error:
        return Nobody(
            f"{connection.display_name} is asked in a scratch database, and this user may not make one "
            rf"(GRANT ALL ON `nplusone\_scratch\_%`.* …): {message_of(error)}"
        )
    return MariaDBProver(connection, cursor, copy)


class MariaDBProver:
    """Asks the planner.

    Args:
        connection: The analyzed database.
        cursor: One in the scratch database.
        copy: Fills that.
    """

    def __init__(self, connection: BaseDatabaseWrapper, cursor: Any, copy: RowsCopy) -> None:
        self._connection = connection
        self._cursor = cursor
        self._copy = copy
        self._how = f"EXPLAIN on a copy of at most {MOST_ROWS:,} rows of each table in a scratch database"

    def prove(self, advice: Advice) -> Proof:
        """See `Prover.prove`."""
        statement = advice.accesses[0].statement
        quote = self._connection.ops.quote_name
        try:
            for table in sorted(_tables(statement)):
                self._copy.add(table)
            question = question_of(statement.sql)
            if question is None:
                return Proof("unverified", how=self._how, why="its statement could not be read")
            question.set_values(self._cursor, quote)
            before = self._plan(question, advice.table)
            self._cursor.execute(create_index(advice, quote))
            try:
                after = self._plan(question, advice.table)
            finally:
                self._cursor.execute(f"DROP INDEX {quote(INDEX)} ON {quote(advice.table)}")
        except Error as error:
            return Proof(
                "unverified", how=self._how, why=f"{self._connection.display_name} says: {message_of(error)}"
            )
        return Proof("verified" if _is_worth_it(before, after) else "ignored", before, after, self._how)

    def _plan(self, question: Question, table: str) -> Plan:
        self._cursor.execute(f"PREPARE nplusone_question FROM {question.spelled}")
        self._cursor.execute(f"EXECUTE nplusone_question{question.using}")
        top = json.loads(self._cursor.fetchone()[0])
        self._cursor.execute("SHOW SESSION STATUS LIKE 'Last_query_cost'")
        cost = float(self._cursor.fetchone()[1])
        self._cursor.execute("DEALLOCATE PREPARE nplusone_question")
        reads = [node for key, node in _nodes(top) if key == "table" and "access_type" in node]
        ours = [node for node in reads if node.get("table_name") in question.aliases(table)]
        rows = [float(node.get("rows", node.get("rows_examined_per_scan", 0))) for node in ours]
        return Plan(
            # None for what it does not calculate, a union for one.
            cost=cost or None,
            rows=max(rows, default=None),
            index=" ".join(node["key"] for node in ours if "key" in node),
            text="\n".join(_lines(top)),
        )


def _tables(statement: Statement) -> set[str]:
    return {access.table for access in accesses_of(statement) or ()}


def _is_worth_it(before: Plan, after: Plan) -> bool:
    if INDEX not in after.index.split():
        return False
    # Its cost leaves out that an order with a limit ends early, and what a sort takes.
    return (
        (after.cost or 0) <= (before.cost or 0) * _WORTH
        or (after.rows or 0) <= (before.rows or 0) * _WORTH
        or _sorts(after) < _sorts(before)
    )


def _sorts(plan: Plan) -> int:
    return sum(plan.text.count(word) for word in _SORTS)


def _nodes(node: object, key: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects in the plan, each with the key it stands under; those of a list with the key of the list."""
    if isinstance(node, dict):
        yield key, node
        for name, below in node.items():
            yield from _nodes(below, name)
    elif isinstance(node, list):
        for below in node:
            yield from _nodes(below, key)


def _lines(top: object) -> Iterator[str]:
    """The plan in words, without its conditions: the values are in them."""
    for key, node in _nodes(top):
        if key == "table" and "access_type" in node:
            rows = node.get("rows", node.get("rows_examined_per_scan", "?"))
            index = f" key={node['key']}" if "key" in node else ""
            yield f"{node.get('table_name')}: {node['access_type']}{index} rows={rows}"
        elif key in _SORTS:
            yield key
