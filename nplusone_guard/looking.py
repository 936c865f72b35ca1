"""What the stack shows of a statement that repeats: the loop it belongs to, and when to look again.

While its frames are on the stack, a statement is asked for its call path, for what the ORM was asked for, and for
the places that a finding names. `nplusone_guard.capture` says which statements are.
"""

from __future__ import annotations

from functools import lru_cache
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any

from django.db.backends.base.base import BaseDatabaseWrapper

from .attribution.model import FETCHED_LAZILY, Sighting
from .attribution.orm import of_sql, read_sighting
from .callpath import CallPath, project_line
from .codelines import Site
from .failsafe import log_once
from .fingerprint import Shape, batch_slots
from .ignoring import active_rules
from .loops import Loop, Repetition, Settled, ShapeStats
from .scope import Scope
from .tellingsites import asking_site, telling_sites

if TYPE_CHECKING:
    from .attribution.places import Places

__all__ = ["Statement", "is_decided", "look"]

_LOOKS_IN_A_ROW = 12
"""How many repetitions of a shape have their stack looked at before the look-ups become rare, unless it is plain
before that they are about different rows."""

_ENOUGH = 4
"""How many looks, each at another row, make it plain. Later ones tell if that changes."""

_LOOK_EVERY = 16
"""Then one in so many. When it shows another path, or another line asks, the next ones are all looked at again."""

_LOOK_EVERY_AT_MOST = 256
"""The looks become rarer, down to this: a loop that hides behind another one of its shape is the smaller one."""

_RARER = 4  # times, from one look to the next

_LOOKS_FOR_ROWS = 3
"""How many accesses of one path are asked whether they are in a loop over rows: the others came the same way."""

_SECOND = 2  # the look that shows that a path repeats


class Statement:
    """One execution, for as long as its stack is looked at."""

    __slots__ = ("connection", "frame", "many", "params", "shape", "sql")

    def __init__(
        self, shape: Shape, sql: Any, params: Any, many: bool, connection: BaseDatabaseWrapper, frame: FrameType
    ) -> None:
        self.shape = shape
        self.sql = sql
        self.params = params
        self.many = many
        self.connection = connection
        self.frame = frame


def look(scope: Scope, stats: ShapeStats, statement: Statement, path: CallPath) -> Loop | None:
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


def _find_rows_loop(loop: Loop, scope: Scope, statement: Statement, path: CallPath, sighting: Sighting) -> None:
    """Look for the loop over rows that a lazy access is in, though it may run but once."""
    load = sighting.load
    if load is None or not load.ways or sighting.for_peers or loop.attribution.relation not in FETCHED_LAZILY:
        return
    from .rowloops import loop_over_rows  # noqa: PLC0415 — most test runs have no lazy access

    try:
        loop.rows_loop = loop_over_rows(statement.frame, scope.boundary, load)
    except Exception:  # noqa: BLE001 — one warning less is better than none
        log_once("latent N+1s are not found")
    if loop.rows_loop is not None and not loop.sites:
        _complete(loop, scope, statement, path)


def _complete(loop: Loop, scope: Scope, statement: Statement, path: CallPath) -> None:
    """Add what only a loop is asked for: in deep scopes, most paths come once."""
    places = _places(statement, scope.boundary)
    loop.culprit, loop.via, loop.view = places.culprit, places.via, places.view
    loop.sites = telling_sites(path, statement.frame, scope.boundary, scope.outside)
    if isinstance(statement.sql, str):
        read = _batch_slots if len(statement.sql) <= _LONGEST_REMEMBERED else batch_slots
        loop.batch_slots = read(statement.sql, statement.connection.vendor)


_batch_slots = lru_cache(maxsize=500)(batch_slots)
_LONGEST_REMEMBERED = 2_000  # characters; all of them together are a megabyte


def _sight(statement: Statement, path: CallPath) -> Sighting:
    """What was asked for; of a model or manager that is like no other, only what its SQL tells."""
    try:
        return read_sighting(statement.frame, statement.shape, path)
    except Exception:  # noqa: BLE001 — a coarser label is better than none
        log_once("the label is built from the SQL")
        return Sighting(of_sql(statement.shape))


def _places(statement: Statement, boundary: CodeType | None) -> Places:
    """Where it was asked for; where a library holds what no version of it has held, the nearest line."""
    from .attribution.places import Places, read_places  # noqa: PLC0415 — most test runs have no loop

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
        if first is None or first[0] != loop.alias or not _is_way_of_first(stats, path):
            return False
        parameters = first[1]
    elif loop.looked_at < _SECOND:
        return False
    if stats.first is None:
        return False
    scope.add_to_loop(loop, stats.first, parameters)
    stats.first = stats.unlooked_first = None
    return True


def _is_way_of_first(stats: ShapeStats, path: CallPath) -> bool:
    came = stats.came
    return came is path or (came is not None and came.key == path.key)


def _plan_next_look(scope: Scope, stats: ShapeStats, loop: Loop, statement: Statement, path: CallPath) -> None:
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
    repetition.gap = min(repetition.gap * _RARER or _LOOK_EVERY, _LOOK_EVERY_AT_MOST)
    settled = Settled(stats, loop, repetition.gap - 1, _asking(scope, loop, statement, path))
    if active_rules() or loop.batch_slots or not scope.settle(statement.sql, settled):
        repetition.unlooked = _LOOK_EVERY - 1


def _asking(scope: Scope, loop: Loop, statement: Statement, path: CallPath) -> tuple[int, Site] | None:
    """The line that has to ask for the next statements. Raw SQL is too cheap to look for it each time."""
    if not scope.counts_aside or loop.attribution.relation == "raw":
        return None
    found = asking_site(path, statement.frame, scope.boundary)
    return None if found is None else (found[0] + 1, found[1])  # seen from capture(), one frame further


def _is_told(scope: Scope, loop: Loop, looks_in_a_row: int) -> bool:
    """Whether the looks have shown enough for a loop to be decided on evidence."""
    least = scope.watchfulness.thresholds["n_plus_one"]
    enough = min(least, _ENOUGH)
    if looks_in_a_row >= max(enough, _SECOND) and max(len(loop.parents), len(loop.parameters)) >= enough:
        return True
    return looks_in_a_row >= max(_LOOKS_IN_A_ROW, least)


def is_decided(loop: Loop, scope: Scope) -> bool:
    """Whether it is plain that a relation of the rows of a list is followed: which, and where, says the rest."""
    least = scope.watchfulness.thresholds["n_plus_one"]
    return loop.looked_at > least <= len(loop.parents) and any(head.many for head in loop.heads)
