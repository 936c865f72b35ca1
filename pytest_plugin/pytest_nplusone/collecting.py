"""How does what the tests found become the results of the run?

What a test found travels on its report as plain values, so that the workers of pytest-xdist hand it over; the
process that started the run puts it together. Until a test of this process has something to tell there is
nothing to travel, and those that are through are told by their names. A test that runs again
(pytest-rerunfailures, flaky) counts as it ran last.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

    from .checking import Check
    from .results import Fixed, Result, Results, Status

__all__ = ["Collector", "attach", "merged"]

_ATTRIBUTE = "nplusone"
_WORST_FIRST: tuple[Status, ...] = ("new", "grown", "known")


def attach(report: pytest.TestReport, check: Check | None, error: str, *, completed: bool) -> None:
    """Let `report` carry what its test found.

    Args:
        report: The report of the test's body.
        check: What watched it, `None` where that could not be had.
        error: What of ours has failed, `""` if nothing has. What fails now is told in its place.
        completed: Whether the body ran to its end: what it did not come to, it could not find.
    """
    carried = _SILENT
    if check is not None:
        try:
            if not (completed and check.is_silent and check.name == report.nodeid):
                carried = _carried(report, check, completed=completed)
        except Exception as failed:  # noqa: BLE001 — an error of ours fails no test
            error = f"{type(failed).__name__}: {failed}"
    if error:
        carried = {"found": [], "ignored": [], "error": error, "completed": False}
    setattr(report, _ATTRIBUTE, carried)


_SILENT: dict[str, Any] = {"found": (), "ignored": (), "error": "", "completed": True}
"""What the report of a test carries that ran to its end and has nothing to tell: one for all, as they are kept."""


def _carried(report: pytest.TestReport, check: Check, *, completed: bool) -> dict[str, Any]:
    error = check.error
    return {
        "test": check.name,
        "found": _found(report, check),
        "ignored": tuple(check.ignored),
        "error": error,
        "completed": completed and not error,
    }


def _found(report: pytest.TestReport, check: Check) -> tuple[dict[str, Any], ...]:
    """What is carried of the findings."""
    # In no list: pytest keeps its reports, and a dict of texts and an empty tuple is none that Python's garbage
    # collection has to go through.
    verdicts = check.verdicts
    found = []
    for one in check.seen:
        verdict = verdicts[one.finding.id]
        found.append(
            {
                "finding": one.finding.to_dict(),
                "where": one.endpoint,
                "status": verdict.status,
                "recorded": verdict.recorded,
                "moved_from": verdict.moved_from,
                # Not that of a test which is skipped, or fails on purpose.
                "fails": verdict.fails and report.failed,
            }
        )
    return tuple(found)


class Collector:
    """Takes over what the reports carry.

    Attributes:
        completed: The tests whose bodies ran to their end under watch.
        stopped: Those whose bodies did not.
        ignored: What ignored something in any test, as `staleness.name_of` names it.
    """

    def __init__(self) -> None:
        self.completed: set[str] = set()
        self.stopped: set[str] = set()
        self.ignored: set[str] = set()
        self._found: dict[str, Sequence[dict[str, Any]]] = {}
        self._errors: dict[str, str] = {}

    @property
    def is_silent(self) -> bool:
        """Whether there is nothing to tell up to now."""
        return not (self._found or self._errors)

    def add(self, report: pytest.TestReport) -> None:
        """Take over what the test of `report` found, in this process or in a worker; what it found before goes."""
        carried = getattr(report, _ATTRIBUTE, None)
        if not isinstance(carried, dict):
            return
        test = carried.get("test", report.nodeid)
        if carried is _SILENT and test not in self._found:
            self.completed.add(test)
            self.stopped.discard(test)
            return
        self._found.pop(test, None)
        if carried["found"]:
            self._found[test] = carried["found"]
        self.ignored.update(carried["ignored"])
        if carried["error"]:
            self._errors.setdefault(carried["error"], test)
        is_now, is_not = (self.completed, self.stopped) if carried["completed"] else (self.stopped, self.completed)
        is_now.add(test)
        is_not.discard(test)

    def found(self) -> tuple[Result, ...]:
        """The findings of the run, once each, in the order of `Results.results`."""
        from nplusone_guard.findings import Finding  # noqa: PLC0415 — most runs find nothing

        from .results import Result, Seen  # noqa: PLC0415

        return merged(
            Result(
                finding=Finding.from_dict(one["finding"]),
                seen=(Seen(test, one["finding"]["count"], one["where"]),),
                status=one["status"],
                recorded=one["recorded"],
                fails=one["fails"],
            )
            for test, found in self._found.items()
            for one in found
        )

    def moved(self) -> dict[str, str]:
        """The id that an entry of the baseline has now, by the one it had before its code was renamed."""
        every = (one for found in self._found.values() for one in found)
        return dict(sorted((one["moved_from"], one["finding"]["id"]) for one in every if one["moved_from"]))

    @property
    def tests(self) -> int:
        """How many tests were watched."""
        return len(self.completed) + len(self.stopped)

    def results(self, found: tuple[Result, ...], fixed: tuple[Fixed, ...] = (), baseline: str = "") -> Results:
        """All that the run has to tell."""
        from .results import Results  # noqa: PLC0415 — most runs have nothing to tell

        problems = tuple(
            f"the guard itself failed in {nodeid}, which was not judged: {error}"
            for error, nodeid in self._errors.items()
        )
        return Results(found, fixed, self.tests, baseline, problems)


def merged(results: Iterable[Result]) -> tuple[Result, ...]:
    """Each finding once, in the order of `Results.results`: as the test with the most statements saw it.

    The same whatever order the tests ran in.
    """
    by_id: dict[str, list[Result]] = {}
    for result in results:
        by_id.setdefault(result.finding.id, []).append(result)
    return tuple(sorted((_one(same) for same in by_id.values()), key=_rank))


def _one(same: list[Result]) -> Result:
    from .results import Result  # noqa: PLC0415

    most = min(same, key=_most_first)
    return Result(
        finding=most.finding,
        seen=tuple(
            sorted(
                (one for result in same for one in result.seen), key=lambda one: (-one.count, one.test, one.where)
            )
        ),
        status=min((result.status for result in same), key=_WORST_FIRST.index),
        recorded=most.recorded,
        fails=any(result.fails for result in same),
    )


def _most_first(result: Result) -> tuple[bool, int, list[tuple[str, str]]]:
    """What repeats in one test, before what its one row hides in another one."""
    finding = result.finding
    first = [(one.test, one.where) for one in result.seen[:1]]  # what no single test has, none has seen
    return finding.kind == "latent_n_plus_one", -finding.count, first


def _rank(result: Result) -> tuple[bool, int, str, str]:
    return (not result.fails, -result.wasted, result.finding.label, result.finding.id)
