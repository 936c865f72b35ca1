"""A statement of a deep scope: counted with its call path, and with the rows that it brings.

A healthy test runs most of its shapes once, and an N+1 the same one again and again along a path that is known:
both get by without a look at what was asked for (`nplusone_guard.looking`).
"""

from __future__ import annotations

from sys import _getframe
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from .attribution.orm import follows_relation
from .attribution.roles import ASKS, role_of
from .callpath import CallPath, kept, path_of, site_on
from .deep import evaluation_of, tell_rows
from .fingerprint import Shape
from .ignoring import active_rules, ignored_here
from .looking import Statement, is_decided, look
from .loops import Loop, ShapeStats
from .parameters import hash_of_fixed_parameters, hash_of_parameters
from .scope import Scope

__all__ = ["CONTROL", "add_to_loop", "count_closely"]

CONTROL = frozenset(
    "BEGIN START COMMIT ROLLBACK SAVEPOINT RELEASE SET SHOW PRAGMA DECLARE FETCH CLOSE LOCK USE EXPLAIN".split()
)
"""Statements that steer a transaction, a session or a cursor. They count, but they are nobody's loop."""

_STATEMENT = 3  # frames from `count_closely` to the innermost one that is not ours, past those of `capture`


def count_closely(
    scope: Scope, shape: Shape, sql: Any, params: Any, many: bool, connection: BaseDatabaseWrapper, elapsed: float
) -> tuple[ShapeStats | None, Loop | None]:
    """Count a statement in a scope that knows the call path of each: what is known of its shape, and its loop."""
    alias, begun = connection.alias, scope.begun
    stats = scope.count(shape, elapsed)
    if alias != scope.only_alias:
        scope.count_alias(alias, stats)
    evaluated = evaluation_of(begun, _STATEMENT) if begun else None
    distance = _STATEMENT if evaluated is None else evaluated[0]
    # A loop goes the same way again, and so do most of the statements of a function.
    expected = scope.path if stats is None or stats.path is None else stats.path
    path = scope.path = path_of(distance, scope.boundary, scope.outside, expected)
    relation = follows = None
    if evaluated is not None:
        follows, relation = (path.asked and evaluated[3]) or tell_rows(evaluated, path, scope)
    if stats is None:
        return None, None
    stats.path = path
    if stats.came is None:
        _remember_first(scope, stats, path, distance)
    if evaluated is None and (many or shape.operation in CONTROL):
        return stats, None
    if stats.count == 1 and not active_rules():
        if follows is None and shape.operation != "INSERT":  # of what is not there yet nothing is asked
            follows = follows_relation(_getframe(distance), path)
        if not follows:
            # It is nobody's business yet.
            stats.unlooked_first = (alias, hash_of_parameters(sql, params))
            return stats, None
    repetition = stats.repetition
    loop = None if relation is None or repetition is None else repetition.decided.get((path.key, relation))
    if loop is None or loop.alias != alias:
        statement = Statement(shape, sql, params, many, connection, _getframe(distance))
        loop = _look_at(scope, stats, statement, path, relation)
    return stats, add_to_loop(scope, loop, sql, params, elapsed)


def _remember_first(scope: Scope, stats: ShapeStats, path: CallPath, distance: int) -> None:
    """Remember which way the first statement of a shape came, `distance` frames outside of the caller."""
    stats.came = path
    # A test's own line is on the path, and mostly a task's and a block's: it is looked for when somebody wants to
    # know it.
    if scope.kind != "test" and not (path.own and role_of(path.codes[path.own - 1]) == ASKS):
        stats.site = site_on(path, _getframe(distance + 1))


def _look_at(
    scope: Scope, stats: ShapeStats, statement: Statement, path: CallPath, relation: object
) -> Loop | None:
    """The loop of a statement, remembered for its path and descriptor once it is plain what it is."""
    path = scope.path = stats.path = kept(path)
    loop = look(scope, stats, statement, path)
    repetition = stats.repetition
    if loop is not None and relation is not None and repetition is not None and is_decided(loop, scope):
        repetition.decided[path.key, relation] = loop
    return loop


def add_to_loop(scope: Scope, loop: Loop | None, sql: Any, params: Any, elapsed: float) -> Loop | None:
    """Count a statement in its loop; the loop, unless it is ignored here."""
    if loop is None or (active_rules() and ignored_here(loop.attribution.label)):
        return None
    scope.add_to_loop(loop, elapsed, hash_of_parameters(sql, params))
    if loop.batch_slots:
        scope.remember(loop.fixed_parameters, hash_of_fixed_parameters(params, loop.batch_slots))
    return loop
