"""Which relations does a list of the admin read of each row? From `list_display`, and the methods it names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from django.contrib.admin.options import ModelAdmin
from django.contrib.admin.sites import all_sites
from django.contrib.admin.views.main import ChangeList

from ...attribution.admin import of_column
from .building import empty_request
from .following import follow, project_function
from .functions import reads_of_function
from .loads import Loads, loads_of
from .reading import Rows
from .responses import Response
from .trees import has_condition
from .values import Read

__all__ = ["admin_classes", "response_of_admin"]


def admin_classes() -> Iterator[ModelAdmin[Any]]:
    """The admin classes of all sites."""
    for site in all_sites:
        yield from site._registry.values()


def response_of_admin(admin: ModelAdmin[Any]) -> Response | None:
    """What the change list of `admin` answers with; `None` where that cannot be told."""
    if any(project_function(type(admin), name) for name in ("changelist_view", "get_changelist")):
        return None  # the rows may be others there
    request = empty_request()
    queryset = admin.get_queryset(request)
    columns = list(admin.get_list_display(request))
    if not queryset.query.select_related:
        queryset = _joined_by_the_list(admin, queryset, columns, request)
    loads = loads_of(queryset)
    if loads is None:
        return None
    reads = tuple(one for column in columns for one in _reads_of_column(admin, column, loads))
    cls = type(admin)
    route = f"{admin.admin_site.name}/{admin.opts.app_label}/{admin.opts.model_name}/"
    chosen = project_function(cls, "get_queryset")
    sure = chosen is None or not has_condition(chosen)
    view = f"{cls.__module__}.{cls.__qualname__}"
    return Response(view, route, "changelist", many=True, loads=loads, reads=reads, sure=sure)


def _joined_by_the_list(admin: ModelAdmin[Any], queryset: Any, columns: list[Any], request: Any) -> Any:
    """`queryset` as the change list joins it: as `list_select_related` says, else for columns that are relations.

    Which ones those are, Django's versions see differently; so it is asked.
    """
    changelist: Any = ChangeList.__new__(ChangeList)
    changelist.list_display = columns
    changelist.list_select_related = admin.get_list_select_related(request)
    changelist.lookup_opts = admin.opts
    return changelist.apply_select_related(queryset)


def _reads_of_column(admin: Any, column: Any, loads: Loads) -> Iterator[Read]:
    row = Rows(admin.model)
    if callable(column):
        function = project_function(SimpleNamespace(column=column), "column")
        if function is not None:
            yield from reads_of_function(function, row)
        return
    if column in loads.names:
        return
    own = project_function(type(admin), column)
    if own is not None:
        yield from reads_of_function(own, row, position=1)
        return
    if column == "__str__" or (follow(row.model, column) is None and "__" not in column):
        function = project_function(row.model, column)
        if function is not None:
            yield from reads_of_function(function, row)
        return
    yield from _reads_of_path(admin, column, row)


def _reads_of_path(admin: Any, column: str, row: Rows) -> Iterator[Read]:
    """Of `customer__name`, and of `customer`, which is shown as a text."""
    place = of_column(SimpleNamespace(model_admin=admin), column)
    if place is None:
        return
    at = row
    for name in column.split("__"):
        followed = follow(at.model, name)
        if followed is None:
            return
        if followed.step.to_many:
            return
        steps = (*at.steps, followed.step)
        yield Read(steps, followed.attribution, place, "certain", back=name == at.back)
        at = replace(at, model=followed.model, steps=steps, back=followed.back)
    function = project_function(at.model, "__str__")
    if function is not None:
        yield from reads_of_function(function, at)
