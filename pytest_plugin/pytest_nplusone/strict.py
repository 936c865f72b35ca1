"""Which findings does a test have? A judge for every scope that closes in its body, and for that of the body."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NamedTuple

from nplusone_guard.conf import get_settings
from nplusone_guard.scope import Scope

from .endpoints import endpoint_of
from .staleness import name_of

if TYPE_CHECKING:
    from nplusone_guard.findings import Finding
    from nplusone_guard.ignore_comments import IgnoreComment
    from nplusone_guard.rules import Rule

    from .arrangement import Arrangement
    from .workload import RunWorkload

__all__ = ["DEFAULT_THRESHOLD", "Found", "Judge", "running"]


DEFAULT_THRESHOLD = 2
"""Of N+1 queries in tests: their data is small, and a loop over two rows there is one over two hundred in
production. Where the ORM names no parent whose relation is loaded, the detector itself asks for one more."""

_UNITS = frozenset({"request", "task"})
"""Kinds of scopes that repeat only what is their own; in a body the loop may be the test's."""


class Found(NamedTuple):
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
        unit = None
        for outer in scope.ancestors:
            if outer.kind == "test" and outer is not self.test:
                return  # a request that an earlier test left behind
            if outer.kind in _UNITS:
                unit = outer  # the outermost
        if unit is None and scope.kind in _UNITS:
            unit = scope
        try:
            if scope.broken:
                self.error = "it turned itself off; the log of the test says why"
            if self._workload is not None:
                self._workload.add(scope, unit, self._arrangement)
            if scope.looks:
                self._find(scope, unit)
            if unit is scope:
                # Only now its route is known, also to the blocks inside it that closed before.
                self._name_endpoint(unit.name, endpoint_of(unit))
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

    def _find(self, scope: Scope, unit: Scope | None) -> None:
        """Take the findings of `scope`, in which something was looked at, in `unit`, its request or task."""
        from nplusone_guard.detection import detect  # noqa: PLC0415 — most test runs have nothing to detect

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
            self._add(one._replace(endpoint=endpoint))

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
