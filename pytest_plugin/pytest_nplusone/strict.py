"""Which findings does a test have? A scope around its body, and a judge for every scope that closes inside."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nplusone_guard.conf import Settings, get_settings
from nplusone_guard.detection import detect
from nplusone_guard.failsafe import turn_off
from nplusone_guard.ignoring import ignore
from nplusone_guard.lifecycle import close_scope, open_scope
from nplusone_guard.scope import Scope, Watchfulness, ambient

from .ambience import ambience
from .endpoints import endpoint_of
from .readiness import prepare
from .staleness import name_of

if TYPE_CHECKING:
    from nplusone_guard.findings import Finding
    from nplusone_guard.ignore_comments import IgnoreComment
    from nplusone_guard.rules import Rule

    from .arguments import Options
    from .arrangement import Arrangement
    from .markers import Wishes
    from .workload import RunWorkload

__all__ = ["DEFAULT_THRESHOLD", "Found", "Judge", "WatchedBody", "running", "thresholds_of"]

DEFAULT_THRESHOLD = 2
"""Of N+1 queries in tests: their data is small, and a loop over two rows there is one over two hundred in
production. Where the ORM names no parent whose relation is loaded, the detector itself asks for one more."""


@dataclass(frozen=True, slots=True)
class Found:
    """A finding, and where in the test it was made.

    Attributes:
        finding: The finding.
        where: `GET /author/5/` of a request, `""` in the test's body.
        endpoint: The same with the route in place of the path: `GET /author/<int:pk>/`.
    """

    finding: Finding
    where: str = ""
    endpoint: str = ""


class Judge:
    """Collects the findings of one test: those of its body, and those of every scope that closes inside.

    Args:
        arrangement: Tells the test's own loops.
        rules: What the test's markers ignore.
        workload: Who records what ran, if anybody does.
    """

    _lock = threading.Lock()
    """One for all of them: few tests find something, and few scopes close at once."""

    def __init__(
        self, arrangement: Arrangement, rules: tuple[Rule, ...] = (), workload: RunWorkload | None = None
    ) -> None:
        self._arrangement = arrangement
        self._rules = rules
        self._workload = workload
        self._found: dict[tuple[str, str], Found] = {}
        self._ignored: set[str] = set()
        self.test: Scope | None = None
        self.error = ""

    def __call__(self, scope: Scope) -> None:
        """Judge `scope`, which has closed. Never raises: this is called inside the application."""
        outside = scope.ancestors
        if outside and any(outer.kind == "test" and outer is not self.test for outer in outside):
            return  # a request that an earlier test left behind
        try:
            self._judge(scope)
        except Exception as error:  # noqa: BLE001 — an error of ours fails no test; the terminal tells of it
            self.error = f"{type(error).__name__}: {error}"

    @property
    def is_silent(self) -> bool:
        """Whether there is nothing to tell up to now: nothing was found, ignored, or failed."""
        return not (self._found or self._ignored or self.error)

    @property
    def seen(self) -> tuple[Found, ...]:
        """What was found up to now, the worst first; each fix once in each endpoint."""
        with self._lock:
            every = list(self._found.values())
        return tuple(sorted(every, key=_worst_first))

    @property
    def found(self) -> tuple[Found, ...]:
        """What was found up to now, the worst first; each fix once."""
        worst: dict[str, Found] = {}
        for one in self.seen:
            worst.setdefault(one.finding.id, one)
        return tuple(worst.values())

    @property
    def ignored(self) -> list[str]:
        """What ignored something, as `staleness.name_of` names it."""
        with self._lock:
            return sorted(self._ignored)

    def _judge(self, scope: Scope) -> None:
        if scope.broken:
            self.error = "it turned itself off; the log of the test says why"
        unit = None
        for one in (scope, *scope.ancestors):
            if one.kind in ("request", "task"):
                unit = one  # the outermost
        if self._workload is not None:
            self._workload.add(scope, unit, self._arrangement)
        if scope.looks:
            self._find(scope, unit)
        if unit is scope:
            # Only now its route is known, also to the blocks inside it that closed before.
            self._name_endpoint(unit.name, endpoint_of(unit))

    def _find(self, scope: Scope, unit: Scope | None) -> None:
        """Take the findings of `scope`, in which something was looked at, in `unit`, its request or task."""
        # A request or a task repeats only what is its own; in a body the loop may be the test's.
        excused = None if unit is not None else self._arrangement.excuses
        rules = (*get_settings().ignore, *self._rules)
        with scope.lock:
            findings = detect(scope, rules, excused, self._note_ignored, latent=True)
        for finding in findings:
            self._add(Found(finding, unit.name, unit.name) if unit is not None else Found(finding))

    def _note_ignored(self, covering: Rule | IgnoreComment, path: str) -> None:
        with self._lock:
            self._ignored.add(name_of(covering, path))

    def _name_endpoint(self, path: str, endpoint: str) -> None:
        with self._lock:
            closed = [self._found.pop(key) for key in list(self._found) if key[1] == path]
        for one in closed:
            self._add(replace(one, endpoint=endpoint))

    def _add(self, found: Found) -> None:
        key = found.finding.id, found.endpoint
        with self._lock:
            before = self._found.get(key)
            if before is None or _worst_first(found) < _worst_first(before):
                self._found[key] = found


def _worst_first(found: Found) -> tuple[bool, int, float]:
    """What repeats, before the latent form of the same problem."""
    finding = found.finding
    return finding.kind == "latent_n_plus_one", -finding.count, -finding.wasted_ms


class _Running:
    """The judge of the test that runs, if it runs in strict mode."""

    judge: Judge | None = None


running = _Running()


def thresholds_of(options: Options, wishes: Wishes) -> dict[str, int]:
    """The thresholds that replace those of the settings."""
    threshold = wishes.threshold or options.threshold
    if threshold is None:
        return {"n_plus_one": DEFAULT_THRESHOLD}
    return dict.fromkeys(("n_plus_one", "duplicate_query", "write_in_loop"), threshold)


class WatchedBody:
    """The body of a test: its statements belong to a scope, and its judge gets every scope that closes inside.

    Args:
        name: The test's id.
        boundary: The `id` of the code that calls the test's function.
        thresholds: See `thresholds_of`.
        judge: Who judges; `None` when only the number of queries is of interest.
        labels: What the setting `RAISE` shall not raise for.
    """

    def __init__(
        self,
        name: str,
        boundary: int,
        thresholds: dict[str, int],
        judge: Judge | None,
        labels: tuple[str, ...] = (),
    ) -> None:
        prepare()
        watchfulness = _watchfulness(thresholds, latent=judge is not None)
        self._scope = open_scope("test", name, watchfulness, boundary=boundary)
        self._ambience = ambience(self._scope)
        self._ignoring = ignore(*labels) if labels else None
        self._judge = judge
        self._judge_before: Judge | None = None

    def begin(self) -> Scope:
        """Begin it: the scope is open."""
        self._ambience.__enter__()
        if self._ignoring is not None:
            self._ignoring.__enter__()
        if self._judge is not None:
            self._judge.test = self._scope
            self._judge_before = running.judge
            running.judge = ambient.on_closed = self._judge
        return self._scope

    def end(self) -> None:
        """End it, and judge it."""
        _close(self._scope, self._judge)
        if self._judge is not None:
            running.judge = ambient.on_closed = self._judge_before
        if self._ignoring is not None:
            self._ignoring.__exit__(None, None, None)
        self._ambience.__exit__()


def _watchfulness(thresholds: dict[str, int], *, latent: bool) -> Watchfulness:
    """How closely a test is looked at: made once for all that ask for the same."""
    global _latest  # noqa: PLW0603 — nearly all tests of a run do
    settings = get_settings()
    asked = (settings, thresholds, latent)
    if _latest is None or _latest[0][0] is not settings or _latest[0] != asked:
        _latest = asked, Watchfulness.of(settings, deep=True, latent=latent, thresholds=thresholds)
    return _latest[1]


_latest: tuple[tuple[Settings, dict[str, int], bool], Watchfulness] | None = None


def _close(scope: Scope, judge: Judge | None) -> None:
    """End the scope of a test. Never raises: what the test itself raised may be on its way."""
    try:
        if scope.ancestors:
            close_scope(scope, with_shapes=False)  # what it found is theirs, too
        else:
            scope.end()  # nobody wants a summary: its judge reads the scope, as `budgets.Queries` does
    except Exception as error:  # noqa: BLE001 — an error of ours fails no test
        scope.closed = True
        turn_off(scope)
        if judge is not None:
            judge.error = f"{type(error).__name__}: {error}"
    else:
        if judge is not None:
            judge(scope)
