"""What does a queryset bring along with its rows? Read from what it was built with; it is not run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from .following import follow
from .values import Read

__all__ = ["Loads", "loads_of"]

_DEEPEST = 5  # Django goes no further for select_related() without arguments
_SERVED = frozenset({"", "iterate", "count", "exists", "contains"})
"""What prefetched rows answer."""


@dataclass(frozen=True, slots=True)
class Loads:
    """What is there with the rows.

    Attributes:
        paths: The relations, as paths of names; a `to_attr` stands under its own name.
        names: What the rows have besides their fields: annotations and `to_attr`.
        chosen: Those of `paths` that the queryset names one by one.
    """

    paths: frozenset[tuple[str, ...]]
    names: frozenset[str]
    chosen: frozenset[tuple[str, ...]] = frozenset()

    def serves(self, read: Read) -> bool:
        """Whether `read` runs no statement of its own."""
        if read.back:
            return True
        if read.path not in self.paths:
            return False
        asked = read.attribution
        return not read.steps[-1].to_many or (not asked.narrowing and asked.operation in _SERVED)


def loads_of(queryset: Any) -> Loads | None:
    """What `queryset` loads; `None` if it has no rows, or they are no instances of its model."""
    if not issubclass(type(queryset), QuerySet) or queryset._fields is not None or queryset.query.is_empty():
        return None  # none() is what a request of nobody gets, and no other one
    mode = getattr(queryset, "_fetch_mode", None)  # from Django 6.1 on: all rows at once, or an error
    if mode is not None and type(mode).__name__ != "FetchOne":
        return None
    names = set(queryset.query.annotations)
    joined = queryset.query.select_related
    paths = set(_joined(queryset.model, joined, ()))
    chosen = set(paths) if isinstance(joined, dict) else set()
    # One that Django knows already: order.items of which the rows are items.
    paths.update((name,) for name in _known(queryset))
    for lookup in queryset._prefetch_related_lookups:
        _add_prefetch(lookup, chosen, names)
    return Loads(frozenset(paths | chosen), frozenset(names), frozenset(chosen))


def _known(queryset: Any) -> list[str]:
    return [field.name for field in getattr(queryset, "_known_related_objects", {})]


def _joined(model: Any, asked: Any, before: tuple[str, ...]) -> list[tuple[str, ...]]:
    if not asked and not (isinstance(asked, dict) and before):
        return []
    found: list[tuple[str, ...]] = []
    if asked is True:
        for field in model._meta.concrete_fields:
            if field.is_relation and not field.null and len(before) < _DEEPEST and field.remote_field:
                path = (*before, field.name)
                found.extend([path, *_joined(field.related_model, True, path)])
        return found
    for name, inner in asked.items():
        followed = follow(model, name) or _by_query_name(model, name)
        if followed is not None:
            path = (*before, followed.step.name)
            found.append(path)
            found.extend(_joined(followed.model, inner, path) if inner else [])
    return found


def _by_query_name(model: Any, name: str) -> Any:
    for field in model._meta.related_objects:
        if field.related_query_name() == name if hasattr(field, "related_query_name") else field.name == name:
            accessor = field.get_accessor_name()
            return follow(model, accessor) if accessor else None
    return None


def _add_prefetch(lookup: Any, paths: set[tuple[str, ...]], names: set[str]) -> None:
    if not isinstance(lookup, Prefetch):
        parts = tuple(str(lookup).split("__"))
        paths.update(parts[: index + 1] for index in range(len(parts)))
        return
    parts = tuple(lookup.prefetch_to.split("__"))
    paths.update(parts[: index + 1] for index in range(len(parts)))
    if lookup.to_attr:
        names.add(parts[-1])  # no relation, but an attribute with a list
    if lookup.queryset is not None:
        inner = loads_of(lookup.queryset)
        if inner is not None:
            paths.update((*parts, *path) for path in inner.paths)
