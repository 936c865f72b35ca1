"""What is each of the named indexes for, and each that was recommended? Judged on the database of the demo site.

Prints JSON. It drops indexes in transactions that are rolled back, to see the plans without them: only for a copy.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "demo_site.settings")
django.setup()

from django.apps import apps  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from nplusone_guard.analysis.access import accesses_of  # noqa: E402
from nplusone_guard.analysis.existing import indexes_of, models_by_table  # noqa: E402
from nplusone_guard.analysis.proof.postgresql import plan_of  # noqa: E402
from nplusone_guard.analysis.proof.sqlite import sqlite_prover  # noqa: E402
from nplusone_guard.analysis.statistics import show_database_stats  # noqa: E402
from nplusone_guard.analysis.uses import statements_of_models  # noqa: E402
from nplusone_guard.analysis.values import Index, IndexColumn, Plan, Statement  # noqa: E402
from nplusone_guard.analysis.waste import covers, waste_among  # noqa: E402
from nplusone_guard.analysis.workload import workload_of  # noqa: E402
from tests.demo.named_indexes import NAMED_INDEXES  # noqa: E402

Planner = Callable[[Statement, str], Plan | None]

RECOMMENDED = [
    ("accounts.User", "email", True),
    ("accounts.StudentProfile", "tutor", False),
    ("accounts.StudentProfile", "parent", False),
    ("notifications.Notification", "recipient is_archived -created_at", False),
    ("assignments.Assignment", "due_date", False),
    ("assignments.AssignmentSubmission", "assignment student", True),
    ("assignments.AssignmentSubmission", "assignment -submitted_at", False),
    ("chat.ChatRoom", "created_by", False),
    ("chat.Message", "room", False),
    ("chat.Message", "room -created_at", False),
    ("knowledge_graph.Element", "created_by", False),
]
"""Model, fields and whether it was to be unique, in the order of the list."""

_ASKED = 5  # statements that are planned without an index, the most frequent first


@dataclass(frozen=True, slots=True)
class Use:
    """What an index does.

    Attributes:
        observed: How many statements of requests use it.
        declared: How many that were made from what the code declares.
        example: The one that gains most from it, in brief; or the most frequent one.
        place: A line that runs or declares that.
        cost: The planner's cost of it with the index, `None` where the planner tells none.
        without: And without it.
    """

    observed: int
    declared: int
    example: str
    place: str
    cost: float | None
    without: float | None


def main() -> None:
    """Judge all and print it."""
    observed = workload_of(connection, file=sys.argv[1]).statements
    declared = statements_of_models(connection, urlconf="demo_site.urls")
    tables = models_by_table(connection.alias)
    indexes = [index for index in indexes_of(connection, tables) if index.model.split(".")[0] not in ("auth", "")]
    stats = show_database_stats(connection)
    named = {index.name for every in NAMED_INDEXES.values() for index in every}
    with ExitStack() as stack:
        judge = _Judge(_planner(stack), indexes, observed, declared)
        told = {
            "version": stats.version,
            "rows": sum(one.rows or 0 for one in stats.tables),
            "observed": len(observed),
            "declared": len(declared),
            "indexes": [judge.named(index) for index in indexes if index.name in named],
            "recommendations": [judge.recommended(*one) for one in RECOMMENDED],
        }
    print(json.dumps(told))


def _planner(stack: ExitStack) -> Planner:
    if connection.vendor == "postgresql":
        return lambda statement, table: plan_of(connection, statement, table)
    prover = stack.enter_context(sqlite_prover(connection))
    return lambda statement, _: prover.plan(statement)


class _Judge:
    """Knows which statement uses which index.

    Args:
        plan: Asks the planner.
        indexes: All indexes of the site.
        observed: The statements of requests.
        declared: Those that the code declares.
    """

    def __init__(
        self, plan: Planner, indexes: list[Index], observed: tuple[Statement, ...], declared: tuple[Statement, ...]
    ) -> None:
        self._plan = plan
        self._indexes = indexes
        self._own_names = _own_names(indexes) if connection.vendor == "sqlite" else {}
        self._waste = {one.index.name: one for one in waste_among(indexes)}
        self._users: dict[tuple[str, str], list[tuple[Statement, bool]]] = {}
        for statements, was_observed in ((observed, True), (declared, False)):
            for statement in sorted(statements, key=lambda one: -one.calls):
                for table, name in self._used_by(statement):
                    self._users.setdefault((table, name), []).append((statement, was_observed))

    def named(self, index: Index) -> dict[str, Any]:
        """The class of one of the named indexes, and why."""
        waste = self._waste.get(index.name)
        use = self._use([index])
        kind = "redundant" if waste is not None else "needed" if use.observed or use.declared else "unused"
        return {
            "name": index.name,
            "model": index.model,
            "columns": ", ".join(map(str, index.columns)),
            "class": kind,
            "covered_by": _called(waste.covered_by) if waste is not None and waste.covered_by else "",
            "use": asdict(use),
        }

    def recommended(self, label: str, fields: str, unique: bool) -> dict[str, Any]:
        """What is to be said of a recommendation."""
        told: dict[str, Any] = {"model": label, "fields": fields, "unique": unique}
        try:
            model = apps.get_model(label)
        except LookupError:
            return {**told, "exists": False}
        columns = tuple(
            IndexColumn(model._meta.get_field(name.removeprefix("-")).column, name.startswith("-"))
            for name in fields.split()
        )
        wanted = Index("", model._meta.db_table, columns)
        there = [one for one in self._indexes if one.table == wanted.table and _serves(one, wanted, unique)]
        kept = [one for one in there if one.name not in self._waste]
        return {
            **told,
            "exists": True,
            "covered_by": [_called(one) for one in kept],
            "needless": [one.name for one in there if one.name in self._waste],
            "use": asdict(self._use(there)),
        }

    def _used_by(self, statement: Statement) -> Iterator[tuple[str, str]]:
        tables = {access.table for access in accesses_of(statement) or () if not access.writes}
        for table in tables:
            plan = self._plan(statement, table)
            own = {index.name for index in self._indexes if index.table == table}
            read = {self._own_names.get(name, name) for name in (plan.index.split() if plan else ())}
            yield from ((table, name) for name in sorted(read & own))

    def _use(self, indexes: list[Index]) -> Use:
        users = {
            statement.shape_id: (statement, seen)
            for index in indexes
            for statement, seen in self._users.get((index.table, index.name), ())
        }
        every = list(users.values())
        best, cost, without = self._gaining_most([statement for statement, _ in every[:_ASKED]], indexes)
        return Use(
            observed=sum(seen for _, seen in every),
            declared=sum(not seen for _, seen in every),
            example="" if best is None else best.sql,
            place=best.places[0] if best is not None and best.places else "",
            cost=cost,
            without=without,
        )

    def _gaining_most(
        self, statements: list[Statement], indexes: list[Index]
    ) -> tuple[Statement | None, float | None, float | None]:
        if connection.vendor != "postgresql" or not statements:
            return (statements[0] if statements else None), None, None
        table = indexes[0].table
        before = [self._plan(one, table) for one in statements]
        with transaction.atomic():
            for index in indexes:
                _drop(index)
            after = [self._plan(one, table) for one in statements]
            transaction.set_rollback(True)
        figures = [
            (statement, with_it.cost or 0.0, without.cost or 0.0)
            for statement, with_it, without in zip(statements, before, after, strict=True)
            if with_it is not None and without is not None
        ]
        return max(figures, key=lambda one: one[2] / max(one[1], 0.01), default=(None, None, None))


def _own_names(indexes: list[Index]) -> dict[str, str]:
    """What SQLite's plans call the indexes of constraints, and what Django calls those."""
    found = {}
    with connection.cursor() as cursor:
        for index in indexes:
            columns = ",".join(column.name for column in index.columns)
            cursor.execute(
                "SELECT name FROM pragma_index_list(%s) WHERE origin <> 'c' AND %s = (SELECT group_concat(name) "
                "FROM (SELECT i.name FROM pragma_index_info(pragma_index_list.name) i ORDER BY seqno))",
                [index.table, columns],
            )
            found.update({name: index.name for (name,) in cursor.fetchall() if index.unique})
    return found


def _serves(index: Index, wanted: Index, unique: bool) -> bool:
    """Whether it finds the same rows, and refuses the same where that was wanted: in any order of the columns."""
    if unique:
        return set(index.columns) == set(wanted.columns)
    return covers(index, wanted)


def _drop(index: Index) -> None:
    name, table = connection.ops.quote_name(index.name), connection.ops.quote_name(index.table)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_constraint WHERE conname = %s", [index.name])
        if cursor.fetchone():
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name} CASCADE")
        else:
            cursor.execute(f"DROP INDEX IF EXISTS {name}")


def _called(index: Index) -> str:
    own = {"primary key": "primary key", "unique": "unique", "foreign key": "foreign key"}
    columns = ", ".join(map(str, index.columns))
    return f"{own[index.origin]} ({columns})" if index.origin in own else f"{index.name} ({columns})"


if __name__ == "__main__":
    main()
