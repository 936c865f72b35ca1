"""Which operations add and remove the indexes, and what belongs into the models beside them?"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import sqlglot
from django.apps import apps
from django.db import models
from django.db.migrations.operations import AddIndex, RemoveIndex
from django.db.migrations.operations.base import Operation
from sqlglot import expressions as exp
from sqlglot.errors import SqlglotError

from ...codelines import relative_path
from ...operations import AddIndexConcurrently, RemoveIndexConcurrently
from ..existing import why_not_the_projects
from ..values import Advice, Waste
from .names import index_name
from .planned import MetaChange

__all__ = ["PlannedOperation", "operations_for"]


@dataclass(frozen=True, slots=True)
class PlannedOperation:
    """An operation of a migration.

    Attributes:
        app: The label of the app that the migration belongs to.
        index: The name of the index.
        operation: It as Django has it.
    """

    app: str
    index: str
    operation: Operation


class _Left(Exception):  # noqa: N818 — is told and not raised to anybody
    """No migration here does it; the text says why, and what does."""


@dataclass(slots=True)
class _Planning:
    concurrently: bool
    operations: list[PlannedOperation] = field(default_factory=list)
    changes: list[MetaChange] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    def add(self, advice: Advice) -> None:
        model = _model_of(advice.model)
        fields = [_field_name(model, one.name, descending=one.descending) for one in advice.columns]
        include = [_field_name(model, name) for name in advice.include]
        conditions = dict(_conditions(model, advice.condition))
        condition = models.Q(**conditions) if conditions else None
        for one in model._meta.indexes:
            if (one.fields, one.condition, list(one.include)) == (fields, condition, include):
                raise _Left(f"Meta.indexes has it already as {one.name}; makemigrations and migrate.")
        name = index_name(model, fields, advice.condition, self.names)
        index = models.Index(fields=fields, name=name, condition=condition, include=include or None)
        self.names.add(name)
        operation = AddIndexConcurrently if self.concurrently else AddIndex
        self._plan(model, name, operation(str(model._meta.model_name), index))
        arguments = [f"fields={_listed(fields)}"]
        if conditions:
            spelled = ", ".join(f"{key}={value}" for key, value in sorted(conditions.items()))
            arguments.append(f"condition=models.Q({spelled})")
        if include:
            arguments.append(f"include={_listed(include)}")
        self._change(model, "add", f'models.Index({", ".join(arguments)}, name="{name}")', name)

    def remove(self, waste: Waste) -> None:
        index = waste.index
        model = _model_of(index.model)
        if waste.kind == "invalid":
            raise _Left(f"{index.name} is to be built again rather than removed: REINDEX INDEX CONCURRENTLY.")
        if index.origin in ("db_index", "foreign key"):
            column = index.columns[0].name
            raise _Left(
                f"{model._meta.label}.{_field_name(model, column)} has the index {index.name} by itself: write "
                "db_index=False there, and makemigrations writes the AlterField."
            )
        if index.origin != "Meta.indexes":
            raise _Left(f"{index.name} is in the database and in no model: DROP INDEX removes it.")
        operation = RemoveIndexConcurrently if self.concurrently else RemoveIndex
        self._plan(model, index.name, operation(str(model._meta.model_name), index.name))
        self._change(model, "remove", f'models.Index(…, name="{index.name}")', index.name)

    def _plan(self, model: type[models.Model], name: str, operation: Operation) -> None:
        self.operations.append(PlannedOperation(model._meta.app_label, name, operation))

    def _change(self, model: type[models.Model], action: str, code: str, name: str) -> None:
        path = relative_path(inspect.getsourcefile(model) or "")
        self.changes.append(MetaChange(model._meta.label, path, action, code, name))


def operations_for(
    advice: Iterable[Advice], waste: Iterable[Waste], *, concurrently: bool
) -> tuple[list[PlannedOperation], list[MetaChange], list[str]]:
    """The operations, what belongs into the models beside them, and what is left to the user."""
    planning = _Planning(concurrently)
    for one in advice:
        try:
            planning.add(one)
        except _Left as left:
            columns = ", ".join(map(str, one.columns))
            planning.left.append(f"No migration for an index on {one.table} ({columns}): {left}")
    for other in waste:
        try:
            planning.remove(other)
        except _Left as left:
            planning.left.append(f"No migration without {other.index.name} on {other.index.table}: {left}")
    return planning.operations, planning.changes, planning.left


def _model_of(label: str) -> type[models.Model]:
    """The model whose migrations have the table's indexes."""
    reason = why_not_the_projects(label)
    if reason:
        raise _Left(reason)
    return apps.get_model(label)


def _field_name(model: type[models.Model], column: str, *, descending: bool = False) -> str:
    for one in model._meta.local_concrete_fields:
        if one.column == column:
            return f"-{one.name}" if descending else one.name
    raise _Left(
        f"{column} is no column of a field of {model._meta.label}; an expression is to be written by hand."
    )


def _conditions(model: type[models.Model], condition: str) -> Iterator[tuple[str, bool]]:
    """The condition as the keywords of a `Q`: columns that are null or not, true or false."""
    if not condition:
        return
    try:
        tree = sqlglot.parse_one(condition)
    except SqlglotError:
        raise _Left(f"its condition ({condition}) cannot be read; write it as a Q by hand.") from None
    for one in tree.flatten() if isinstance(tree, exp.And) else [tree]:
        part = one.unnest()
        negated = isinstance(part, exp.Not)
        inner = part.this.unnest() if negated else part
        if isinstance(inner, exp.Is) and isinstance(inner.expression, exp.Null) and _is_column(inner.this):
            yield f"{_field_name(model, inner.this.name)}__isnull", not negated
        elif isinstance(inner, exp.Column):
            yield _field_name(model, inner.name), not negated
        else:
            raise _Left(
                f"its condition ({condition}) is more than columns that are null or true; write it by hand."
            )


def _is_column(node: exp.Expr) -> bool:
    return isinstance(node, exp.Column)


def _listed(names: Iterable[str]) -> str:
    return f"[{', '.join(f'{chr(34)}{name}{chr(34)}' for name in names)}]"
