"""What did `select_related()` bring? The rows of a query, as they come."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from ..failsafe import log_once
from .reads import watch_relations
from .relations import Ahead, Written, ahead_of, count
from .written import written_in

__all__ = ["iterate"]

_CALL = "select_related"


class _Relation(NamedTuple):
    """A relation to one row.

    Attributes:
        cached_as: Its name in the cache of an instance.
        label: It, on the model that declares it.
        target: The model it leads to.
    """

    cached_as: str
    label: str
    target: Any


@dataclass(slots=True)
class _Joins:
    """What a query joins to the rows of one level.

    Attributes:
        watched: By the name in the cache of a row, what was asked for.
        below: By the same name, what is joined further on.
    """

    watched: dict[str, Ahead]
    below: dict[str, _Joins]

    @property
    def are_read(self) -> bool:
        return all(one.read for one in self.watched.values()) and all(one.are_read for one in self.below.values())


def iterate(wrapped: Callable[..., Iterator[Any]], instance: Any, args: Any, kwargs: Any) -> Iterator[Any]:
    """`ModelIterable.__iter__`, whose rows notice when what is joined to them is read."""
    rows = wrapped(*args, **kwargs)
    try:
        joins = _joins_of(instance.queryset)
        return rows if joins is None or joins.are_read else _watched(rows, joins)
    except Exception:  # noqa: BLE001 — whatever it is, the application must not see it
        log_once("some unused eager loads are not found")
        return rows


def _watched(rows: Iterator[Any], joins: _Joins) -> Iterator[Any]:
    seen: set[Ahead] = set()
    for row in rows:
        try:
            _watch(row, joins, seen)
        except Exception:  # noqa: BLE001 — whatever it is, the application must not see it
            log_once("some unused eager loads are not found")
        yield row


def _watch(row: Any, joins: _Joins, seen: set[Ahead]) -> None:
    """Let `row` be watched, and what is joined to it; `seen` is what the query brought before."""
    cache = row._state.fields_cache
    for name, further in joins.below.items():
        joined = cache.get(name)
        if joined is not None:
            _watch(joined, further, seen)
    for name, ahead in joins.watched.items():
        if cache.get(name) is not None:
            count(ahead, ahead not in seen, 1)
            seen.add(ahead)
    watch_relations(row, joins.watched)


def _joins_of(queryset: Any) -> _Joins | None:
    # After select_related() without a name it is `True`: who wants all relations has not chosen one.
    asked = queryset.query.select_related
    written = written_in(queryset.query, _CALL) if isinstance(asked, dict) and asked else None
    return _joins(queryset.model, queryset.model._meta.label, asked, written) if written else None


def _joins(
    model: Any,
    start: str,
    asked: Mapping[str, Any],
    written: Mapping[str, Written],
    above: Ahead | None = None,
    prefix: str = "",
) -> _Joins:
    joins = _Joins({}, {})
    for name, further in asked.items():
        relation = _relation_of(model, name)
        if relation is None:
            continue
        path = prefix + name
        # Asked for by itself, or on the way to another one.
        lookup = next((one for one in (path, *written) if one in written and _leads_through(one, path)), "")
        ahead = None
        if lookup:
            code, place = f'"{lookup}"', written[lookup]
            ahead = ahead_of(_CALL, start, path, code, relation.label, place, above)
        if ahead is not None:
            joins.watched[relation.cached_as] = ahead
        if further:
            joins.below[relation.cached_as] = _joins(relation.target, start, further, written, ahead, f"{path}__")
    return joins


def _leads_through(lookup: str, path: str) -> bool:
    return f"{lookup}__".startswith(f"{path}__")


@lru_cache(maxsize=2_000)
def _relation_of(model: Any, name: str) -> _Relation | None:
    """The relation that `select_related()` calls `name`; `None` for one that leaves nothing in the cache."""
    for field in model._meta.fields:
        if field.name == name and field.is_relation:
            return _Relation(field.cache_name, f"{field.model._meta.label}.{name}", field.related_model)
    for reverse in model._meta.related_objects:
        if reverse.field.unique and reverse.field.related_query_name() == name:
            accessor = reverse.get_accessor_name()
            return _Relation(reverse.cache_name, f"{reverse.model._meta.label}.{accessor}", reverse.related_model)
    return None
