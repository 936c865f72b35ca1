"""The execute wrapper: on every connection of every alias and thread, for the connection's whole life.

It asks for the active scope and returns at once when there is none. A shape that runs for the first time in a
scope costs a look-up by its text and one by its shape; the stack is looked at only when it runs again, and once
its loop is known, the statements of that text are counted aside (`loops.Settled`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from sys import _getframe
from time import perf_counter
from types import FrameType
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from .attribution import (
    FETCHED_LAZILY,
    Places,
    Sighting,
    follows_relation,
    of_sql,
    read_places,
    read_sighting,
)
from .callpath import CallPath, Site, asking_site, line_on, path_of, project_line, telling_sites
from .deep import evaluation_of
from .failsafe import log_once, turn_off
from .fingerprint import Shape, batch_slots, fingerprint
from .ignoring import active_rules, ignored_here
from .loops import First, Loop, Repetition, Settled, ShapeStats
from .parameters import hash_of_fixed_parameters, hash_of_parameters
from .rowloops import loop_over_rows
from .scope import Scope, ambient, claimed_scope

__all__ = ["capture", "install"]

_CONTROL = frozenset(
    "BEGIN START COMMIT ROLLBACK SAVEPOINT RELEASE SET SHOW PRAGMA DECLARE FETCH CLOSE LOCK USE EXPLAIN".split()
)
"""Statements that steer a transaction, a session or a cursor. They count, but they are nobody's loop."""

_LOOKS_IN_A_ROW = 12
"""How many repetitions of a shape have their stack looked at before the look-ups become rare, unless it is plain
before that they are about different rows."""

_LOOK_EVERY = 16
"""Then one in so many. When it shows another path, or another line asks, the next ones are all looked at again."""

_LOOK_EVERY_AT_MOST = 256
"""The looks become rarer, down to this: a loop that hides behind another one of its shape is the smaller one."""

_LOOKS_FOR_ROWS = 3
"""How many accesses of one path are asked whether they are in a loop over rows: the others came the same way."""

_SECOND = 2  # the look that shows that a path repeats

_MOST_LOOKS = 20_000
"""Looks at the stack in one scope that does not look at every statement: some 0.2 s. After them, a statement is
taken to belong to its shape's last loop."""


_Execute = Callable[[str, Any, bool, dict[str, Any]], Any]


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
        except (
            TypeError,
            ValueError,
        ):  # psycopg's composed statements cannot be hashed; the stack is not that deep
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
        if shape in once or shape in scope.shapes or len(once) >= scope.once_limit:
            return False
        once[shape] = elapsed
    except Exception:  # noqa: BLE001 — whatever it is, the application must not see it
        turn_off(scope)
    return True


@dataclass(slots=True)
class _Statement:
    """One execution, for as long as its stack is looked at."""

    shape: Shape
    sql: Any
    params: Any
    many: bool
    connection: BaseDatabaseWrapper
    frame: FrameType


def observe(
    scope: Scope,
    sql: Any,
    params: Any,
    many: bool,
    context: dict[str, Any],
    elapsed: float,
    *,
    may_raise: bool = True,
) -> None:
    """Count one statement in `scope` and those around it. No exception of ours leaves, but `NPlusOneError`."""
    try:
        grown = _count(scope, sql, params, many, context["connection"], elapsed)
    except Exception:  # noqa: BLE001 — whatever it is, the application must not see it
        turn_off(scope)
        return
    if may_raise and grown is not None and scope.on_repeat is not None:
        scope.on_repeat(scope, grown)


def _count(
    scope: Scope, sql: Any, params: Any, many: bool, connection: BaseDatabaseWrapper, elapsed: float
) -> Loop | None:
    """Count the statement; the loop it belongs to, if it belongs to one."""
    # The innermost frame that is not ours: past this function, observe() and capture().
    statement = _Statement(fingerprint(sql, connection.vendor), sql, params, many, connection, _getframe(3))
    if scope.is_shared:
        with scope.lock:
            stats, loop = _count_in(scope, statement, elapsed)
    else:
        stats, loop = _count_in(scope, statement, elapsed)
    for outer in scope.ancestors:
        _count_outside(outer, statement.shape, elapsed, connection.alias, stats)
    return loop


def _count_in(scope: Scope, statement: _Statement, elapsed: float) -> tuple[ShapeStats | None, Loop | None]:
    """Count the statement in the scope that it is judged in."""
    shape = statement.shape
    stats = scope.count(shape, elapsed)
    if scope.watchfulness.deep:
        return _count_closely(scope, stats, statement, elapsed)
    # An executemany() is one statement for many rows already.
    if stats is None or statement.many or stats.count == 1 or shape.operation in _CONTROL:
        return stats, None
    return stats, _add_to_loop(scope, _loop_of(scope, stats, statement), statement, elapsed)


def _count_closely(
    scope: Scope, stats: ShapeStats | None, statement: _Statement, elapsed: float
) -> tuple[ShapeStats | None, Loop | None]:
    """The same in a scope that knows the call path of each statement."""
    alias, shape = statement.connection.alias, statement.shape
    scope.count_alias(alias, stats)
    if stats is None:
        return None, None
    evaluated = evaluation_of(statement.frame)
    if evaluated is None:
        path, relation = path_of(statement.frame, scope.boundary, scope.outside), None
    else:
        statement.frame, (_, path, follows, relation) = evaluated
    if stats.line is None:
        stats.line = line_on(path, statement.frame, scope.boundary, scope.outside)
    if statement.many or shape.operation in _CONTROL:
        return stats, None
    if stats.count == 1 and not active_rules():
        if evaluated is None:
            follows = follows_relation(statement.frame, path.walk)
        if not follows:
            # It is nobody's business yet.
            stats.unlooked_first = First(path.key, alias, hash_of_parameters(statement.sql, statement.params))
            return stats, None
    repetition = stats.repetition
    loop = None if relation is None or repetition is None else repetition.decided.get((path.key, relation))
    if loop is None or loop.alias != alias:
        loop = _look(scope, stats, statement, path)
        if loop is not None and relation is not None and stats.repetition is not None and _is_decided(loop, scope):
            stats.repetition.decided[path.key, relation] = loop
    return stats, _add_to_loop(scope, loop, statement, elapsed)


def _is_decided(loop: Loop, scope: Scope) -> bool:
    """Whether it is plain that a relation of the rows of a list is followed: which, and where, says the rest."""
    least = scope.watchfulness.thresholds["n_plus_one"]
    return loop.looked_at > least <= len(loop.parents) and any(head.many for head in loop.heads)


def _add_to_loop(scope: Scope, loop: Loop | None, statement: _Statement, elapsed: float) -> Loop | None:
    """Count the statement in its loop; the loop, unless it is ignored here."""
    if loop is None or ignored_here(loop.attribution.label):
        return None
    scope.add_to_loop(loop, elapsed, hash_of_parameters(statement.sql, statement.params))
    if loop.batch_slots:
        scope.remember(loop.fixed_parameters, hash_of_fixed_parameters(statement.params, loop.batch_slots))
    return loop


def _loop_of(scope: Scope, stats: ShapeStats, statement: _Statement) -> Loop | None:
    """The loop that a statement belongs to: the last one, while its stack is not to be looked at."""
    known = stats.repetition
    if known is not None:
        if known.unlooked:
            known.unlooked -= 1
            return known.current
        if scope.looks >= _MOST_LOOKS:
            return known.current
    return _look(scope, stats, statement, path_of(statement.frame, scope.boundary))


def _count_outside(outer: Scope, shape: Shape, elapsed: float, alias: str, inner: ShapeStats | None) -> None:
    """Count a statement in a scope around the one it is judged in."""
    with outer.lock:
        stats = outer.count(shape, elapsed)
        if outer.watchfulness.deep:
            outer.count_alias(alias, stats)
        if stats is not None and stats.line is None and inner is not None:
            stats.line = inner.line


def _look(scope: Scope, stats: ShapeStats, statement: _Statement, path: CallPath) -> Loop | None:
    """Look at the stack: the loop whose call path this is, `None` if the scope can tell no more paths apart."""
    scope.looks += 1
    alias = statement.connection.alias
    sighting = _sight(statement, path)
    # A library reads two relations to one table on one line of its own.
    key = hash((path.key, alias, sighting.attribution.label))
    repetition = stats.repetition
    if repetition is None:
        repetition = stats.repetition = Repetition()
    loop = repetition.loops.get(key)
    if loop is None and scope.call_paths >= scope.watchfulness.max_call_paths:
        scope.truncated = True
        return None
    if loop is None:
        scope.call_paths += 1
        loop = repetition.loops[key] = Loop(
            shape=statement.shape,
            alias=alias,
            vendor=statement.connection.vendor,
            attribution=sighting.attribution,
            steps=sighting.steps,
            paged=sighting.page is not None,
        )
    loop.looked_at += 1
    adopted = _adopt_first(scope, stats, loop, path)
    if (adopted or loop.looked_at == _SECOND) and not loop.sites:
        _complete(loop, scope, statement, path)
    if scope.watchfulness.latent and loop.rows_loop is None and loop.looked_at <= _LOOKS_FOR_ROWS:
        _find_rows_loop(loop, scope, statement, path, sighting)
    if scope.remember(loop.parents, sighting.parent):
        scope.remember_head(loop, sighting.load)
    scope.remember(loop.targets, sighting.target)
    scope.remember(loop.fixed_parameters, sighting.page)
    if not scope.watchfulness.deep:
        _plan_next_look(scope, stats, loop, statement, path)
    return loop


def _find_rows_loop(loop: Loop, scope: Scope, statement: _Statement, path: CallPath, sighting: Sighting) -> None:
    """Look for the loop over rows that a lazy access is in, though it may run but once."""
    load = sighting.load
    if load is None or not load.ways or sighting.for_peers or loop.attribution.relation not in FETCHED_LAZILY:
        return
    try:
        loop.rows_loop = loop_over_rows(statement.frame, scope.boundary, load)
    except Exception:  # noqa: BLE001 — one warning less is better than none
        log_once("latent N+1s are not found")
    if loop.rows_loop is not None and not loop.sites:
        _complete(loop, scope, statement, path)


def _complete(loop: Loop, scope: Scope, statement: _Statement, path: CallPath) -> None:
    """Add what only a loop is asked for: in deep scopes, most paths come once."""
    places = _places(statement, scope.boundary)
    loop.culprit, loop.via, loop.view = places.culprit, places.via, places.view
    loop.sites = telling_sites(path, statement.frame, scope.boundary, scope.outside)
    if isinstance(statement.sql, str):
        read = _batch_slots if len(statement.sql) <= _LONGEST_REMEMBERED else batch_slots
        loop.batch_slots = read(statement.sql, statement.connection.vendor)


_batch_slots = lru_cache(maxsize=500)(batch_slots)
_LONGEST_REMEMBERED = 2_000  # characters; all of them together are a megabyte


def _sight(statement: _Statement, path: CallPath) -> Sighting:
    """What was asked for; of a model or manager that is like no other, only what its SQL tells."""
    try:
        return read_sighting(statement.frame, statement.shape, path.walk)
    except Exception:  # noqa: BLE001 — a coarser label is better than none
        log_once("the label is built from the SQL")
        return Sighting(of_sql(statement.shape))


def _places(statement: _Statement, boundary: int) -> Places:
    """Where it was asked for; where a library holds what no version of it has held, the nearest line."""
    try:
        return read_places(statement.frame, boundary)
    except Exception:  # noqa: BLE001 — a coarser place is better than none
        log_once("the culprit is the nearest line of the project")
        return Places(project_line(statement.frame))


def _adopt_first(scope: Scope, stats: ShapeStats, loop: Loop, path: CallPath) -> bool:
    """Give the shape's first statement to the path it came along, and tell whether that is the one of `loop`.

    Where nobody saw the path, it is taken for the first one that is seen twice.
    """
    first, parameters = stats.unlooked_first, None
    if scope.watchfulness.deep:
        if first is None or first.path != path.key or first.alias != loop.alias:
            return False
        parameters = first.parameters
    elif loop.looked_at < _SECOND:
        return False
    if stats.first is None:
        return False
    scope.add_to_loop(loop, stats.first, parameters)
    stats.first = stats.unlooked_first = None
    return True


def _plan_next_look(scope: Scope, stats: ShapeStats, loop: Loop, statement: _Statement, path: CallPath) -> None:
    """Look at the next statement too, unless the last looks all showed the same loop."""
    repetition = stats.repetition
    if repetition is None:
        return
    same = loop is repetition.current
    repetition.looks_in_a_row = repetition.looks_in_a_row + 1 if same else 1
    repetition.current = loop
    scope.count_settled()
    if not _is_told(scope, loop, repetition.looks_in_a_row):
        scope.settled.pop(statement.sql, None)
        repetition.gap = 0
        return
    repetition.gap = min(repetition.gap * 2 or _LOOK_EVERY, _LOOK_EVERY_AT_MOST)
    settled = Settled(stats, loop, repetition.gap - 1, _asking(scope, loop, statement, path))
    if active_rules() or loop.batch_slots or not scope.settle(statement.sql, settled):
        repetition.unlooked = _LOOK_EVERY - 1


def _asking(scope: Scope, loop: Loop, statement: _Statement, path: CallPath) -> tuple[int, Site] | None:
    """The line that has to ask for the next statements. Raw SQL is too cheap to look for it each time."""
    if not scope.counts_aside or loop.attribution.relation == "raw":
        return None
    found = asking_site(path, statement.frame, scope.boundary)
    return None if found is None else (found[0] + 1, found[1])  # seen from capture(), one frame further


def _is_told(scope: Scope, loop: Loop, looks_in_a_row: int) -> bool:
    """Whether the looks have shown enough for a loop to be decided on evidence."""
    least = scope.watchfulness.thresholds["n_plus_one"]
    if looks_in_a_row >= max(least, _SECOND) and max(len(loop.parents), len(loop.parameters)) >= least:
        return True
    return looks_in_a_row >= max(_LOOKS_IN_A_ROW, least)
