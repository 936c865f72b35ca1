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
from .callpath import CallPath, kept, path_of, read_path, site_on
from .codelines import Site
from .deep import evaluation_of, tell_rows
from .fingerprint import Shape
from .ignoring import active_rules, ignored_here
from .looking import Statement, is_decided, look
from .loops import Loop, ShapeStats
from .parameters import hash_of_fixed_parameters, hash_of_parameters
from .scope import Scope

__all__ = ["CONTROL", "add_to_loop", "count_closely", "count_first"]

CONTROL = frozenset(
    "BEGIN START COMMIT ROLLBACK SAVEPOINT RELEASE SET SHOW PRAGMA DECLARE FETCH CLOSE LOCK USE EXPLAIN".split()
)
"""Statements that steer a transaction, a session or a cursor. They count, but they are nobody's loop."""

_STATEMENT = 3  # frames from here to the innermost one that is not ours, past those of `capture`


def count_first(
    scope: Scope, shape: Shape, sql: Any, params: Any, many: bool, connection: BaseDatabaseWrapper, elapsed: float
) -> tuple[ShapeStats | None, Loop | None]:
    """Count a statement whose shape is not among the scope's: most run once, and are kept aside (`Scope.firsts`).

    What is done, and what comes of it, is the same as in `count_closely`.
    """
    alias, firsts = connection.alias, scope.firsts
    if scope.only_alias is None:
        scope.only_alias = alias
    if shape in firsts or len(firsts) >= scope.aside_limit or alias != scope.only_alias:
        if len(firsts) >= scope.aside_limit:
            scope.count_firsts()
        return count_closely(scope, shape, sql, params, many, connection, elapsed, _STATEMENT + 1)
    evaluated = evaluation_of(scope.begun, _STATEMENT) if scope.begun else None
    distance = _STATEMENT if evaluated is None else evaluated[0]
    expected, boundary, outside = scope.path, scope.boundary, scope.outside
    if expected is not None and expected.sites:  # mostly there is nothing to expect, and one call less to make
        path = scope.path = path_of(distance, boundary, outside, expected)
    else:
        path = scope.path = read_path(_getframe(distance), boundary, outside, expected)
    relation = follows = unlooked = None
    if evaluated is not None:
        follows, relation = (path.asked and evaluated[3]) or tell_rows(evaluated, path, scope)
    is_asked = evaluated is not None or not (many or shape.operation in CONTROL)
    if is_asked:
        if follows is None and shape.operation != "INSERT":  # of what is not there yet nothing is asked
            follows = follows_relation(_getframe(distance), path)
        if not (follows or active_rules()):
            # It is nobody's business yet.
            unlooked, is_asked = (alias, hash_of_parameters(sql, params)), False
    scope.statements += 1
    scope.db_time += elapsed
    # A test's own line is on each of its paths.
    site = None if scope.kind == "test" else _site_beside(path, distance)
    firsts[shape] = (elapsed, path, site, unlooked)
    if not is_asked:
        return None, None
    scope.count_firsts(for_good=True)  # it is looked at, and judged beside them
    stats = scope.shapes[shape]
    loop = _look_at(
        scope, stats, Statement(shape, sql, params, many, connection, _getframe(distance)), path, relation
    )
    return stats, add_to_loop(scope, loop, sql, params, elapsed)


def count_closely(
    scope: Scope,
    shape: Shape,
    sql: Any,
    params: Any,
    many: bool,
    connection: BaseDatabaseWrapper,
    elapsed: float,
    distance: int = _STATEMENT,
) -> tuple[ShapeStats | None, Loop | None]:
    """Count a statement in a scope that knows the call path of each: what is known of its shape, and its loop."""
    alias, begun = connection.alias, scope.begun
    stats = scope.count(shape, elapsed)
    if alias != scope.only_alias:
        scope.count_alias(alias, stats)
    evaluated = evaluation_of(begun, distance) if begun else None
    distance = distance if evaluated is None else evaluated[0]
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
        if follows is None and shape.operation != "INSERT":
            follows = follows_relation(_getframe(distance), path)
        if not follows:
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
    if scope.kind != "test":
        stats.site = _site_beside(path, distance + 1)


def _site_beside(path: CallPath, distance: int) -> Site | None:
    """Where in the project a statement ran, `distance` frames outside of the caller, if that is not on its path.

    Mostly a task's and a block's line is on it: that is looked for when somebody wants to know it.
    """
    if path.own and role_of(path.codes[path.own - 1]) == ASKS:
        return None
    return site_on(path, _getframe(distance + 1))


def _look_at(
    scope: Scope, stats: ShapeStats, statement: Statement, path: CallPath, relation: object
) -> Loop | None:
    """The loop of a statement, remembered for its path and descriptor once it is plain what it is."""
    if scope.aside_limit:
        scope.count_firsts(for_good=True)
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
