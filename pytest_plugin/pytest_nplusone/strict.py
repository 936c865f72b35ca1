"""Which findings does a test have? A scope around its body, and a judge for every scope that closes inside."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nplusone_guard.conf import get_settings
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

__all__ = ["DEFAULT_THRESHOLD", "Found", "Judge", "running", "thresholds_of", "watched_body"]

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

    def __init__(
        self, arrangement: Arrangement, rules: tuple[Rule, ...] = (), workload: RunWorkload | None = None
    ) -> None:
        self._arrangement = arrangement
        self._rules = rules
        self._workload = workload
        self._found: dict[tuple[str, str], Found] = {}
        self._ignored: set[str] = set()
        self._lock = threading.Lock()
        self.test: Scope | None = None
        self.error = ""

    def __call__(self, scope: Scope) -> None:
        """Judge `scope`, which has closed. Never raises: this is called inside the application."""
        if any(outer.kind == "test" and outer is not self.test for outer in scope.ancestors):
            return  # a request that an earlier test left behind
        try:
            self._judge(scope)
        except Exception as error:  # noqa: BLE001 — an error of ours fails no test; the terminal tells of it
            self.error = f"{type(error).__name__}: {error}"

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
        around = (scope, *scope.ancestors)
        unit = next((one for one in reversed(around) if one.kind in ("request", "task")), None)
        if self._workload is not None:
            self._workload.add(scope, unit, self._arrangement)
        # A request or a task repeats only what is its own; in a body the loop may be the test's.
        excused = None if unit is not None else self._arrangement.excuses
        rules = (*get_settings().ignore, *self._rules)
        with scope.lock:
            findings = detect(scope, rules, excused, self._note_ignored, latent=True)
        if scope.broken:
            self.error = "it turned itself off; the log of the test says why"
        for finding in findings:
            self._add(Found(finding, unit.name, unit.name) if unit is not None else Found(finding))
        if unit is scope:
            # Only now its route is known, also to the blocks inside it that closed before.
            self._name_endpoint(unit.name, endpoint_of(unit))

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


@contextmanager
def watched_body(
    name: str, boundary: int, thresholds: dict[str, int], judge: Judge | None, labels: tuple[str, ...] = ()
) -> Iterator[Scope]:
    """While inside, statements belong to a scope of the test `name`, and `judge` gets every scope that closes.

    Args:
        name: The test's id.
        boundary: The `id` of the code that calls the test's function.
        thresholds: See `thresholds_of`.
        judge: Who judges; `None` when only the number of queries is of interest.
        labels: What the setting `RAISE` shall not raise for.
    """
    prepare()
    watchfulness = Watchfulness.of(get_settings(), deep=True, latent=judge is not None, thresholds=thresholds)
    scope = open_scope("test", name, watchfulness, boundary=boundary)
    with ExitStack() as stack:
        stack.enter_context(ambience(scope))
        if labels:
            stack.enter_context(ignore(*labels))
        if judge is not None:
            judge.test = scope
            stack.callback(_set_judge, running.judge)
            _set_judge(judge)
        try:
            yield scope
        finally:
            _close(scope, judge)


def _close(scope: Scope, judge: Judge | None) -> None:
    """End the scope of a test. Never raises: what the test itself raised may be on its way."""
    try:
        close_scope(scope, with_shapes=False)  # who wants them reads the scope, as `budgets.Queries` does
    except Exception as error:  # noqa: BLE001 — an error of ours fails no test
        scope.closed = True
        turn_off(scope)
        if judge is not None:
            judge.error = f"{type(error).__name__}: {error}"
    else:
        if judge is not None:
            judge(scope)


def _set_judge(judge: Judge | None) -> None:
    running.judge = judge
    ambient.on_closed = judge
