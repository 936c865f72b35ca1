"""The execute wrapper: on every connection of every alias and thread, for the connection's whole life.

It asks for the active scope and returns at once when there is none. A shape that runs for the first time in a
scope costs a look-up by its text and one by its shape; the stack is looked at only when it runs again, and once
its loop is known, the statements of that text are counted aside (`loops.Settled`).
"""

from __future__ import annotations

from collections.abc import Callable
from sys import _getframe
from time import perf_counter
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from .callpath import kept, path_of
from .closely import CONTROL, add_to_loop, count_closely, count_first
from .failsafe import turn_off
from .fingerprint import Shape, fingerprint
from .looking import Statement, look
from .loops import Loop, ShapeStats
from .scope import Scope, ambient, claimed_scope

__all__ = ["capture", "install"]

_MOST_LOOKS = 20_000
"""Looks at the stack in one scope that does not look at every statement: some 0.2 s. After them, a statement is
taken to belong to its shape's last loop."""

_STATEMENT = 4  # frames from `_loop_of` to the innermost one that is not ours

_Execute = Callable[[str, Any, bool, dict[str, Any]], Any]
_Count = Callable[..., tuple[ShapeStats | None, Loop | None]]


def install() -> None:
    """Put the wrapper on every connection there is and will be. Installing twice is installing once."""
    connection_created.connect(_wrap_connection, dispatch_uid="nplusone_guard.capture")
    for connection in connections.all(initialized_only=True):
        _wrap_connection(connection=connection)


def _wrap_connection(*, connection: BaseDatabaseWrapper, **_: object) -> None:
    wrappers = connection.execute_wrappers
    if capture not in wrappers:
        # First, as Django's execute_wrapper() ends by popping the last, whosever that is.
        wrappers.insert(0, capture)


def capture(execute: _Execute, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Run the statement and tell the active scope about it. Django calls this for each statement."""
    scope = claimed_scope() or ambient.scope
    if scope is None:
        return execute(sql, params, many, context)
    if not scope.counts_aside:
        if scope.closed or scope.broken:
            return execute(sql, params, many, context)
    else:
        is_settled = False
        try:
            settled = scope.settled.get(sql)
            if settled is not None and settled.left and not many:
                # Here and not in a function, whose call alone would cost a third of it.
                asking = None if settled.code is None else _getframe(settled.depth)
                if asking is None or (asking.f_code is settled.code and asking.f_lasti == settled.offset):
                    settled.left -= 1
                    is_settled = True
        except (TypeError, ValueError):  # psycopg's composed statements have no hash; the stack is not that deep
            is_settled = False
        if is_settled:
            return execute(sql, params, many, context)
    started = perf_counter()
    try:
        result = execute(sql, params, many, context)
    except BaseException:
        # What failed was still sent; and an error of the database must not be hidden by a finding.
        observe(scope, sql, params, many, context, perf_counter() - started, may_raise=False)
        raise
    elapsed = perf_counter() - started
    if not scope.counts_aside or not _is_first(scope, sql, elapsed, context):
        observe(scope, sql, params, many, context, elapsed)
    return result


def _is_first(scope: Scope, sql: Any, elapsed: float, context: dict[str, Any]) -> bool:
    """Whether it is the first statement of its shape, and is counted: what most are in a healthy request."""
    try:
        once, shape = scope.once, fingerprint(sql, context["connection"].vendor)
        if shape in once or shape in scope.shapes or len(once) >= scope.aside_limit:
            return False
        once[shape] = elapsed
    except Exception:  # noqa: BLE001 — whatever it is, the application must not see it
        turn_off(scope)
    return True


def observe(
    scope: Scope,
    sql: Any,
    params: Any,
    many: bool,
    context: dict[str, Any],
    elapsed: float,
    may_raise: bool = True,
) -> None:
    """Count one statement in `scope` and those around it. No exception of ours leaves, but `NPlusOneError`."""
    try:
        connection = context["connection"]
        shape = fingerprint(sql, connection.vendor)
        count: _Count = _count_in
        if scope.looks_closely:
            count = count_closely if shape in scope.shapes else count_first
        if scope.is_shared:
            with scope.lock:
                stats, loop = count(scope, shape, sql, params, many, connection, elapsed)
        else:
            stats, loop = count(scope, shape, sql, params, many, connection, elapsed)
        for outer in scope.ancestors:
            _count_outside(outer, shape, elapsed, connection.alias, stats)
    except Exception:  # noqa: BLE001 — whatever it is, the application must not see it
        turn_off(scope)
        return
    if may_raise and loop is not None and scope.on_repeat is not None:
        scope.on_repeat(scope, loop)


def _count_in(
    scope: Scope, shape: Shape, sql: Any, params: Any, many: bool, connection: BaseDatabaseWrapper, elapsed: float
) -> tuple[ShapeStats | None, Loop | None]:
    """Count the statement in the scope that it is judged in."""
    stats = scope.count(shape, elapsed)
    # An executemany() is one statement for many rows already.
    if stats is None or many or stats.count == 1 or shape.operation in CONTROL:
        return stats, None
    statement = Statement(shape, sql, params, many, connection, _getframe(_STATEMENT - 1))
    return stats, add_to_loop(scope, _loop_of(scope, stats, statement), sql, params, elapsed)


def _loop_of(scope: Scope, stats: ShapeStats, statement: Statement) -> Loop | None:
    """The loop that a statement belongs to: the last one, while its stack is not to be looked at."""
    known = stats.repetition
    if known is not None:
        if known.unlooked:
            known.unlooked -= 1
            return known.current
        if scope.looks >= _MOST_LOOKS:
            return known.current
    path = stats.path = kept(path_of(_STATEMENT, scope.boundary, expected=stats.path))
    return look(scope, stats, statement, path)


def _count_outside(outer: Scope, shape: Shape, elapsed: float, alias: str, inner: ShapeStats | None) -> None:
    """Count a statement in a scope around the one it is judged in."""
    with outer.lock:
        stats = outer.count(shape, elapsed)
        if outer.watchfulness.deep:
            outer.count_alias(alias, stats)
        if stats is not None and stats.came is None and inner is not None:
            stats.came, stats.site = inner.came, inner.site
