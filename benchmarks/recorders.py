"""Who records: nobody, a wrapper that does nothing, and the guard in its two depths.

Each runs in a process of its own, as some of them change Django for good.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse

from nplusone_guard.lifecycle import install
from nplusone_guard.middleware import NPlusOneMiddleware
from nplusone_guard.watching import watch

from .workloads import Respond

__all__ = ["NOBODY", "OURS", "Recorder", "inside"]


def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Recorder:
    """Somebody who records statements.

    Attributes:
        name: What it is called in tables.
        around: Makes of what answers a request the same, recorded: what a middleware is.
        prepare: What it does to a process before that, once.
    """

    name: str
    around: Callable[[Respond], Respond]
    prepare: Callable[[], Any] = _nothing


def inside(block: Callable[[], AbstractContextManager[Any]]) -> Callable[[Respond], Respond]:
    """A recorder that is a `with` block around each request."""

    def around(respond: Respond) -> Respond:
        def recorded(request: HttpRequest) -> HttpResponse:
            with block():
                return respond(request)

        return recorded

    return around


def _unchanged(respond: Respond) -> Respond:
    return respond


def _no_op(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
    return execute(sql, params, many, context)


def _wrap_connection(*, connection: Any, **_: object) -> None:
    if _no_op not in connection.execute_wrappers:
        connection.execute_wrappers.append(_no_op)


def _install_no_op() -> None:
    connection_created.connect(_wrap_connection)
    for connection in connections.all(initialized_only=True):
        _wrap_connection(connection=connection)


NOBODY = Recorder("no tool", _unchanged)

OURS = (
    NOBODY,
    Recorder("no-op wrapper", _unchanged, _install_no_op),
    Recorder("guard, no scope", _unchanged, install),
    Recorder("guard, light", NPlusOneMiddleware),
    Recorder("guard, deep", inside(watch)),
)
