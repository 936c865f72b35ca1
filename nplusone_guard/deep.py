"""The deep depth: thin wrappers that remember which query an instance came out of, and who wrote that query.

Two of Django's functions are wrapped once there is a deep scope (a test, `watch()`, a request with `DEBUG`), and
pass on at once in any other. A Django that lacks one of them leaves that evidence out, with one warning.

* `Query.__init__` runs when a queryset is begun, not when it is filtered or evaluated: the line that wrote it.
* `ModelIterable.__iter__` runs when a queryset is evaluated: its rows get a `lineage.LoadedAlias`. The statement
  follows in the same thread, so the call path is walked here, where it is shorter, and not once more for it.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from functools import wraps
from inspect import unwrap
from types import CodeType, FrameType
from typing import Any, NamedTuple

from django.db.models import Model
from django.db.models import query as query_module
from django.db.models.sql.query import Query, RawQuery

from .attribution.django_internals import known_functions
from .attribution.orm import HOPS, is_orm_file
from .attribution.places import asking_line
from .attribution.relations import step_of_related_queryset
from .callpath import CallPath, Line, path_of
from .failsafe import log_once
from .lineage import Load, LoadedAlias, Step, Written, load_of
from .scope import Scope, active, ambient

__all__ = ["Evaluation", "evaluation_of", "install", "uninstall"]

_WRITTEN = "_nplusone_written"
"""The attribute of a `Query` that holds its `lineage.Written`."""

_NEAR = 16  # frames between the evaluation of a queryset and what asked for it inside the ORM
_OF_STATEMENT = HOPS[3]  # from a statement to what iterates over its rows: `execute()` and `execute_sql()`
_WRAPPED = 6  # frames more, of what others have wrapped in between

_lock = threading.Lock()
_installed: list[tuple[type, str, Any, Any]] = []


def install() -> None:
    """Put the wrappers on, where they stay: to take them off after each scope costs as much as some statements."""
    if _installed:
        return
    with _lock:
        if _installed:
            return
        for owner, name, wrap in (
            (Query, "__init__", _remembering_line),
            (RawQuery, "__init__", _remembering_line),
            (query_module.ModelIterable, "__iter__", _telling_rows),
            (query_module.RawModelIterable, "__iter__", _telling_rows),
        ):
            try:
                original = owner.__dict__[name]
                wrapper = wrap(original)
                setattr(owner, name, wrapper)
            except Exception:  # noqa: BLE001 — the guard does with less evidence
                log_once("origins are found less exactly")
            else:
                _installed.append((owner, name, wrapper, original))


def uninstall() -> None:
    """Take the wrappers off, but those that somebody else has wrapped meanwhile. They come with the next scope."""
    with _lock:
        for owner, name, wrapper, original in _installed:
            if owner.__dict__.get(name) is wrapper:
                setattr(owner, name, original)
        _installed.clear()


def _remembering_line(begin: Callable[..., None]) -> Callable[..., None]:
    """`Query.__init__`, remembering the line that begins the query."""

    @wraps(begin)
    def remembering(query: Any, *args: Any, **kwargs: Any) -> None:
        begin(query, *args, **kwargs)
        scope = active.get() or ambient.scope
        if scope is not None and scope.watchfulness.deep and not scope.closed:
            try:
                line = asking_line(sys._getframe(2), scope.boundary)  # past `QuerySet.__init__`
                if line is not None:
                    query.__dict__[_WRITTEN] = (line.filename, line.lineno, line.function)
            except Exception:  # noqa: BLE001 — whatever it is, the application must not see it
                log_once("origins are found less exactly")

    return remembering


def _telling_rows(iterate: Callable[[Any], Iterator[Any]]) -> Callable[[Any], Iterator[Any]]:
    """`ModelIterable.__iter__`, letting the rows of a query know it."""
    code = getattr(unwrap(iterate), "__code__", None)
    if code is not None:
        _iterating[id(code)] = code

    @wraps(iterate)
    def telling(iterable: Any) -> Iterator[Any]:
        scope = active.get() or ambient.scope
        if scope is not None and scope.watchfulness.deep and not scope.closed:
            try:
                queryset = iterable.queryset
                iterable.queryset = _with_alias(queryset, _begin_evaluation(queryset, sys._getframe(1), scope))
            except Exception:  # noqa: BLE001 — whatever it is, the application must not see it
                log_once("origins are found less exactly")
        return iterate(iterable)

    return telling


def _with_alias(queryset: Any, alias: LoadedAlias) -> Any:
    """The same queryset to read rows from, under an alias that they get; `queryset` itself is as it was."""
    copy = object.__new__(type(queryset))
    copy.__dict__ = {**queryset.__dict__, "_db": alias}
    return copy


class Evaluation(NamedTuple):
    """The evaluation of a queryset whose statement is about to run.

    Attributes:
        frame: The `id` of the frame that evaluates it, which is on the stack until its rows are there.
        path: The call path from there outward.
        follows: Whether it follows a relation of an instance.
        relation: What follows it to one row: its descriptor.
    """

    frame: int
    path: CallPath
    follows: bool
    relation: object


class _Latest(threading.local):
    evaluation: Evaluation | None = None
    """The one that has begun in this thread, until its statement comes."""


_latest = _Latest()
_iterating: dict[int, CodeType] = {}
"""What runs the statements of the querysets that are evaluated, by identity."""


def evaluation_of(frame: FrameType | None) -> tuple[FrameType, Evaluation] | None:
    """The evaluation that a statement which runs under `frame` is of, with its frame; `None` if it is of none."""
    evaluation = _latest.evaluation
    if evaluation is None:
        return None
    _latest.evaluation = None
    iterating = _OF_STATEMENT(frame)
    for _ in range(_WRAPPED):
        if id(iterating.f_code) in _iterating:
            evaluating = iterating.f_back
            return (evaluating, evaluation) if id(evaluating) == evaluation.frame else None
        iterating = iterating.f_back
        if iterating is None:
            break
    return None


def _begin_evaluation(queryset: Any, frame: FrameType, scope: Scope) -> LoadedAlias:
    """The alias of a queryset that is about to be evaluated by `frame`."""
    path = path_of(frame, scope.boundary, scope.outside)
    asked = _asked.get(path.walk) or _learn_asked(frame, path.walk, scope.boundary or scope.outside.code)
    owner, relation, step = _NOBODY if asked.read is None else asked.read(HOPS[asked.distance](frame))
    if owner is None:
        owner = queryset._hints.get("instance")
    above = load_of(owner) if isinstance(owner, Model) else None
    _latest.evaluation = Evaluation(id(frame), path, owner is not None, relation)
    alias: str = queryset.db
    if above is None:
        return LoadedAlias.of(alias, _load(queryset, asked))
    if asked.same_row:
        return LoadedAlias.of(alias, above)
    if relation is None:
        load = _load(queryset, asked)
        # A related manager's rows belong below the row it is the manager of.
        load.put_below(above, step if step is not None else step_of_related_queryset(queryset, owner))
        return LoadedAlias.of(alias, load)
    known = above.followed.get(relation)
    if known is None or known != alias:
        load = _load(queryset, asked)
        load.put_below(above, _step_of(relation))
        known = above.followed[relation] = LoadedAlias.of(alias, load)
    return known


def _step_of(descriptor: Any) -> Step:
    # Up to Django 6.0 a generic foreign key is its own descriptor.
    field = getattr(descriptor, "field", None) or getattr(descriptor, "related", None) or descriptor
    return Step(getattr(field, "name", ""), to_many=False, generic=hasattr(field, "ct_field"))


def _load(queryset: Any, asked: _Asked) -> Load:
    """What there is to know about a query that is about to be evaluated, wherever its rows belong."""
    query = queryset.query
    written: Written | None = query.__dict__.get(_WRITTEN)
    evaluated = asked.line if written is None else None
    if evaluated is not None and asked.is_written_there:
        written, evaluated = (evaluated.filename, evaluated.lineno, evaluated.function), None
    eager = getattr(query, "select_related", None)
    many = not (asked.single or _is_limited_to_one(query))
    return Load(queryset.model, written, many, evaluated, eager if isinstance(eager, dict) else None)


def _is_limited_to_one(query: Any) -> bool:
    high = getattr(query, "high_mark", None)
    return high is not None and high - query.low_mark <= 1


_Owned = tuple[Any, object, Step | None]
"""The instance whose relation or field is followed; the descriptor that does, to one row; else that relation."""

_NOBODY: _Owned = (None, None, None)


class _Asked(NamedTuple):
    """Which access inside the ORM asks for a query: the same wherever the same frames are met.

    Attributes:
        line: The line of the project behind it.
        single: Whether it wants one row.
        same_row: Whether it is a row that is there that is read again.
        is_written_there: Whether nobody else has written the query.
        distance: How far the frame is that tells of the instance, from the one that evaluates the query.
        read: How to read that frame; `None` if there is none.
    """

    line: Line | None
    single: bool = False
    same_row: bool = False
    is_written_there: bool = False
    distance: int = 0
    read: Callable[[FrameType], _Owned] | None = None


_asked: dict[int, _Asked] = {}
"""By `CallPath.walk`."""
_MOST_ASKED = 5_000


def _learn_asked(frame: FrameType, walk: int, boundary: int) -> _Asked:
    """Read the frames of the ORM from the evaluation outward, for the first time."""
    if len(_asked) >= _MOST_ASKED:
        _asked.clear()
    asked = _asked[walk] = _read_asked(frame, asking_line(frame, boundary))
    return asked


def _read_asked(frame: FrameType | None, line: Line | None) -> _Asked:
    known_by_code = known_functions()
    single = False
    for distance in range(_NEAR):
        if frame is None or not is_orm_file(frame.f_code.co_filename):
            break
        known = known_by_code.get(id(frame.f_code))
        if known is not None:
            single = single or known.operation in _ONE_ROW
            if known.role in _FOLLOWING:
                return _Asked(line, True, False, True, distance, _followed)
            if known.operation == "refresh_from_db":
                return _Asked(line, True, True, False, distance, _refreshed)
            if known.role == "prefetch_level":
                return _Asked(line, False, False, True, distance, _prefetched)
        frame = frame.f_back
    return _Asked(line, single)


def _followed(frame: FrameType) -> _Owned:
    variables = frame.f_locals
    return variables.get("instance"), variables["self"], None


def _refreshed(frame: FrameType) -> _Owned:
    return frame.f_locals["self"], None, None


def _prefetched(frame: FrameType) -> _Owned:
    variables = frame.f_locals
    lookup, level = variables["lookup"], variables["level"]
    name = lookup.prefetch_through.split("__")[level]
    parent = next(iter(variables["instances"]), None)
    field = None if parent is None else _field_of(parent, name)
    to_many = field is None or bool(field.one_to_many or field.many_to_many)
    return parent, None, Step(name, to_many, eager=True)


def _field_of(instance: Model, name: str) -> Any:
    for field in instance._meta.get_fields():
        accessor = getattr(field, "get_accessor_name", None)
        if field.name == name or (accessor is not None and accessor() == name):
            return field
    return None


_FOLLOWING = frozenset({"forward", "reverse_one", "generic"})
_ONE_ROW = frozenset({"get", "first", "last", "earliest", "latest"})
