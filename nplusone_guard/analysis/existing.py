"""Which indexes do the tables have, and who asked for each? From the database's catalog, and from the models.

Reads the catalog only: nothing is created, locked or analyzed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models, router
from django.db.backends.base.base import BaseDatabaseWrapper

from ..codelines import is_project_file
from .values import Index, IndexColumn, IndexOrigin

__all__ = ["indexes_of", "models_by_table", "why_not_the_projects"]

_POSTGRESQL = """
    SELECT c.relname, t.relname, am.amname, i.indisunique, i.indisvalid, i.indnkeyatts,
           coalesce(pg_get_expr(i.indpred, i.indrelid), ''),
           ARRAY(SELECT pg_get_indexdef(i.indexrelid, k, true) FROM generate_series(1, i.indnatts) AS k),
           ARRAY(SELECT i.indoption[k] & 1 = 1 FROM generate_series(0, i.indnkeyatts - 1) AS k),
           ARRAY(SELECT CASE WHEN o.opcdefault THEN '' ELSE o.opcname END
                 FROM generate_series(0, i.indnkeyatts - 1) AS k JOIN pg_opclass o ON o.oid = i.indclass[k]
                 ORDER BY k)
    FROM pg_index i
    JOIN pg_class c ON c.oid = i.indexrelid
    JOIN pg_class t ON t.oid = i.indrelid
    JOIN pg_am am ON am.oid = c.relam
    WHERE pg_table_is_visible(t.oid) AND t.relname = ANY(%s)
    ORDER BY t.relname, c.relname
"""

_EXPRESSION = "(expression)"
"""In the place of a column, where the catalog is not asked for what is computed there."""

_SQLITE = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"


def models_by_table(alias: str, app_labels: Collection[str] = ()) -> dict[str, type[models.Model]]:
    """The managed models whose tables the routers allow on the database `alias`, by table.

    The tables of many-to-many relations are among them. Of several models with one table the first counts.

    Args:
        alias: The database's alias.
        app_labels: The apps whose models are wanted; all when empty.
    """
    found: dict[str, type[models.Model]] = {}
    for model in apps.get_models(include_auto_created=True):
        options = model._meta
        if options.managed and not options.proxy and router.allow_migrate_model(alias, model):
            if app_labels and options.app_label not in app_labels:
                continue
            found.setdefault(options.db_table, model)
    return found


def why_not_the_projects(label: str) -> str:
    """Why no model of the project can have other indexes in the table of the model `label`; `""` where one can.

    Args:
        label: `shop.Order`; `""` for a table that no model has.
    """
    if not label:
        return "no model has this table."
    options = apps.get_model(label)._meta
    owner = options.auto_created
    if owner:
        return (
            f"it is the table of a many-to-many relation of {owner._meta.label}; a model of yours as its "
            "through=… can have indexes."
        )
    if not is_project_file(str(Path(apps.get_app_config(options.app_label).path, "models.py"))):
        return f"{label} belongs to an installed package, whose migrations are not yours."
    return ""


def indexes_of(connection: BaseDatabaseWrapper, tables: Iterable[str]) -> tuple[Index, ...]:
    """The indexes of `tables`, by table and name; a table that does not exist has none."""
    wanted = sorted(set(tables))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            found = list(_of_postgresql(cursor, wanted))
        else:
            found = list(_of_introspection(connection, cursor, wanted))
    models_of = models_by_table(connection.alias)
    named = (_with_origin(index, models_of.get(index.table)) for index in found)
    return tuple(sorted(named, key=lambda one: (one.table, one.name)))


def _of_postgresql(cursor: Any, tables: list[str]) -> Iterator[Index]:
    cursor.execute(_POSTGRESQL, [tables])
    for name, table, method, unique, valid, keys, condition, columns, descending, classes in cursor.fetchall():
        names = [_unquoted(column) for column in columns]
        yield Index(
            name=name,
            table=table,
            columns=tuple(
                IndexColumn(column, down) for column, down in zip(names[:keys], descending, strict=True)
            ),
            unique=unique,
            condition=condition,
            is_valid=valid,
            method=method,
            include=tuple(names[keys:]),
            operator_classes=tuple(classes) if any(classes) else (),
        )


def _of_introspection(connection: BaseDatabaseWrapper, cursor: Any, tables: list[str]) -> Iterator[Index]:
    present = set(connection.introspection.table_names(cursor))
    conditions = _sqlite_conditions(cursor) if connection.vendor == "sqlite" else {}
    for table in tables:
        if table not in present:
            continue
        for name, found in connection.introspection.get_constraints(cursor, table).items():
            if not (found["index"] or found["unique"] or found["primary_key"]) or not found["columns"]:
                continue
            yield Index(
                name=name,
                table=table,
                columns=_columns(connection, cursor, name, found),
                unique=bool(found["unique"] or found["primary_key"]),
                condition=conditions.get(name, ""),
                method="btree" if found.get("type") in (None, "idx") else str(found["type"]),
            )


def _columns(
    connection: BaseDatabaseWrapper, cursor: Any, name: str, found: Mapping[str, Any]
) -> tuple[IndexColumn, ...]:
    """The columns; Django says `None` for an expression, and reads the orders of its own SQL only on SQLite."""
    if connection.vendor == "sqlite" and found["index"]:
        cursor.execute(f"PRAGMA index_xinfo({connection.ops.quote_name(name)})")
        ordered = [(column, bool(down)) for _, _, column, down, _, is_key in cursor.fetchall() if is_key]
    else:
        orders = found.get("orders") or [""] * len(found["columns"])
        ordered = [(column, order == "DESC") for column, order in zip(found["columns"], orders, strict=True)]
    return tuple(IndexColumn(column or _EXPRESSION, down) for column, down in ordered)


def _sqlite_conditions(cursor: Any) -> dict[str, str]:
    cursor.execute(_SQLITE)
    conditions = {}
    for name, sql in cursor.fetchall():
        _, found, condition = sql.partition(" WHERE ")
        if found:
            conditions[name] = condition
    return conditions


def _unquoted(column: str) -> str:
    """A column's name as the models have it; an expression stays as it is."""
    quoted = re.fullmatch(r'"((?:[^"]|"")+)"', column)
    return quoted[1].replace('""', '"') if quoted else column


def _with_origin(index: Index, model: type[models.Model] | None) -> Index:
    """`index`, knowing its model and who in it asked for it."""
    if model is None:
        return index
    return replace(index, origin=_origin(index, model), model=model._meta.label)


def _origin(index: Index, model: type[models.Model]) -> IndexOrigin:
    options = model._meta
    columns = [column.name for column in index.columns]
    if index.name in {one.name for one in options.indexes}:
        return "Meta.indexes"
    if index.name in {one.name for one in options.constraints}:
        return "unique"
    if columns == [column.column for column in options.pk_fields] and index.unique:
        return "primary key"
    if index.unique:
        return "unique"
    field = next((one for one in options.local_concrete_fields if [one.column] == columns), None)
    if field is not None and field.unique:
        return "unique"  # PostgreSQL's second one, for the beginnings of texts
    if field is not None and getattr(field, "db_index", False):
        return "foreign key" if field.is_relation else "db_index"
    return "database"
