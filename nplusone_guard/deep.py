"""The deep depth: thin wrappers that remember which query an instance came out of, and who wrote that query.

Three of Django's functions are wrapped while a deep scope is open (a test, `watch()`, a request with `DEBUG`), and
pass on at once in any other scope. A Django that lacks one of them leaves that evidence out, with one warning.

* `Query.__init__` runs when a queryset is begun, not when it is filtered or evaluated: the line that wrote it.
* `ModelIterable.__iter__` runs when a queryset is evaluated: its rows get a `lineage.LoadedAlias`.
* `Paginator._get_page` gets the slice that is a page, which has one row where there is one.
"""

from __future__ import annotations

import math
import sys
import threading
from collections.abc import Callable, Iterator
from itertools import takewhile
from types import FrameType
from typing import TYPE_CHECKING, Any

import wrapt
from django.core import paginator
from django.db.models import Model
from django.db.models import query as query_module
from django.db.models.sql.query import Query, RawQuery

from .attribution.django_internals import known_functions
from .attribution.lookups import is_for_unique_row
from .attribution.orm import is_orm_file
from .attribution.places import asking_line
from .attribution.relations import step_of_related_queryset
from .callpath import Line, Site, sites
from .failsafe import log_once
from .lineage import Load, LoadedAlias, Step, load_of
from .scope import Scope, active_scope

__all__ = ["install", "uninstall"]

if TYPE_CHECKING:
    _Proxy = wrapt.ObjectProxy[Any]
else:  # subscripting it needs wrapt 2
    _Proxy = wrapt.ObjectProxy

_WRITTEN = "_nplusone_written"
"""The attribute of a `Query` that holds its line: a plain tuple, as querysets are pickled into caches."""

_PAGE = "_nplusone_page"
"""The attribute of a `Query` that a paginator has sliced."""

_PAGINATORS = tuple(
    getattr(paginator, name) for name in ("Paginator", "AsyncPaginator") if hasattr(paginator, name)
)

_LIST = 2  # rows at least

_NEAR = 16  # frames between the evaluation of a queryset and what asked for it inside the ORM

_lock = threading.Lock()
_installed: list[tuple[type, str, Any]] = []
_users = 0  # deep scopes that are open


def install() -> None:
    """Put the wrappers on, for one more deep scope."""
    global _users  # noqa: PLW0603 — a process has one Django
    with _lock:
        _users += 1
        if _installed:
            return
        for owner, name, wrapper in (
            (Query, "__init__", _begin),
            (RawQuery, "__init__", _begin),
            (query_module.ModelIterable, "__iter__", _iterate),
            (query_module.RawModelIterable, "__iter__", _iterate),
            *((owner, "_get_page", _paginate) for owner in _PAGINATORS if "_get_page" in owner.__dict__),
        ):
            try:
                original = owner.__dict__[name]
                wrapt.wrap_function_wrapper(owner, name, wrapper)  # type: ignore[misc, arg-type, unused-ignore]
            except Exception:  # noqa: BLE001 — the guard does with less evidence
                log_once("origins are found less exactly")
            else:
                _installed.append((owner, name, original))


def uninstall() -> None:
    """One deep scope less; with the last one the wrappers go."""
    global _users  # noqa: PLW0603 — a process has one Django
    with _lock:
        _users = max(_users - 1, 0)
        while _installed and not _users:
            owner, name, original = _installed.pop()
            setattr(owner, name, original)


def _deep_scope() -> Scope | None:
    scope = active_scope()
    return scope if scope is not None and scope.watchfulness.deep and not scope.closed else None


def _paginate(wrapped: Callable[..., Any], instance: Any, args: Any, kwargs: Any) -> Any:
    """Remember that a slice is a page: it is as long as there are rows, and so may be of one."""
    if _deep_scope() is not None:
        try:
            if instance.per_page > 1 and args and isinstance(args[0], query_module.QuerySet):
                setattr(args[0].query, _PAGE, True)
        except Exception:  # noqa: BLE001 — whatever it is, the application must not see it
            log_once("origins are found less exactly")
    return wrapped(*args, **kwargs)


def _begin(wrapped: Callable[..., None], instance: Query, args: Any, kwargs: Any) -> None:
    """Remember the line that begins a query."""
    wrapped(*args, **kwargs)
    scope = _deep_scope()
    if scope is not None:
        try:
            line = asking_line(sys._getframe(1), scope.boundary)
            if line is not None:
                setattr(instance, _WRITTEN, (line.filename, line.lineno, line.function))
        except Exception:  # noqa: BLE001 — whatever it is, the application must not see it
            log_once("origins are found less exactly")


def _iterate(wrapped: Callable[..., Iterator[Any]], instance: Any, args: Any, kwargs: Any) -> Iterator[Any]:
    """Let the rows of a query know it."""
    scope = _deep_scope()
    if scope is not None:
        try:
            queryset = instance.queryset
            load = _load(queryset, sys._getframe(1), scope)
            instance.queryset = _Traced(queryset, LoadedAlias.of(queryset.db, load))
        except Exception:  # noqa: BLE001 — whatever it is, the application must not see it
            log_once("origins are found less exactly")
    return wrapped(*args, **kwargs)


class _Traced(_Proxy):
    """A queryset whose rows get an alias of ours; the queryset itself, and its routing, stay as they are."""

    def __init__(self, queryset: Any, alias: LoadedAlias) -> None:
        super().__init__(queryset)
        self._self_alias = alias

    @property
    def db(self) -> LoadedAlias:
        """The alias that Django hands to the rows."""
        return self._self_alias


def _load(queryset: Any, frame: FrameType | None, scope: Scope) -> Load:
    """What there is to know about a query that is about to be evaluated."""
    query = queryset.query
    asked = _asked_by(frame)
    owner = queryset._hints.get("instance") if asked.parent is None else asked.parent
    above = load_of(owner) if isinstance(owner, Model) else None
    if above is not None and asked.same_row:
        return above
    written = getattr(query, _WRITTEN, None)
    eager = getattr(query, "select_related", None)
    most = 1 if asked.single or is_for_unique_row(queryset) else _most_rows(query)
    limits = scope.watchfulness
    # What is read of three rows never is an N+1 of five.
    is_list = limits.latent and most >= max(limits.thresholds["n_plus_one"], _LIST)
    load = Load(
        model=queryset.model,
        line=Line(*written) if written is not None else None,
        many=most > 1,
        eager=eager if isinstance(eager, dict) else None,
        evaluated=asking_line(frame, scope.boundary) if written is None else None,
        ways=(_way_to(frame, scope.boundary),) if is_list else (),
    )
    if above is None:
        return load
    # A related manager's rows belong below the row it is the manager of.
    step = asked.step if asked.step is not None else step_of_related_queryset(queryset, owner)
    return above.followed_by(load, step)


def _way_to(frame: FrameType | None, boundary: int) -> tuple[Site, ...]:
    """The sites from the evaluation of a query outward to the scope's start."""
    return tuple(takewhile(lambda site: id(site[0]) != boundary, sites(frame)))


def _most_rows(query: Any) -> float:
    """How many rows a query can return, by its slice."""
    high = getattr(query, "high_mark", None)  # raw SQL has none
    return math.inf if high is None or hasattr(query, _PAGE) else high - query.low_mark


class _Asked:
    """Which access inside the ORM asked for a query.

    Attributes:
        single: Whether it wants one row.
        parent: The instance whose relation or field is followed, if it is one.
        step: That relation.
        same_row: Whether it is the parent's own row that is read again.
    """

    __slots__ = ("parent", "same_row", "single", "step")

    def __init__(self) -> None:
        self.single = False
        self.parent: Any = None
        self.step: Step | None = None
        self.same_row = False


def _asked_by(frame: FrameType | None) -> _Asked:
    """Read the frames of the ORM from the evaluation outward."""
    asked = _Asked()
    known_by_code = known_functions()
    for _ in range(_NEAR):
        if frame is None or not is_orm_file(frame.f_code.co_filename):
            break
        known = known_by_code.get(id(frame.f_code))
        if known is not None:
            if known.operation in _ONE_ROW:
                asked.single = True
            reader = _READERS.get(known.operation or known.role)
            if reader is not None:
                reader(asked, frame.f_locals)
                break
        frame = frame.f_back
    return asked


def _followed(asked: _Asked, variables: dict[str, Any]) -> None:
    descriptor = variables["self"]
    asked.parent = variables.get("instance")
    # Up to Django 6.0 a generic foreign key is its own descriptor.
    field = getattr(descriptor, "field", None) or getattr(descriptor, "related", None) or descriptor
    asked.single = True
    asked.step = Step(getattr(field, "name", ""), to_many=False, generic=hasattr(field, "ct_field"))


def _refreshed(asked: _Asked, variables: dict[str, Any]) -> None:
    asked.parent, asked.single, asked.same_row = variables["self"], True, True


def _prefetched(asked: _Asked, variables: dict[str, Any]) -> None:
    lookup, level = variables["lookup"], variables["level"]
    name = lookup.prefetch_through.split("__")[level]
    asked.parent = next(iter(variables["instances"]), None)
    field = None if asked.parent is None else _field_of(asked.parent, name)
    to_many = field is None or bool(field.one_to_many or field.many_to_many)
    asked.single = False
    asked.step = Step(name, to_many, eager=True)


def _field_of(instance: Model, name: str) -> Any:
    for field in instance._meta.get_fields():
        accessor = getattr(field, "get_accessor_name", None)
        if field.name == name or (accessor is not None and accessor() == name):
            return field
    return None


_READERS: dict[str, Callable[[_Asked, dict[str, Any]], None]] = {
    "forward": _followed,
    "reverse_one": _followed,
    "generic": _followed,
    "refresh_from_db": _refreshed,
    "prefetch_level": _prefetched,
}
"""By the operation or the role of `attribution.django_internals.Known`."""

_ONE_ROW = frozenset({"get", "first", "last", "earliest", "latest"})
