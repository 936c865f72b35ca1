"""The wrappers, put on for a whole run of tests, and taken off again.

Five functions of Django are wrapped. A Django that lacks one of them leaves that evidence out, with one warning.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import wrapt
from django.db import models
from django.db.models import query as query_module
from django.db.models.sql.query import Query

from ..failsafe import log_once
from . import prefetches, rows, written
from .reads import forget_attributes

__all__ = ["install", "uninstall"]

_lock = threading.Lock()
_installed: list[tuple[Any, str, Any]] = []


class _Watching:
    """Whether the wrappers do anything: one may be left on below a wrapper that somebody put on later."""

    on = False


def install() -> None:
    """Watch every query from now on. Installing twice is installing once."""
    with _lock:
        _Watching.on = True
        if _installed:
            return
        for owner, name, wrapper in (
            (Query, "add_select_related", written.add_select_related),
            (query_module.QuerySet, "prefetch_related", written.prefetch_related),
            (query_module.ModelIterable, "__iter__", _iterate),
            (query_module, "prefetch_related_objects", prefetches.prefetch_related_objects),
            (query_module, "prefetch_one_level", prefetches.prefetch_one_level),
        ):
            try:
                original = vars(owner)[name]
                wrapt.wrap_function_wrapper(owner, name, _while_watching(wrapper))
            except Exception:  # noqa: BLE001 — the guard does with less evidence
                log_once("some unused eager loads are not found")
            else:
                _installed.append((owner, name, original))
        # What `from django.db.models import prefetch_related_objects` gives.
        _installed.append((models, "prefetch_related_objects", models.prefetch_related_objects))
        models.prefetch_related_objects = query_module.prefetch_related_objects


def uninstall() -> None:
    """Watch no more."""
    with _lock:
        _Watching.on = False
        while _installed:
            owner, name, original = _installed.pop()
            setattr(owner, name, original)
        forget_attributes()


def _while_watching(wrapper: Callable[..., Any]) -> Callable[..., Any]:
    def pass_on_otherwise(wrapped: Callable[..., Any], instance: Any, args: Any, kwargs: Any) -> Any:
        if _Watching.on:
            return wrapper(wrapped, instance, args, kwargs)
        return wrapped(*args, **kwargs)

    return pass_on_otherwise


def _iterate(wrapped: Callable[..., Iterator[Any]], instance: Any, args: Any, kwargs: Any) -> Iterator[Any]:
    try:
        prefetches.begin_query(instance.queryset)
    except Exception:  # noqa: BLE001 — whatever it is, the application must not see it
        log_once("some unused eager loads are not found")
    return rows.iterate(wrapped, instance, args, kwargs)
