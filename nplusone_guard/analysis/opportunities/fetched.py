"""Which rows has a view asked for? A queryset that is built as the view's code builds it, and never run.

Conditions have values that nobody knows here; they change nothing of what a row brings along, and are left out.
What else cannot be built from what is written gives nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import FieldError
from django.db.models import Manager, Prefetch, QuerySet, Value

from .building import DatabaseIsShutError
from .following import follow, project_function
from .loads import loads_of
from .trees import has_condition

__all__ = ["Fetched", "Known", "asked_of", "fetched_by", "member_of", "prefetch_of", "same_rows"]

_LEFT_OUT = frozenset(
    "filter exclude complex_filter order_by distinct reverse using alias only defer select_for_update".split()
)
_LOADING = frozenset({"select_related", "prefetch_related"})
_TAKING_ONE = frozenset("get first last latest earliest aget afirst alast alatest aearliest".split())


@dataclass(frozen=True, slots=True)
class Known:
    """A value that stands in the code: a class, a function, a constant."""

    value: Any


@dataclass(frozen=True, slots=True, eq=False)
class Fetched:
    """The rows that a name stands for, or one of them.

    Attributes:
        queryset: It has what they bring along.
        many: Whether it is all of them.
        back: The relation from there that leads back to where they were reached from.
        sure: Whether they are the same for each request.
        held: Whether the row they were reached from may have them already.
    """

    queryset: Any
    many: bool = True
    back: str = ""
    sure: bool = True
    held: bool = False


def fetched_by(value: Any) -> Fetched | None:
    """The rows that `value`, a manager, queryset or model, gives."""
    if isinstance(value, type) and hasattr(value, "_default_manager"):
        value = value._default_manager
    return Fetched(value.all()) if isinstance(value, Manager | QuerySet) else None


def same_rows(one: Fetched, other: Fetched) -> Fetched | None:
    """What is known of rows that are `one` or `other`; `None` where these bring along different things."""
    if one is other:
        return one
    models = {rows.queryset.model for rows in (one, other)}
    alike = (one.many, one.back, one.held) == (other.many, other.back, other.held)
    if not alike or len(models) > 1 or loads_of(one.queryset) != loads_of(other.queryset):
        return None
    return replace(one, sure=one.sure and other.sure)


def member_of(row: Fetched, name: str) -> Fetched | None:
    """The row or rows that `row` has as `name`."""
    followed = None if row.many else follow(row.queryset.model, name)
    loads = loads_of(row.queryset)
    if followed is None or loads is None:
        return None
    held = any(path[0] == name for path in loads.paths)
    if followed.step.to_many:
        return Fetched(followed.model._default_manager.all(), True, followed.back, row.sure, held)
    # The row that came along may have brought more.
    return None if held else Fetched(followed.model._base_manager.all(), False, followed.back, row.sure)


def asked_of(rows: Fetched, method: str, given: Sequence[Any], named: Mapping[str, Any]) -> Fetched | None:
    """What `rows.method(…)` gives; `None` where that is no rows, or cannot be told.

    Args:
        rows: The rows.
        method: The method.
        given: Its arguments, `None` for what is not known.
        named: Those that are named.
    """
    if not rows.many:
        return None
    if method == "all":
        return None if rows.held else rows
    fresh = replace(rows, held=False)
    if method in _LEFT_OUT:
        return fresh
    if method in _TAKING_ONE:
        return replace(fresh, many=False)
    if method == "annotate" and not given:
        return _built(fresh, method, (), dict.fromkeys(named, Value(1)))
    every = [*given, *named.values()]
    if all(isinstance(one, Known) for one in every):
        own = project_function(type(rows.queryset), method)
        if method in _LOADING or own is not None:
            sure = own is None or not has_condition(own)
            values = {name: one.value for name, one in named.items()}
            return _built(replace(fresh, sure=rows.sure and sure), method, [one.value for one in given], values)
    return None


def _built(rows: Fetched, method: str, given: Sequence[Any], named: Mapping[str, Any]) -> Fetched | None:
    try:
        made = getattr(rows.queryset, method)(*given, **named)
    except (AttributeError, DatabaseIsShutError, FieldError, TypeError, ValueError):
        return None
    return replace(rows, queryset=made) if isinstance(made, QuerySet) else None


def prefetch_of(given: Sequence[Any], named: Mapping[str, Any]) -> Known | None:
    """The `Prefetch()` that is made of these arguments."""
    values = dict(zip(("lookup", "queryset", "to_attr"), given, strict=False)) | dict(named)
    built = {name: one.queryset if isinstance(one, Fetched) else one and one.value for name, one in values.items()}
    if None in values.values():
        return None
    try:
        return Known(Prefetch(**built))
    except (TypeError, ValueError):
        return None
