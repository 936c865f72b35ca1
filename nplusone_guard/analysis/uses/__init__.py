"""Which rows do the models, the admin and the API say they will ask for? And which indexes would that like?

    Meta.ordering, list_filter, ordering_fields … ──> uses ──> statements ──> accesses ──> candidates

A use is made into the statement that the ORM would run for it, and that is read as any recorded statement is. None
runs: the database is shut while the project's code builds its querysets.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from django.apps import apps
from django.core.exceptions import EmptyResultSet, FieldError, FullResultSet
from django.db import NotSupportedError
from django.db.backends.base.base import BaseDatabaseWrapper

from ...detection.placing import place_of
from ...fingerprint import fingerprint
from ..advising import wanted_by
from ..existing import models_by_table
from ..opportunities.building import shut_database
from ..opportunities.responses import routed_views
from ..values import Advice, Statement
from .of_models import uses_of_model
from .values import Use

__all__ = ["Use", "analyze_models", "statements_of_models"]


def analyze_models(
    connection: BaseDatabaseWrapper, *, app_labels: Collection[str] = (), urlconf: str | None = None
) -> tuple[Advice, ...]:
    """Indexes that the declared uses of the models would like and that are not there, not proved yet.

    Looked at are `Meta.ordering`, `get_latest_by`, what is unique together and foreign keys; of the admin
    `ordering`, `list_filter`, `date_hierarchy` and `search_fields`; of lists of REST framework `ordering`,
    `ordering_fields`, `search_fields` and the filters of django-filter. The statements of each candidate name
    the places that would use it.

    Args:
        connection: The database whose indexes are looked at.
        app_labels: The apps whose tables are looked at; all when empty.
        urlconf: The module with the URLs; the setting `ROOT_URLCONF` when `None`.

    Raises:
        django.db.Error: The database cannot be asked for its indexes.
    """
    return wanted_by(statements_of_models(connection, urlconf=urlconf), connection, app_labels).candidates


def statements_of_models(connection: BaseDatabaseWrapper, *, urlconf: str | None = None) -> tuple[Statement, ...]:
    """The statements of all declared uses, each once, with the places that would run it."""
    with shut_database():
        uses = list(_uses(connection.alias, urlconf))
    places: dict[tuple[str, str], dict[str, None]] = {}
    for use in uses:
        sql, place = _sql_of(use, connection), place_of(use.declared)
        if sql and place is not None:
            shape = fingerprint(sql, connection.vendor)
            places.setdefault((shape.id, shape.sql), {})[f"{place} {place.name}"] = None
    return tuple(
        Statement(shape, sql, alias=connection.alias, vendor=connection.vendor, places=tuple(found))
        for (shape, sql), found in places.items()
    )


def _uses(alias: str, urlconf: str | None) -> Iterator[Use]:
    for model in models_by_table(alias).values():
        yield from _unless_it_fails(uses_of_model(model))
    if apps.is_installed("django.contrib.admin"):
        from ..opportunities.admins import admin_classes  # noqa: PLC0415 — an optional app
        from .of_admins import uses_of_admin  # noqa: PLC0415

        for admin in admin_classes():
            yield from _unless_it_fails(uses_of_admin(admin))
    if apps.is_installed("rest_framework"):
        from .of_apis import uses_of_api  # noqa: PLC0415 — an optional library

        for routed in routed_views(urlconf):
            yield from _unless_it_fails(uses_of_api(routed))


def _unless_it_fails(uses: Iterable[Use]) -> Iterator[Use]:
    """`uses`, up to where the project's code does not get along without a request."""
    try:
        yield from uses
    except Exception:  # noqa: BLE001 — the project's code may raise anything
        return


def _sql_of(use: Use, connection: BaseDatabaseWrapper) -> str:
    """The statement of `use`, `""` where the ORM would run none on this database."""
    if use.rows.db != connection.alias:
        return ""
    try:
        sql, _ = use.rows.query.get_compiler(connection=connection).as_sql()
    except (EmptyResultSet, FullResultSet, FieldError, NotSupportedError, ValueError, TypeError):
        return ""
    return str(sql)
