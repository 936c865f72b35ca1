"""What did a prefetch bring? One level of one lookup after the other, as Django goes through them."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

import wrapt
from django.db.models import Model, Prefetch
from django.db.models import query as query_module

from ..attribution.relations import of_accessor
from ..codelines import is_project_code
from ..failsafe import log_once
from .reads import watch_attribute, watch_relations, watch_rows
from .relations import Ahead, Written, ahead_of, count, note_read
from .written import written_in, written_near

__all__ = ["begin_query", "prefetch_one_level", "prefetch_related_objects"]

_CALL = "prefetch_related"
_WRAPPERS = tuple(str(Path(file).parent) for file in (__file__, wrapt.__file__))


class _Asked(NamedTuple):
    """Who asked for a lookup.

    Attributes:
        call: The function they asked with.
        model: The label of the model whose rows they query.
        above: How many relations lie between the rows of the whole prefetch and those.
        written: The line.
    """

    call: str
    model: str
    above: int
    written: Written


@dataclass(slots=True)
class _Prefetching:
    """One call of `prefetch_related_objects`.

    Attributes:
        asked: By the lookup, who asked for it.
        known: By the path to them, the relations that were prefetched.
    """

    asked: dict[str, _Asked] = field(default_factory=dict)
    known: dict[str, Ahead] = field(default_factory=dict)


@dataclass(slots=True)
class _Level:
    """One call of `prefetch_one_level`.

    Attributes:
        query: The first query that it ran.
        model: The label of the model of its rows.
    """

    query: Any = None
    model: str = ""


class _Here(threading.local):
    """What runs in this thread, from the outside in."""

    def __init__(self) -> None:
        self.stack: list[_Prefetching | _Level | None] = []


_here = _Here()


def begin_query(queryset: Any) -> None:
    """A query begins; the first one inside of a level loads its rows."""
    level = _here.stack[-1] if _here.stack else None
    if isinstance(level, _Level) and level.query is None:
        level.query, level.model = queryset.query, queryset.model._meta.label


def prefetch_related_objects(wrapped: Callable[..., Any], _: Any, args: Any, kwargs: Any) -> Any:
    """Django's own, remembering who asked for its lookups."""
    prefetching = None
    try:
        if args and args[0]:
            prefetching = _prefetching(sys._getframe(1), args[0], args[1:])
    except Exception:  # noqa: BLE001 — whatever it is, the application must not see it
        log_once("some unused eager loads are not found")
    _here.stack.append(prefetching)
    try:
        return wrapped(*args, **kwargs)
    finally:
        _here.stack.pop()


def _prefetching(frame: FrameType, instances: Sequence[Any], lookups: Iterable[Any]) -> _Prefetching | None:
    caller = _caller(frame)
    if caller.f_code.co_filename == query_module.__file__:
        queryset = caller.f_locals.get("self")
        query, model = getattr(queryset, "query", None), getattr(queryset, "model", None)
        if query is None or model is None:
            return None
        asked = {
            lookup: _Asked(_CALL, model._meta.label, 0, written)
            for lookup, written in written_in(query, _CALL).items()
        }
        return _Prefetching(asked) if asked else None
    # Anything else than a line of the project, such as the thread in which an asynchronous iteration prefetches,
    # does not tell whose lookups they are.
    written = written_near(caller) if is_project_code(caller.f_code.co_filename) else None
    if written is None:
        return None
    model = type(next(iter(instances)))._meta.label
    one = _Asked("prefetch_related_objects", model, 0, written)
    return _Prefetching({_to(lookup): one for lookup in lookups})


def _caller(frame: FrameType) -> FrameType:
    """Who called the function that is wrapped, as `wrapt` may be written in Python."""
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_WRAPPERS):
        frame = frame.f_back
    return frame


def prefetch_one_level(wrapped: Callable[..., Any], _: Any, args: Any, kwargs: Any) -> Any:
    """Django's own, whose rows notice when they are read."""
    prefetching = _here.stack[-1] if _here.stack else None
    if not isinstance(prefetching, _Prefetching) or len(args) != 4:  # noqa: PLR2004 — its parameters
        return wrapped(*args, **kwargs)
    instances, _prefetcher, lookup, depth = args
    before = _names_in_caches(instances[0])
    level = _Level()
    _here.stack.append(level)
    try:
        result = wrapped(*args, **kwargs)
    finally:
        _here.stack.pop()
    try:
        rows, further = result
        _expect(further, level, lookup, depth, prefetching)
        ahead = _ahead(instances[0], lookup, depth, prefetching)
        if ahead is not None:
            attribute = lookup.get_current_to_attr(depth)
            _watch(instances, ahead, attribute[0] if attribute[1] else "", before)
            if rows:
                count(ahead, 1, len(rows))
    except Exception:  # noqa: BLE001 — whatever it is, the application must not see it
        log_once("some unused eager loads are not found")
    return result


def _expect(further: Iterable[Any], level: _Level, lookup: Any, depth: int, prefetching: _Prefetching) -> None:
    """The query of a level brings lookups of its own: that of a `Prefetch`, or of a default manager."""
    path = lookup.get_current_prefetch_to(depth)
    written = written_in(level.query, _CALL) if further else {}
    for one in further:
        place = written.get(_to(one))
        if place is not None:
            asked = _Asked(_CALL, level.model, depth + 1, place)
            prefetching.asked.setdefault(f"{path}__{_to(one)}", asked)


def _ahead(instance: Any, lookup: Any, depth: int, prefetching: _Prefetching) -> Ahead | None:
    """The relation that a level of `lookup` follows from rows such as `instance`."""
    asked = prefetching.asked.get(lookup.prefetch_to)
    if asked is None or not isinstance(instance, Model):
        return None
    steps = lookup.prefetch_through.split("__")
    path = lookup.get_current_prefetch_to(depth)
    relation = of_accessor(type(instance), steps[depth], "")
    ahead = ahead_of(
        asked.call,
        asked.model,
        "__".join(steps[asked.above : depth + 1]),
        _as_code(lookup, "__".join(steps[asked.above :])),
        relation.label if relation is not None else f"{instance._meta.label}.{steps[depth]}",
        asked.written,
        prefetching.known.get(path.rpartition("__")[0]),
    )
    if ahead is not None:
        prefetching.known[path] = ahead
    return ahead


def _watch(instances: Sequence[Any], ahead: Ahead, attribute: str, before: tuple[set[str], set[str]]) -> None:
    """Notice when what was prefetched for `instances` is read."""
    if ahead.read:
        return
    if attribute:
        for instance in instances:
            watch_attribute(instance, attribute, ahead)
        return
    # What is new in the caches of an instance is what the level has put there, whatever the name is.
    single, many = (now - then for now, then in zip(_names_in_caches(instances[0]), before, strict=True))
    if len(single) + len(many) != 1:
        note_read(ahead)
    for name in single:
        for instance in instances:
            watch_relations(instance, {name: ahead})
    for name in many:
        for instance in instances:
            watch_rows(instance._prefetched_objects_cache[name], ahead)


def _names_in_caches(instance: Any) -> tuple[set[str], set[str]]:
    state, own = getattr(instance, "_state", None), getattr(instance, "__dict__", {})
    return set(getattr(state, "fields_cache", ())), set(own.get("_prefetched_objects_cache", ()))


def _to(lookup: Any) -> str:
    return str(lookup.prefetch_to if isinstance(lookup, Prefetch) else lookup)


def _as_code(lookup: Any, path: str) -> str:
    """The lookup, which leads along `path`, as it stands in the source."""
    if lookup.to_attr:
        return f'Prefetch("{path}", to_attr="{lookup.to_attr}")'
    return f'"{path}"' if lookup.queryset is None else f'Prefetch("{path}", …)'
