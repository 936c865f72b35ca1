"""Which line asked for it? `select_related()` and `prefetch_related()` note who calls them, in the query itself.

Not the line that begins the query: `.select_related("author")` is often added to it in another function, and that
is the line to change.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from types import FrameType
from typing import Any

from django.apps import apps
from django.db.models import Prefetch

from ..attribution.admin import of_joins
from ..attribution.asking_lines import asking_line
from ..attribution.declared import Declared
from ..attribution.places import origin_of_view
from ..callpath import project_line
from ..codelines import Line
from ..failsafe import log_once
from .relations import Written

__all__ = ["add_select_related", "prefetch_related", "written_in", "written_near"]

_WRITTEN = "_nplusone_eager"
"""The attribute of a `Query`: plain values, as querysets are pickled into caches, and never changed, as a query
hands it on to its copies."""

_LINE = 3  # values in a line; a declaration has more
_CHANGE_LIST = "ChangeList.apply_select_related"
_NEAR = 10  # frames between the query and the change list


def add_select_related(wrapped: Callable[..., Any], query: Any, args: Any, kwargs: Any) -> Any:
    """`Query.add_select_related`, which `select_related("author")` calls, remembering the caller."""
    # Not `QuerySet.select_related`: Django 6.1 warns whoever calls that without a name, unless it is Django
    # itself, and would take a frame of ours for somebody else's.
    result = wrapped(*args, **kwargs)
    _remember(query, "select_related", args[0] if args else (), sys._getframe(1))
    return result


def prefetch_related(wrapped: Callable[..., Any], _: Any, args: Any, kwargs: Any) -> Any:
    """`QuerySet.prefetch_related`, remembering its caller."""
    result = wrapped(*args, **kwargs)
    _remember(getattr(result, "query", None), "prefetch_related", args, sys._getframe(1))
    return result


def written_in(query: Any, call: str) -> Mapping[str, Written]:
    """The lines that asked for what `query` loads ahead with `call`, by the lookup."""
    known: Mapping[tuple[str, str], tuple[Any, ...]] = getattr(query, _WRITTEN, {})
    return {lookup: _place(values) for (one, lookup), values in known.items() if one == call}


def written_near(frame: FrameType | None) -> Written | None:
    """The line of the project that `frame` is, or was called by; else what is declared in the view."""
    if not apps.ready:  # a view's class may be imported by then, and no view runs
        return project_line(frame)
    return _of_admin(frame) or asking_line(frame) or origin_of_view(frame)


def _of_admin(frame: FrameType | None) -> Declared | None:
    for _ in range(_NEAR):
        if frame is None:
            break
        if frame.f_code.co_qualname == _CHANGE_LIST:
            return of_joins(frame.f_locals.get("self"))
        frame = frame.f_back
    return None


def _remember(query: Any, call: str, args: Iterable[Any], frame: FrameType | None) -> None:
    try:
        known: Mapping[tuple[str, str], tuple[Any, ...]] = getattr(query, _WRITTEN, {})
        if None in args:  # prefetch_related(None) takes all of them back
            kept = {key: place for key, place in known.items() if key[0] != call}
            setattr(query, _WRITTEN, kept)
            return
        lookups = [one.prefetch_to if isinstance(one, Prefetch) else one for one in args]
        written = written_near(frame) if lookups else None
        if written is not None:
            values = tuple(written)
            setattr(query, _WRITTEN, {**known, **{(call, lookup): values for lookup in lookups}})
    except Exception:  # noqa: BLE001 — whatever it is, the application must not see it
        log_once("some unused eager loads are not found")


def _place(values: tuple[Any, ...]) -> Written:
    return Line(*values) if len(values) == _LINE else Declared(*values)
