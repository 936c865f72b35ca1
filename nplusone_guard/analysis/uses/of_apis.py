"""What do the lists of an API ask for? Pages in each order, filtered by each of their filters alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from ...attribution.declared import Declared, declared_attribute
from ..opportunities.apis import asked_view
from ..opportunities.responses import Routed
from .narrowing import filtered
from .values import PAGE, Use

__all__ = ["uses_of_api"]

_PREFIXES = {"^": "istartswith", "=": "iexact", "@": "search", "$": "iregex"}
"""How REST framework's search spells a comparison; without one it is `icontains`."""


def uses_of_api(routed: Routed) -> Iterator[Use]:
    """The uses of the list at `routed`; none where it is no list of a generic API view."""
    asked = asked_view(routed)
    if asked is None or asked.action != "list":
        return
    view = asked.view
    rows: Any = view.get_queryset()
    if not isinstance(rows, QuerySet):
        return

    def page(found: QuerySet[Any]) -> QuerySet[Any]:
        return found if found.query.is_sliced else found[:PAGE]

    default = _default_order(view, rows)
    if default.ordered and (declared := _option(view, "ordering", "", "queryset")) is not None:
        yield Use(page(default), declared)
    for name in _names(view, "ordering_fields"):
        if (declared := _option(view, "ordering_fields", name)) is not None:
            yield Use(page(rows.order_by(name)), declared)
    for name, lookup, declared in (*_filters(view, rows), *_searches(view)):
        found = filtered(default, name, lookup)
        if found is not None and declared is not None:
            yield Use(page(found), declared)


def _default_order(view: Any, rows: QuerySet[Any]) -> QuerySet[Any]:
    order = getattr(view, "ordering", None)
    if not order:
        return rows
    return rows.order_by(*([order] if isinstance(order, str) else order))


def _filters(view: Any, rows: QuerySet[Any]) -> Iterator[tuple[str, str, Declared | None]]:
    """The fields that django-filter filters by, and how: asked of its own backends."""
    for backend in view.filter_backends:
        get_class = getattr(backend, "get_filterset_class", None)
        filters = get_class(backend(), view, rows) if get_class is not None else None
        for one in getattr(filters, "base_filters", {}).values():
            if one.field_name and isinstance(one.lookup_expr, str):
                declared = _option(view, "filterset_fields", one.field_name, "filterset_class")
                yield one.field_name, one.lookup_expr, declared


def _searches(view: Any) -> Iterator[tuple[str, str, Declared | None]]:
    for spelled in _names(view, "search_fields"):
        lookup = _PREFIXES.get(spelled[:1], "icontains")
        yield spelled.lstrip("".join(_PREFIXES)), lookup, _option(view, "search_fields", spelled)


def _names(view: Any, option: str) -> tuple[str, ...]:
    """What the view lists there; `"__all__"` and nothing say nothing of what is used."""
    listed = getattr(view, option, None)
    return tuple(name for name in listed if isinstance(name, str)) if isinstance(listed, list | tuple) else ()


def _option(view: Any, option: str, element: str, beside: str = "") -> Declared | None:
    attributes = tuple(one for one in (option, beside) if one and getattr(view, one, None) is not None)
    name = f"{type(view).__name__}.{(attributes or (option,))[0]}"
    shown = f'{name}["{element}"]' if element else name
    return declared_attribute(type(view), attributes or (option,), shown, element)
