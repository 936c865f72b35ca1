"""How do requests filter and order? `?room=7`, `?ordering=-score`; what names no row is a bad request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django_filters import filters
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.filters import OrderingFilter

if TYPE_CHECKING:
    from collections.abc import Sequence

LARGEST_KEY = 2**63 - 1  # of a BigAutoField; SQLite refuses to compare with more


class RowFilter(filters.NumberFilter):
    """Rows that refer to the row of that number.

    django-filter's own choice for a foreign key looks that row up first, a statement for nothing, and its form
    in the browsable API offers every row there is.
    """

    field_class = forms.IntegerField

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, min_value=1, max_value=LARGEST_KEY)


class AskedFilterBackend(DjangoFilterBackend):
    """Filters when the request has one of the filters.

    django-filter makes a form with a field for each filter to find out that it has none: a sixth of what a single
    row takes.
    """

    def filter_queryset(self, request: Any, queryset: Any, view: Any) -> Any:
        filterset = getattr(view, "filterset_class", None)
        if filterset is None or filterset.base_filters.keys().isdisjoint(request.query_params):
            return queryset
        return super().filter_queryset(request, queryset, view)


class StableOrderingFilter(OrderingFilter):
    """Rows with equal values come by number: without, a row may be on two pages, or on none."""

    def get_ordering(self, request: Any, queryset: Any, view: Any) -> Sequence[str] | None:
        ordering = super().get_ordering(request, queryset, view)
        if not ordering or "id" in ordering or "-id" in ordering:
            return ordering
        return [*ordering, "-id" if ordering[0].startswith("-") else "id"]
