"""What do the lists of the admin ask for? Pages in their order, filtered by each of their filters alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.admin.options import ModelAdmin
from django.db import models
from django.db.models import QuerySet

from ...attribution.declared import Declared, declared_attribute
from ..opportunities.building import empty_request
from .narrowing import field_at, filtered
from .values import Use

__all__ = ["uses_of_admin"]

_WORD = "a"


def uses_of_admin(admin: ModelAdmin[Any]) -> Iterator[Use]:
    """The uses of the change list of `admin`; none of one that a library has written."""
    request = empty_request()
    rows = admin.get_queryset(request)
    order: list[Any] = [*(admin.get_ordering(request) or rows.query.order_by or admin.opts.ordering or ()), "-pk"]

    def page(found: QuerySet[Any]) -> QuerySet[Any]:
        return found.order_by(*order)[: admin.list_per_page]

    if admin.get_ordering(request) and (declared := _option(admin, "ordering")) is not None:
        yield Use(page(rows), declared)
    for entry in admin.get_list_filter(request):
        path = entry[0] if isinstance(entry, list | tuple) else entry
        if isinstance(path, str) and (declared := _option(admin, "list_filter", path)) is not None:
            yield from (Use(page(found), declared) for found in _by(rows, path))
    if admin.date_hierarchy and (declared := _option(admin, "date_hierarchy", admin.date_hierarchy)) is not None:
        yield from (Use(page(found), declared) for found in _by(rows, admin.date_hierarchy))
    for path in admin.get_search_fields(request):
        declared = _option(admin, "search_fields", str(path))
        if declared is not None:
            yield Use(page(_searched(admin, rows, path)), declared)


def _by(rows: QuerySet[Any], path: str) -> Iterator[QuerySet[Any]]:
    """The rows that a filter leaves: of dates those of a day, a month or a year."""
    if isinstance(field_at(rows.model, path), models.DateField):
        since = filtered(rows, path, "gte")
        found = None if since is None else filtered(since, path, "lt")
    else:
        found = filtered(rows, path)
    if found is not None:
        yield found


def _searched(admin: Any, rows: QuerySet[Any], path: str) -> QuerySet[Any]:
    """The rows in which one of the search fields alone has a word, as Django's own search builds it."""
    alone: ModelAdmin[Any] = type("Alone", (ModelAdmin,), {"search_fields": (path,)})(
        admin.model, admin.admin_site
    )
    found, _ = alone.get_search_results(empty_request(), rows, _WORD)
    return found


def _option(admin: Any, option: str, element: str = "") -> Declared | None:
    shown = f'{type(admin).__name__}.{option}["{element}"]' if element else f"{type(admin).__name__}.{option}"
    return declared_attribute(type(admin), (f"get_{option}", option), shown, element)
