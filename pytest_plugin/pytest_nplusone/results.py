"""What a whole run found: the one object that the terminal, the baseline and every report file read.

Plain values, put together at the end of the run by the process that started it, from what the tests' reports
carry: equal with and without pytest-xdist.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from nplusone_guard.findings import Finding

__all__ = ["Fixed", "Result", "Results", "Seen", "Status"]

Status = Literal["new", "grown", "known"]
"""Beside the baseline: not in it, in it with fewer statements, or in it. All are new where there is none."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One test that saw a finding.

    Attributes:
        test: The test's node id.
        count: How many statements the loop ran in it.
        where: The request or task it was seen in, `GET /authors/`; `""` in the test's body.
    """

    test: str
    count: int
    where: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """One finding of the run, once, however many tests saw it.

    Attributes:
        finding: The finding as the test with the most statements saw it.
        seen: The tests that saw it, those with the most statements first.
        status: What it is beside the baseline.
        recorded: How many statements the baseline allows, `None` when it is not in it.
        fails: Whether a test fails for it; a warning otherwise.
    """

    finding: Finding
    seen: tuple[Seen, ...]
    status: Status = "new"
    recorded: int | None = None
    fails: bool = True

    @property
    def tests(self) -> tuple[str, ...]:
        """The node ids of the tests that saw it, each once, in the order of `seen`."""
        return tuple(dict.fromkeys(one.test for one in self.seen))

    @property
    def endpoints(self) -> tuple[str, ...]:
        """The requests and tasks it was seen in, each once, in the order of `seen`."""
        return tuple(dict.fromkeys(one.where for one in self.seen if one.where))

    @property
    def wasted(self) -> int:
        """How many statements one in their place would have saved, where there were the most of them.

        None of what is loaded and not read: that is counted over all tests, and a join is no statement.
        """
        return max(self.finding.count - 1, 0) if self.finding.kind != "unused_eager_load" else 0


@dataclass(frozen=True, slots=True)
class Fixed:
    """An entry of the baseline whose finding did not come back, though a test that saw it ran.

    Attributes:
        id: The finding's id.
        kind: Its kind.
        label: What was repeated.
        culprit: Where, as the baseline has it.
        count: How many statements the baseline allowed.
    """

    id: str
    kind: str
    label: str
    culprit: str
    count: int


@dataclass(frozen=True, slots=True)
class Results:
    """All that a run has to tell.

    Attributes:
        results: The findings: those that fail first, then by wasted statements, the most first.
        fixed: What is gone from the baseline.
        tests: How many tests were watched.
        baseline: The baseline's file as it was named, `""` without one.
        problems: Errors of the guard itself, a sentence each.
    """

    results: tuple[Result, ...] = ()
    fixed: tuple[Fixed, ...] = ()
    tests: int = 0
    baseline: str = ""
    problems: tuple[str, ...] = ()

    @property
    def by_status(self) -> dict[str, int]:
        """How many findings are `new`, `grown` and `known`, and how many are `fixed`."""
        statuses = [one.status for one in self.results]
        counts = {status: statuses.count(status) for status in get_args(Status)}
        return {**counts, "fixed": len(self.fixed)}
