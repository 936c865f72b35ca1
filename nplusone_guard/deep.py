"""The deep depth: thin wrappers that remember which query an instance came out of, and who wrote that query.

Three of Django's functions are wrapped once there is a deep scope (a test, `watch()`, a request with `DEBUG`), and
pass on at once in any other. A Django that lacks one of them leaves that evidence out, with one warning.

* `Query.__init__` runs when a queryset is begun, not when it is filtered or evaluated: the line that wrote it.
* `QuerySet.db` is asked by `ModelIterable.__iter__`, and by it alone for the rows of a query: they get a
  `lineage.LoadedAlias`. What that is to know is told by the statement, whose stack is looked at once for both.
* `Paginator._get_page` gets the slice that is a page, which has one row where there is one.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from functools import wraps
from inspect import unwrap
from itertools import takewhile
from sys import _getframe
from types import CodeType, FrameType, FunctionType
from typing import Any

from django.core import paginator
from django.db.models import Manager, Model
from django.db.models import query as query_module
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor
from django.db.models.manager import BaseManager
from django.db.models.sql.query import Query, RawQuery
from django.db.models.sql.subqueries import InsertQuery

from .attribution.asked import Asked, asked_by
from .attribution.asking_lines import asked_at, line_behind
from .attribution.lookups import is_for_unique_row
from .attribution.relations import step_of_related_queryset
from .callpath import CallPath, sites
from .codelines import Site
from .failsafe import log_once
from .lineage import Begun, Followed, Load, LoadedAlias, Step, load_of
from .scope import Scope, ambient, claimed_scope

__all__ = ["evaluation_of", "install", "tell_rows", "uninstall"]

# A `Query` is given two attributes: `_nplusone_written`, its `lineage.Written`; and, if a paginator has sliced it,
# `_nplusone_page`.

# Through which managers begin most queries: passed by without a look.
_GET_QUERYSET = BaseManager.get_queryset.__code__
_ALL = BaseManager.all.__code__
_METHOD = Manager.get.__code__

# Who begins queries that need no line: this one is evaluated on the same line of the project (`BEGINS_RELATION`),
_FORWARD = ForwardManyToOneDescriptor.get_queryset.__code__
# and this one never is.
_INSERTING = getattr(getattr(Model, "_do_insert", None), "__code__", None)

# From Django 6.1 on the paginators have a base, and an asynchronous one beside them.
_PAGINATORS = tuple(
    owner
    for name in ("BasePaginator", "Paginator", "AsyncPaginator")
    if "_get_page" in vars(owner := getattr(paginator, name, object))
)

_GET_OBJECT = unwrap(ForwardManyToOneDescriptor.get_object).__code__
_TO_GET_OBJECT = 6  # frames from `_followed_again` outward to it, by way of the queryset's `get()`

_LIST = 2  # rows at least

_OF_STATEMENT = 4  # frames from a statement to what iterates over its rows: `execute_sql()`, and what it calls
_WRAPPED = 6  # frames more, of what others have wrapped in between
_MOST_BEGUN = 10  # evaluations at a time, in the threads of one scope

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
                wrapper = wrap(original)
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


def _getter(original: Any) -> Callable[[Any], str]:
    """What a property is got by, or whatever stands there instead of one."""
    if type(original) is property and original.fget is not None:
        return original.fget
    return lambda instance: original.__get__(instance, type(instance))


def uninstall() -> None:
    """Take the wrappers off, but those that somebody else has wrapped meanwhile. They come with the next scope."""
    with _lock:
        for owner, name, wrapper, original in _installed:
            if owner.__dict__.get(name) is wrapper:
                setattr(owner, name, original)
        _installed.clear()


def _remembering_line(begin: Callable[..., None]) -> Callable[..., None]:
    """`Query.__init__`, remembering the line that begins the query."""
    begin = _unbound(begin)

    @wraps(begin)
    def remembering(query: Any, *args: Any, **kwargs: Any) -> None:
        if kwargs or len(args) != 1:
            begin(query, *args, **kwargs)
        else:  # a model, as a rule: to unpack the arguments takes twice as long as to begin
            begin(query, args[0])
        scope = claimed_scope() or ambient.scope
        if scope is not None and scope.looks_closely and type(query) is not InsertQuery:
            try:
                beginning = _getframe(4).f_code  # past `QuerySet.__init__`, `get_queryset()` and `all()`
                if beginning is _FORWARD or beginning is _INSERTING:
                    return
            except ValueError:  # the stack ends before
                pass
            _remember_line(query, scope)

    return remembering


def _remember_line(query: Any, scope: Scope) -> None:
    """Remember the line that begins `query`, whose `__init__` calls."""
    try:
        frame: Any = _getframe(3)  # past `QuerySet.__init__`
        if frame.f_code is _GET_QUERYSET:
            frame = frame.f_back
            if frame.f_code is _METHOD or frame.f_code is _ALL:
                frame = frame.f_back
        written = asked_at(frame, scope.boundary)
        if written is not None:
            # Not into its `__dict__`, which the interpreter makes, slowly, for who asks for it.
            query._nplusone_written = written
    except Exception:  # noqa: BLE001 — whatever it is, the application must not see it
        log_once("origins are found less exactly")


def _telling_rows(iterable: type) -> Callable[[Any], property]:
    """Of `db`, which `iterable` asks its queryset for: an alias that knows the query, for one that brings rows."""

    def telling(asked: Any) -> property:
        get = _getter(asked)
        iterating: CodeType = unwrap(iterable.__iter__).__code__  # type: ignore[attr-defined]

        def db(queryset: Any) -> str:
            alias = get(queryset)
            scope = claimed_scope() or ambient.scope
            if scope is None or not scope.looks_closely:
                return alias
            frame = _getframe(1)
            if frame.f_code is not iterating:
                return alias
            begun = scope.begun
            if len(begun) >= _MOST_BEGUN:  # no statement came: of nothing, Django asks nothing
                begun.clear()
            follows = None
            again = _followed_again(alias) if type(alias) is LoadedAlias else None
            if again is None:
                loaded = LoadedAlias(alias)
                loaded.load = None
            else:
                loaded, follows = again
            begun[id(frame)] = (loaded, queryset, iterating, follows)
            return loaded

        return property(db, doc=asked.__doc__)

    return telling


def _followed_again(alias: LoadedAlias) -> tuple[LoadedAlias, Followed] | None:
    """The alias of the row that a foreign key leads to, and which that is, if another row of the list led there.

    `alias` is that of the instance, as Django's router hands it on. Where one does not, and for other relations,
    the statement's call path tells the same, later (`tell_rows`), and each row has an alias of its own.
    """
    try:
        frame = _getframe(_TO_GET_OBJECT)
        if frame.f_code is _GET_OBJECT:
            variables = frame.f_locals
            above, relation = load_of(variables["instance"]), variables["self"]
            known = None if above is None else above.followed.get(relation)
            if known is not None and known == alias:
                return known, (True, relation)
    except ValueError:  # the stack ends before
        pass
    except Exception:  # noqa: BLE001 — whatever it is, the application must not see it
        log_once("origins are found less exactly")
    return None


def _telling_pages(get_page: Callable[..., Any]) -> Callable[..., Any]:
    """`Paginator._get_page`, remembering of a slice that it is a page: as long as there are rows, maybe one."""
    get_page = _unbound(get_page)

    @wraps(get_page)
    def telling(pages: Any, *args: Any, **kwargs: Any) -> Any:
        scope = claimed_scope() or ambient.scope
        if scope is not None and scope.looks_closely:
            try:
                if pages.per_page > 1 and args and isinstance(args[0], query_module.QuerySet):
                    query: Any = args[0].query
                    query._nplusone_page = True
            except Exception:  # noqa: BLE001 — whatever it is, the application must not see it
                log_once("origins are found less exactly")
        return get_page(pages, *args, **kwargs)

    return telling


Evaluation = tuple[int, LoadedAlias, Any, Followed | None]
"""A queryset whose statement has run: how many frames away it is evaluated, the alias of the rows, and itself; and
what it follows, where the alias knows its query already.

No frame, as the interpreter makes an object of each that is asked for."""


def evaluation_of(begun: dict[int, Begun], distance: int) -> Evaluation | None:
    """What the statement evaluates that runs `distance` frames outside of the caller, of all that has `begun`.

    The distance of what it gives is from the caller, too.
    """
    evaluating = distance + _OF_STATEMENT
    try:
        iterating = _getframe(evaluating)  # from here, where the caller is one frame nearer to it
    except ValueError:  # the stack ends before
        return None
    evaluation = begun.pop(id(iterating), None)
    if evaluation is None or evaluation[2] is not iterating.f_code:
        return _evaluation_further(begun, iterating.f_back, evaluating + 1)
    return evaluating, evaluation[0], evaluation[1], evaluation[3]


def _evaluation_further(begun: dict[int, Begun], frame: FrameType | None, evaluating: int) -> Evaluation | None:
    """The same where others have wrapped what is in between."""
    for distance in range(evaluating, evaluating + _WRAPPED):
        if frame is None:
            break
        evaluation = begun.get(id(frame))
        if evaluation is not None and evaluation[2] is frame.f_code:
            del begun[id(frame)]
            return distance, evaluation[0], evaluation[1], evaluation[3]
        frame = frame.f_back
    return None


def tell_rows(evaluation: Evaluation, path: CallPath, scope: Scope) -> Followed:
    """Let the rows of a queryset know the query that has brought them.

    Args:
        evaluation: What evaluates it.
        path: The call path from there outward.
        scope: The scope.

    Returns:
        What the query follows.
    """
    distance, loaded, queryset, follows = evaluation
    distance += 1
    try:
        asked: Asked = path.asked or asked_by(path)
        if follows is not None:
            return follows
        owner = relation = step = None
        if asked.read is not None:
            owner, relation, step = asked.read(_getframe(distance + asked.distance))
        if owner is None:
            owner = queryset._hints.get("instance")
        above = None if owner is None else load_of(owner)
        if above is None:
            loaded.load = _load(queryset, asked, path, distance, scope)
        elif relation is not None:
            known = above.followed.get(relation)
            if known is None:
                loaded.load = load = _load(queryset, asked, path, distance, scope)
                load.put_below(above, _step_of(relation))
                above.follow(relation, loaded)
            else:
                loaded.load = known.load
        elif asked.same_row:
            loaded.load = above
        else:
            loaded.load = load = _load(queryset, asked, path, distance, scope)
            # A related manager's rows belong below the row it is the manager of.
            load.put_below(above, step if step is not None else step_of_related_queryset(queryset, owner))
    except Exception:  # noqa: BLE001 — whatever it is, the statement is counted
        log_once("origins are found less exactly")
        return False, None
    # `has_loaded_alias` without the call: a related manager has the alias of its instance.
    return owner is not None or type(queryset._db) is LoadedAlias, relation


def _step_of(descriptor: Any) -> Step:
    # Up to Django 6.0 a generic foreign key is its own descriptor.
    field = getattr(descriptor, "field", None) or getattr(descriptor, "related", None) or descriptor
    return Step(getattr(field, "name", ""), to_many=False, generic=hasattr(field, "ct_field"))


def _load(queryset: Any, asked: Asked, path: CallPath, distance: int, scope: Scope) -> Load:
    """What there is to know about a query, evaluated `distance` frames outside of the caller, after `path`."""
    query = queryset.query
    most = 1 if asked.single or is_for_unique_row(queryset, query) else _most_rows(query)
    load = Load(queryset.model, getattr(query, "_nplusone_written", None), most > 1)
    if load.written is None:
        line = line_behind(path)
        if asked.is_written_there:
            load.written = line
        else:
            load.evaluated = line
    eager = getattr(query, "select_related", None)
    if eager and isinstance(eager, dict):
        load.eager = eager
    limits = scope.watchfulness
    # What is read of three rows never is an N+1 of five.
    if limits.latent and most >= max(limits.thresholds["n_plus_one"], _LIST):
        load.ways = (_way_to(_getframe(distance + 1), scope.boundary),)
    return load


def _way_to(frame: FrameType | None, boundary: CodeType | None) -> tuple[Site, ...]:
    """The sites from the evaluation of a query outward to the scope's start."""
    return tuple(takewhile(lambda site: site[0] is not boundary, sites(frame)))


def _most_rows(query: Any) -> float:
    """How many rows a query can return, by its slice."""
    high = getattr(query, "high_mark", None)  # raw SQL has none
    return math.inf if high is None or hasattr(query, "_nplusone_page") else high - query.low_mark


_WRAPPERS: tuple[tuple[type, str, Callable[[Any], Any]], ...] = (
    (Query, "__init__", _remembering_line),
    (RawQuery, "__init__", _remembering_line),
    (query_module.QuerySet, "db", _telling_rows(query_module.ModelIterable)),
    (query_module.RawQuerySet, "db", _telling_rows(query_module.RawModelIterable)),
    *((owner, "_get_page", _telling_pages) for owner in _PAGINATORS),
)
