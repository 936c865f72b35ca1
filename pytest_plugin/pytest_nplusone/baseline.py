"""Which findings are known, and what has become of them?

A baseline holds the findings a project had when it began to watch, and is made smaller from there on. Values and
rules only; `baseline_file` reads and writes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .results import Fixed, Result

if TYPE_CHECKING:
    from nplusone_guard.findings import Finding

__all__ = ["Baseline", "Changes", "Coverage", "Entry", "fixed_in", "updated"]

_MOST_TESTS = 5
"""Of a finding in a base class or a middleware thousands of tests see it: a line nobody could read, and one that
changed with every test that is written."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A known finding.

    Attributes:
        id: The finding's id.
        kind: Its kind.
        label: What is repeated.
        culprit: The file and function, or the declaration, without a line: lines move.
        count: The most statements that a test may see.
        tests: Tests that saw it, at most five.
        more_tests: Whether others saw it too.
    """

    id: str
    kind: str
    label: str
    culprit: str
    count: int
    tests: tuple[str, ...]
    more_tests: bool = False


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a run can speak about.

    Attributes:
        completed: The tests whose bodies ran to their end under watch.
        reported: All tests that ran in some way.
        whole: Whether the run was of every test of the project.
        kinds: The kinds of findings it looked for.
        threshold: How many statements it took for a finding.
    """

    completed: AbstractSet[str]
    reported: AbstractSet[str]
    whole: bool
    kinds: AbstractSet[str]
    threshold: int = 2

    def says(self, entry: Entry) -> bool:
        """Whether `entry` would have been seen, if it still were there."""
        if entry.kind not in self.kinds or entry.count < self.threshold:
            return False
        if not self.whole and (entry.more_tests or not entry.tests):
            return False
        return all(map(self.settles, entry.tests))

    def settles(self, test: str) -> bool:
        """Whether `test` ran to its end, or is there no more."""
        return test in self.completed or (self.whole and test not in self.reported)


class Baseline:
    """The known findings.

    Args:
        entries: One for each.
    """

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.entries = {entry.id: entry for entry in entries}
        self._alike: dict[tuple[str, str], list[Entry]] = {}
        for entry in self.entries.values():
            self._alike.setdefault((entry.kind, entry.label), []).append(entry)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Baseline) and self.entries == other.entries

    __hash__ = None  # type: ignore[assignment]

    def alike(self, finding: Finding) -> list[Entry]:
        """The entries of the same kind about the same label, wherever they are."""
        return self._alike.get((finding.kind, finding.label), [])

    def moved(self, test: str, finding: Finding, seen: AbstractSet[str]) -> Entry | None:
        """The entry that `finding` was before its function or file was renamed.

        That is one about the same label which `test` saw once and does not see now: so that a loop which comes
        new to a second place is not taken for it.

        Args:
            test: The test that saw `finding`.
            finding: One whose id the baseline does not have.
            seen: The ids of all that `test` found, and of entries that were found to have moved already.
        """
        return next((one for one in self.alike(finding) if test in one.tests and one.id not in seen), None)


@dataclass(frozen=True, slots=True)
class Changes:
    """A baseline after a run, and how many of its entries are different."""

    baseline: Baseline
    added: int = 0
    changed: int = 0
    removed: int = 0


def fixed_in(
    baseline: Baseline, found: Iterable[Result], moved: Mapping[str, str], run: Coverage
) -> tuple[Fixed, ...]:
    """The entries whose findings did not come back, though all tests that saw them ran.

    Args:
        baseline: The known findings.
        found: The findings of the run.
        moved: The id that an entry has now, by the one it had.
        run: What the run can speak about.
    """
    seen = {result.finding.id for result in found} | set(moved)
    gone = [entry for entry in baseline.entries.values() if entry.id not in seen and run.says(entry)]
    return tuple(
        Fixed(entry.id, entry.kind, entry.label, entry.culprit, entry.count)
        for entry in sorted(gone, key=lambda entry: (-entry.count, entry.label, entry.id))
    )


def updated(
    baseline: Baseline,
    found: Iterable[Result],
    moved: Mapping[str, str],
    run: Coverage,
    *,
    update: bool,
    prune: bool,
) -> Changes:
    """The baseline after a run. What the run cannot speak about stays as it is.

    Args:
        baseline: The known findings.
        found: The findings of the run.
        moved: The id that an entry has now, by the one it had.
        run: What the run can speak about.
        update: Whether new findings and greater counts are taken in.
        prune: Whether what is fixed is taken out, and counts that came down are lowered.
    """
    found, entries = tuple(found), dict(baseline.entries)
    former = {new: old for old, new in moved.items()}
    findings = [result for result in found if result.finding.kind in run.kinds]
    for result in findings:
        before = entries.get(result.finding.id) or entries.get(former.get(result.finding.id, ""))
        if update:
            entries[result.finding.id] = _recorded(result, before, run)
        elif prune and before is not None and before.count > result.finding.count and run.says(before):
            entries[before.id] = replace(before, count=result.finding.count)
    if update:
        for old in moved:
            if old in entries and run.says(entries[old]):
                del entries[old]
    if prune:
        for entry in fixed_in(baseline, found, moved, run):
            entries.pop(entry.id, None)
    return _difference(baseline, Baseline(entries.values()))


def _recorded(result: Result, before: Entry | None, run: Coverage) -> Entry:
    finding = result.finding
    count, tests, more = finding.count, result.tests, False
    if before is not None:
        unseen = [test for test in before.tests if not run.settles(test)]
        more = before.more_tests and not run.whole
        if unseen or more:
            count = max(count, before.count)
        # Those of before come first, so that lines do not change without need.
        still = [test for test in before.tests if test in tests or test in unseen]
        tests = tuple(dict.fromkeys([*still, *tests]))
    return Entry(
        id=finding.id,
        kind=finding.kind,
        label=finding.label,
        culprit=_culprit(finding),
        count=count,
        tests=tuple(sorted(tests[:_MOST_TESTS])),
        more_tests=more or len(tests) > _MOST_TESTS,
    )


def _culprit(finding: Finding) -> str:
    place = finding.culprit
    if place is None:
        return ""
    return f"{place.path} in {place.function or place.name}" if place.function or place.name else place.path


def _difference(before: Baseline, after: Baseline) -> Changes:
    both = before.entries.keys() & after.entries.keys()
    return Changes(
        after,
        added=len(after.entries) - len(both),
        changed=sum(before.entries[one] != after.entries[one] for one in both),
        removed=len(before.entries) - len(both),
    )
