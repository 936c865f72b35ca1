"""The deep depth: thin wrappers that remember which query an instance came out of, and who wrote that query.

Three of Django's functions are wrapped once there is a deep scope (a test, `watch()`, a request with `DEBUG`), and
pass on at once in any other. A Django that lacks one of them leaves that evidence out, with one warning.

* `Query.__init__` runs when a queryset is begun, not when it is filtered or evaluated: the line that wrote it.
* `ModelIterable.__iter__` runs when a queryset is evaluated: its rows get a `lineage.LoadedAlias`. The statement
  follows in the same thread, so the call path is walked here, where it is shorter, and not once more for it.
* `Paginator._get_page` gets the slice that is a page, which has one row where there is one.
"""

from __future__ import annotations

import math
import sys
import threading
from collections.abc import Callable, Iterator
from functools import wraps
from inspect import unwrap
from itertools import takewhile
from types import CodeType, FrameType, FunctionType
from typing import Any, NamedTuple

from django.core import paginator
from django.db.models import Model
from django.db.models import query as query_module
from django.db.models.sql.query import Query, RawQuery

from .attribution.asked import Asked, asked_by
from .attribution.lookups import is_for_unique_row
from .attribution.orm import HOPS
from .attribution.places import asking_line
from .attribution.relations import step_of_related_queryset
from .callpath import CallPath, Site, path_of, sites
from .failsafe import log_once
from .lineage import Load, LoadedAlias, Step, Written, has_loaded_alias, load_of
from .scope import Scope, ambient, claimed_scope

__all__ = ["Evaluation", "evaluation_of", "install", "uninstall"]

_WRITTEN = "_nplusone_written"
"""The attribute of a `Query` that holds its `lineage.Written`."""

_PAGE = "_nplusone_page"
"""The attribute of a `Query` that a paginator has sliced."""

# From Django 6.1 on the paginators have a base, and an asynchronous one beside them.
_PAGINATORS = tuple(
    owner
    for name in ("BasePaginator", "Paginator", "AsyncPaginator")
    if "_get_page" in vars(owner := getattr(paginator, name, object))
)

_LIST = 2  # rows at least

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
        for owner, name, wrap in _WRAPPERS:
            try:
                original = owner.__dict__[name]
                wrapper = wrap(_unbound(original))
                setattr(owner, name, wrapper)
            except Exception:  # noqa: BLE001 — the guard does with less evidence
                log_once("origins are found less exactly")
            else:
                _installed.append((owner, name, wrapper, original))


def _unbound(original: Callable[..., Any]) -> Callable[..., Any]:
    """`original` as a function of its instance, whatever stands there: a wrapper of wrapt has to be bound."""
    if type(original) is FunctionType:  # not isinstance(), which a proxy answers for what it stands for
        return original

    @wraps(original)
    def bind(instance: Any, *args: Any, **kwargs: Any) -> Any:
        return original.__get__(instance, type(instance))(*args, **kwargs)

    return bind


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
        scope = claimed_scope() or ambient.scope
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
        scope = claimed_scope() or ambient.scope
        if scope is not None and scope.watchfulness.deep and not scope.closed:
            try:
                queryset = iterable.queryset
                iterable.queryset = _with_alias(queryset, _begin_evaluation(queryset, sys._getframe(1), scope))
            except Exception:  # noqa: BLE001 — whatever it is, the application must not see it
                log_once("origins are found less exactly")
        return iterate(iterable)

    return telling


def _telling_pages(get_page: Callable[..., Any]) -> Callable[..., Any]:
    """`Paginator._get_page`, remembering of a slice that it is a page: as long as there are rows, maybe one."""

    @wraps(get_page)
    def telling(pages: Any, *args: Any, **kwargs: Any) -> Any:
        scope = claimed_scope() or ambient.scope
        if scope is not None and scope.watchfulness.deep and not scope.closed:
            try:
                if pages.per_page > 1 and args and isinstance(args[0], query_module.QuerySet):
                    args[0].query.__dict__[_PAGE] = True
            except Exception:  # noqa: BLE001 — whatever it is, the application must not see it
                log_once("origins are found less exactly")
        return get_page(pages, *args, **kwargs)

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
    asked = asked_by(frame, path.walk, scope.boundary or scope.outside.code)
    owner, relation, step = asked.owner(frame)
    if owner is None:
        owner = queryset._hints.get("instance")
    above = load_of(owner) if isinstance(owner, Model) else None
    _latest.evaluation = Evaluation(id(frame), path, owner is not None or has_loaded_alias(queryset), relation)
    alias: str = queryset.db
    if above is None:
        return LoadedAlias.of(alias, _load(queryset, asked, frame, scope))
    if asked.same_row:
        return LoadedAlias.of(alias, above)
    if relation is None:
        load = _load(queryset, asked, frame, scope)
        # A related manager's rows belong below the row it is the manager of.
        load.put_below(above, step if step is not None else step_of_related_queryset(queryset, owner))
        return LoadedAlias.of(alias, load)
    known = above.followed.get(relation)
    if known is None or known != alias:
        load = _load(queryset, asked, frame, scope)
        load.put_below(above, _step_of(relation))
        known = above.followed[relation] = LoadedAlias.of(alias, load)
    return known


def _step_of(descriptor: Any) -> Step:
    # Up to Django 6.0 a generic foreign key is its own descriptor.
    field = getattr(descriptor, "field", None) or getattr(descriptor, "related", None) or descriptor
    return Step(getattr(field, "name", ""), to_many=False, generic=hasattr(field, "ct_field"))


def _load(queryset: Any, asked: Asked, frame: FrameType, scope: Scope) -> Load:
    """What there is to know about a query that `frame` is about to evaluate, wherever its rows belong."""
    query = queryset.query
    written: Written | None = query.__dict__.get(_WRITTEN)
    evaluated = asked.line if written is None else None
    if evaluated is not None and asked.is_written_there:
        written, evaluated = (evaluated.filename, evaluated.lineno, evaluated.function), None
    eager = getattr(query, "select_related", None)
    most = 1 if asked.single or is_for_unique_row(queryset) else _most_rows(query)
    load = Load(queryset.model, written, most > 1, evaluated, eager if isinstance(eager, dict) else None)
    limits = scope.watchfulness
    # What is read of three rows never is an N+1 of five.
    if limits.latent and most >= max(limits.thresholds["n_plus_one"], _LIST):
        load.ways = (_way_to(frame, scope.boundary),)
    return load


def _way_to(frame: FrameType | None, boundary: int) -> tuple[Site, ...]:
    """The sites from the evaluation of a query outward to the scope's start."""
    return tuple(takewhile(lambda site: id(site[0]) != boundary, sites(frame)))


def _most_rows(query: Any) -> float:
    """How many rows a query can return, by its slice."""
    high = getattr(query, "high_mark", None)  # raw SQL has none
    return math.inf if high is None or hasattr(query, _PAGE) else high - query.low_mark


_WRAPPERS: tuple[tuple[type, str, Callable[[Any], Any]], ...] = (
    (Query, "__init__", _remembering_line),
    (RawQuery, "__init__", _remembering_line),
    (query_module.ModelIterable, "__iter__", _telling_rows),
    (query_module.RawModelIterable, "__iter__", _telling_rows),
    *((owner, "_get_page", _telling_pages) for owner in _PAGINATORS),
)
