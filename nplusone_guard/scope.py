"""One unit of work being watched: what ran in it, how often, and along which call paths.

A `Scope` only counts. Who tells it what (`nplusone_guard.capture`) and what is made of it
(`nplusone_guard.detection`) is elsewhere. It is the only place with state, and all of it is bounded.
"""

from __future__ import annotations

import asyncio
import threading
import weakref
from collections.abc import Callable, Mapping
from contextvars import ContextVar, Token
from operator import attrgetter
from types import CodeType, TracebackType
from typing import Any, Literal, NamedTuple

from .callpath import ANYWHERE, Around, CallPath
from .conf import Settings
from .findings import Finding
from .fingerprint import Shape
from .lineage import Begun, Load
from .loops import First, Loop, Settled, ShapeStats

__all__ = [
    "Scope",
    "ScopeKind",
    "Watchfulness",
    "active",
    "active_scope",
    "ambient",
    "claimed_scope",
    "entered",
]

ScopeKind = Literal["request", "task", "test", "block"]

_MOST_HASHES = 10_000  # kept in one scope, of parameters and instances, to count distinct ones: about 1 MB
_MOST_HEADS = 50  # queries that one loop's parents came out of; one is usual
_MOST_SETTLED = 100  # texts, as many as there are loops at a time
_WEIGHED_TOGETHER = 128  # shapes that ran once, between two times their bytes are counted
_LONGEST_SETTLED = 16_000
_MOST_FINDINGS = 1_000  # findings of nested scopes kept for the scope around them
_SQL = attrgetter("sql")
_SHAPE_BYTES = 400  # an allowance for one ShapeStats and its place; tests/test_bounds.py weighs the whole scope


class Watchfulness(NamedTuple):
    """How closely a scope looks, and how much it may hold.

    Attributes:
        thresholds: For each kind, how many statements on one call path make it a finding.
        deep: Whether the call path of every statement is known, and instances know the query they came out of
            (`nplusone_guard.deep`). Otherwise the stack is left alone until a shape repeats, and looked at now and
            then once its path is known: what a production request can pay.
        latent: Whether it is also looked for loops over rows that run once, as there is one row (`rowloops`). Deep
            scopes only: `detection.detect` has to be asked for them.
        max_shapes: How many shapes are remembered.
        max_call_paths: How many call paths are told apart.
        max_bytes: About how many bytes the scope may hold.
        sql_length: How many characters of a normalized statement are shown.
    """

    thresholds: Mapping[str, int]
    deep: bool = False
    latent: bool = False
    max_shapes: int = 2_000
    max_call_paths: int = 1_000
    max_bytes: int = 4_000_000
    sql_length: int = 1_000

    @classmethod
    def of(
        cls,
        settings: Settings,
        *,
        deep: bool = False,
        latent: bool = False,
        thresholds: Mapping[str, int] | None = None,
    ) -> Watchfulness:
        """What `settings` ask for, with some `thresholds` replaced."""
        return cls(
            thresholds={**settings.thresholds, **(thresholds or {})},
            deep=deep,
            latent=latent,
            max_shapes=settings.max_shapes,
            max_call_paths=settings.max_call_paths,
            max_bytes=settings.max_bytes,
            sql_length=settings.sql_length,
        )


class Scope:
    """A unit of work being watched. Use `nplusone_guard.watch` to open one.

    Args:
        kind: `request`, `task`, `test` or `block`.
        name: What people call it.
        watchfulness: How closely to look.
        parent: The scope around it.
        boundary: The code that opens the scope, if it stays on the stack.
        outside: What is around it, where any code opens the scope: the call path of a statement ends there.
        on_repeat: Called with the scope and a loop that has just grown, to raise in place.
        task: The task it is opened in, if any: tasks that this one starts continue its call path.
    """

    __slots__ = (
        "_by_alias",
        "ancestors",
        "aside_limit",
        "begun",
        "boundary",
        "broken",
        "call_paths",
        "closed",
        "counts_aside",
        "db_time",
        "firsts",
        "hashes_left",
        "held_bytes",
        "inner_findings",
        "is_full",
        "is_shared",
        "kind",
        "lock",
        "logs",
        "looks",
        "looks_closely",
        "name",
        "on_repeat",
        "once",
        "only_alias",
        "outside",
        "path",
        "route",
        "settled",
        "shapes",
        "statements",
        "task",
        "truncated",
        "watchfulness",
    )

    def __init__(
        self,
        kind: ScopeKind,
        name: str,
        watchfulness: Watchfulness,
        *,
        parent: Scope | None = None,
        boundary: CodeType | None = None,
        outside: Around = ANYWHERE,
        on_repeat: Callable[[Scope, Loop], None] | None = None,
        task: weakref.ref[asyncio.Task[Any]] | None = None,
    ) -> None:
        self.kind: ScopeKind = kind
        self.name = name
        self.route = ""
        self.watchfulness = watchfulness
        self.ancestors: tuple[Scope, ...] = () if parent is None else (parent, *parent.ancestors)
        self.boundary = boundary
        self.outside = outside
        self.on_repeat = on_repeat
        self.task = task
        self.logs = False
        """Whether somebody writes what this scope finds to the log; what nested scopes find is among it."""
        self.statements = 0
        self.db_time = 0.0
        self.only_alias: str | None = None
        """The database alias of all statements, in a deep scope; `None` before the first, `""` with several."""
        self._by_alias: dict[str, int] = {}
        self.shapes: dict[Shape, ShapeStats] = {}
        self.call_paths = 0
        self.looks = 0
        self.held_bytes = 0
        self.hashes_left = _MOST_HASHES
        self.truncated = False
        self.is_full = False
        self.broken = False
        self.closed = False
        self.inner_findings: list[Finding] = []
        self.looks_closely = watchfulness.deep
        """Whether it is open, and a deep one."""
        self.counts_aside = not (self.ancestors or watchfulness.deep or on_repeat is not None)
        """Whether a statement may be counted aside: nobody counts along (scopes around, other threads), or wants
        to be told of each. Not once the scope has closed or is broken."""
        self.once: dict[Shape, float] = {}
        """Seconds of the shapes that ran once, while they are counted aside; most do in a healthy request."""
        self.firsts: dict[Shape, First] = {}
        """What is known of the shapes that ran once in a deep scope, while nothing in it was looked at."""
        self.aside_limit = min(_WEIGHED_TOGETHER, watchfulness.max_shapes)
        """How many there may be of these, or of `once`, before their bytes are counted."""
        if parent is not None and watchfulness.deep:
            self.aside_limit = 0  # the scopes around count along
        self.settled: dict[object, Settled] = {}
        self.begun: dict[int, Begun] = {}
        """Querysets whose statement is about to run, by the id of the frame that runs it: see `deep`."""
        self.path: CallPath | None = None
        """The call path of the last statement, where every one is known."""
        self.is_shared = kind == "test" and parent is None and watchfulness.deep
        """Whether work of this scope was handed to another thread, as a test's may be wherever it comes from; then
        nothing is counted without the lock."""
        # Reentrant, as a garbage collection inside may run somebody's `__del__` that asks the database.
        self.lock = threading.RLock()

    def count(self, shape: Shape, elapsed: float) -> ShapeStats | None:
        """Count one statement of `shape` that took `elapsed` seconds; `None` if the scope can hold no more."""
        self.statements += 1
        self.db_time += elapsed
        stats = self.shapes.get(shape)
        if stats is None:
            if shape in self.once:
                stats = self._count_again(shape)
            elif shape in self.firsts:
                stats = self._count_first(shape)
            elif not self._has_room(shape):
                return None
            else:
                stats = self.shapes[shape] = ShapeStats(elapsed)
        stats.count += 1
        stats.db_time += elapsed
        return stats

    def _count_again(self, shape: Shape) -> ShapeStats:
        """Count a shape that was counted aside like the others."""
        elapsed = self.once.pop(shape)
        self.aside_limit -= 1  # its place is taken, by a shape that repeats
        self.held_bytes += _SHAPE_BYTES + len(shape.sql)
        stats = self.shapes[shape] = ShapeStats(elapsed)
        stats.count, stats.db_time = 1, elapsed
        self.statements += 1
        self.db_time += elapsed
        return stats

    def _count_first(self, shape: Shape) -> ShapeStats:
        """Count a shape like the others whose only statement is counted, but not for it."""
        elapsed, path, site, unlooked = self.firsts.pop(shape)
        self.held_bytes += _SHAPE_BYTES + len(shape.sql)
        stats = self.shapes[shape] = ShapeStats(elapsed)
        stats.count, stats.db_time = 1, elapsed
        stats.came = stats.path = path
        stats.site, stats.unlooked_first = site, unlooked
        return stats

    def count_firsts(self, *, for_good: bool = False) -> None:
        """Count the shapes that ran once like the others; those to come as well, if it is `for_good`."""
        for shape in list(self.firsts):
            self._count_first(shape)
        if for_good:
            self.aside_limit = 0
        elif self.aside_limit:
            self.aside_limit = max(0, min(_WEIGHED_TOGETHER, self.watchfulness.max_shapes - len(self.shapes)))

    def settle(self, text: object, settled: Settled) -> bool:
        """Take the next statements of `text` for ones of a loop, unseen; whether that is possible."""
        if not self.counts_aside or type(text) is not str:
            return False
        if text not in self.settled and (len(self.settled) >= _MOST_SETTLED or len(text) > _LONGEST_SETTLED):
            return False
        self.settled[text] = settled
        return True

    def count_settled(self) -> None:
        """Add up the statements of known loops that were counted aside, before anybody looks."""
        for settled in self.settled.values():
            came = settled.take()
            if came:
                seconds = came * settled.loop.db_time / max(settled.loop.count, 1)
                self.statements += came
                self.db_time += seconds
                for counted in (settled.stats, settled.loop):
                    counted.count += came
                    counted.db_time += seconds

    def count_all(self, *, by_shape: bool = True) -> None:
        """Add up everything that was counted aside, before anybody reads. With the lock held.

        Args:
            by_shape: Whether it is also counted for each shape.
        """
        self.count_settled()
        if by_shape:
            self.count_firsts()
            for shape in list(self.once):
                self._count_again(shape)
        else:
            self._forget_once()

    def _forget_once(self) -> None:
        self.statements += len(self.once)
        self.db_time += sum(self.once.values())
        self.once = {}

    def end(self) -> None:
        """No more statements are counted."""
        self.closed = True
        self.counts_aside = self.looks_closely = False
        self.begun.clear()

    def share(self) -> None:
        """Work of this scope, and of those around it, goes to another thread. To be told before it does."""
        for scope in (self, *self.ancestors):
            with scope.lock:
                if scope.counts_aside:
                    scope.count_all()
                    scope.settled.clear()
                    scope.counts_aside = False
                scope.is_shared = True

    def count_alias(self, alias: str, stats: ShapeStats | None) -> None:
        """Count one statement on `alias`, which is counted already, for scopes that look at every statement.

        Unless `alias` is the `only_alias`: where all are on one, nothing has to be counted.
        """
        if self.only_alias is None:
            self.only_alias = alias
        if self.only_alias == alias:
            return
        if self.only_alias:
            self._tell_aliases_apart(self.only_alias, stats)
        self._by_alias[alias] = self._by_alias.get(alias, 0) + 1
        if stats is not None:
            if stats.by_alias is None:
                stats.by_alias = {}
            stats.by_alias[alias] = stats.by_alias.get(alias, 0) + 1

    def _tell_aliases_apart(self, first: str, latest: ShapeStats | None) -> None:
        """Count by alias from now on: all were on `first`, but for one that `latest` has counted already."""
        self.only_alias = ""
        self.count_firsts(for_good=True)
        self._by_alias = {first: self.statements - 1}
        for stats in self.shapes.values():
            count = stats.count - (stats is latest)
            stats.by_alias = {first: count} if count else {}

    @property
    def by_alias(self) -> dict[str, int]:
        """How many statements ran on each database alias, in a deep scope."""
        return {self.only_alias: self.statements} if self.only_alias else self._by_alias

    def by_alias_of(self, stats: ShapeStats) -> dict[str, int] | None:
        """How often one of its shapes ran on each database alias; `None` where that is not known."""
        return {self.only_alias: stats.count} if self.only_alias else stats.by_alias

    def add_to_loop(self, loop: Loop, elapsed: float, parameters: int | None) -> None:
        """Count one statement of `loop` that took `elapsed` seconds; `None` if its parameters were not hashed."""
        loop.count += 1
        loop.db_time += elapsed
        if parameters is not None:
            loop.hashed += 1
            if parameters not in loop.parameters:
                # What `remember` does: an N+1 comes by here with each of its statements.
                if self.hashes_left:
                    self.hashes_left -= 1
                    loop.parameters.add(parameters)
                else:
                    self.truncated = True

    def remember(self, hashes: set[int], one: int | None) -> bool:
        """Add `one` to `hashes`, a set of one of this scope's loops, while there is room; whether it is new."""
        if one is None or one in hashes:
            return False
        if not self.hashes_left:
            self.truncated = True
            return False
        self.hashes_left -= 1
        hashes.add(one)
        return True

    def remember_head(self, loop: Loop, load: Load | None) -> None:
        """Another parent of `loop` came out of `load`."""
        head = load.head if load is not None else None
        if head is not None and (head in loop.heads or len(loop.heads) < _MOST_HEADS):
            loop.heads[head] = loop.heads.get(head, 0) + 1

    def add_inner_findings(self, findings: tuple[Finding, ...]) -> None:
        """Take over what a nested scope found."""
        room = _MOST_FINDINGS - len(self.inner_findings)
        self.inner_findings.extend(findings[:room])
        self.truncated = self.truncated or len(findings) > room

    def _has_room(self, shape: Shape) -> bool:
        if self.is_full:
            return False
        cost = _SHAPE_BYTES + len(shape.sql)
        limits = self.watchfulness
        held, shapes = self.held_bytes + cost, len(self.shapes)
        if self.once:
            held += len(self.once) * _SHAPE_BYTES + sum(map(len, map(_SQL, self.once)))
            shapes += len(self.once)
        if shapes >= limits.max_shapes or held > limits.max_bytes:
            self.truncated = True
            if not self._forget_single_shapes():
                # Full of shapes that repeat: no more are taken, aside or not.
                self.is_full = True
                self.aside_limit = 0
                return False
        self.held_bytes += cost
        if self.counts_aside:
            # As many more may be counted aside before their bytes are counted again.
            self.aside_limit = min(len(self.once) + _WEIGHED_TOGETHER, limits.max_shapes - len(self.shapes) - 1)
        return True

    def _forget_single_shapes(self) -> bool:
        """Make room by forgetting the shapes that ran once: a loop that comes late is still seen.

        Returns whether that freed at least half of the room, so that the work is rare.
        """
        held = len(self.shapes) + len(self.once)
        self._forget_once()
        repeated = {shape: stats for shape, stats in self.shapes.items() if stats.count > 1}
        if len(repeated) > held // 2:
            return False
        self.shapes = repeated
        self.held_bytes = sum(_SHAPE_BYTES + len(shape.sql) for shape in repeated)
        return True


active: ContextVar[Scope | None] = ContextVar("nplusone_guard_scope", default=None)
"""The scope that this context has entered. Asked through `claimed_scope`."""

claimed_scope = active.get
"""The scope that this context has entered, `None` where only the ambient one is open.

The bound method itself: looking it up for each statement takes CPython 3.11 three times as long as calling it.
"""


class ambient:  # noqa: N801 — a namespace for one process-wide value, not a class to build
    """The scope of statements that no context claims: the running test, for servers and event loops around it.

    Attributes:
        scope: That scope.
        on_closed: Called with every other scope that has closed, whatever thread it was in. It does not raise.
    """

    scope: Scope | None = None
    on_closed: Callable[[Scope], None] | None = None


def active_scope() -> Scope | None:
    """The innermost scope that is open here."""
    return claimed_scope() or ambient.scope


class entered:  # noqa: N801 — used as a context manager, and cheaper than a generator
    """While inside, `scope` is the active one in this context; `None` leaves none active."""

    __slots__ = ("_scope", "_token")

    def __init__(self, scope: Scope | None) -> None:
        self._scope = scope

    def __enter__(self) -> None:
        self._token: Token[Scope | None] = active.set(self._scope)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        active.reset(self._token)
