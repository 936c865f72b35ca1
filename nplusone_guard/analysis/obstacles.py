"""Why can a database not be analyzed? One sentence, before anything is begun."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import Error

from ..wording import counted, listed
from .existing import models_by_table

__all__ = ["obstacle_to"]

_VENDORS = {"postgresql": "PostgreSQL", "sqlite": "SQLite", "mysql": "MariaDB/MySQL"}
_MOST_NAMED = 3


def obstacle_to(connection: BaseDatabaseWrapper, app_labels: Collection[str] = ()) -> str:
    """Why the database of `connection` cannot be analyzed, as a sentence; `""` when it can.

    Args:
        connection: The database.
        app_labels: The apps that are to be looked at; all when empty.
    """
    if connection.vendor not in _VENDORS:
        known = listed(_VENDORS.values())
        return (
            f"The database {connection.alias!r} is {connection.display_name}, whose indexes and planner are not "
            f"known here; known are {known}. What the code tells needs no database: --section nplusone."
        )
    try:
        tables = sorted(models_by_table(connection.alias, app_labels))
        return _missing_tables(connection, tables) or _unreadable(connection, tables)
    except Error as error:
        return f"The database {connection.alias!r} cannot be asked: {_first_line(error)}"


def _missing_tables(connection: BaseDatabaseWrapper, wanted: list[str]) -> str:
    missing = sorted(set(wanted) - set(connection.introspection.table_names()))
    if not missing:
        return ""
    none = "None" if len(missing) == len(wanted) else f"{len(wanted) - len(missing)}"
    right = f", or give the user {_user(connection)} the right to see them"
    return (
        f"{none} of the {len(wanted)} tables of the models can be seen in the database {connection.alias!r}; "
        f"missing: {_some(missing)}. Run `manage.py migrate --database {connection.alias}`"
        f"{'' if connection.vendor == 'sqlite' else right}."
    )


def _unreadable(connection: BaseDatabaseWrapper, tables: list[str]) -> str:
    """Planners explain only what their user may read."""
    refused, said = [], ""
    for table in tables:
        try:
            with transaction.atomic(connection.alias), connection.cursor() as cursor:
                cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table)} WHERE 1 = 0")  # noqa: S608
        except Error as error:
            refused.append(table)
            said = said or _first_line(error)
    if not refused:
        return ""
    tables_refused = counted(len(refused), "table")
    return (
        f"The user {_user(connection)} may not read {tables_refused} of the database {connection.alias!r} "
        f"({_some(refused)}), so no plan can be asked for: {said}. Grant it SELECT on them."
    )


def _some(names: list[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _user(connection: BaseDatabaseWrapper) -> str:
    return repr(connection.settings_dict.get("USER") or "of this process")


def _first_line(error: Error) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
