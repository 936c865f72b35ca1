"""Does a finding fail the test that saw it? Decided here and nowhere else.

Decided by the test alone, from what it found and what the baseline has, so that it is the same in every order and
in every process.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from nplusone_guard.findings import Finding

    from .arguments import Options
    from .baseline import Baseline
    from .results import Status

__all__ = ["Verdict", "Verdicts", "failing_kinds"]

_FAILING = frozenset({"n_plus_one", "duplicate_query", "write_in_loop"})
_LATENT = frozenset({"latent_n_plus_one"})


class Verdict(NamedTuple):
    """What a finding is in one test.

    Attributes:
        status: What it is beside the baseline.
        recorded: How many statements the baseline allows, `None` when it is not in it.
        fails: Whether the test fails for it; a warning otherwise.
        moved_from: The id the baseline has it by, from before its function or file was renamed; `""` by its own.
        note: What the baseline has to do with it, in words; `""` if nothing.
    """

    status: Status = "new"
    recorded: int | None = None
    fails: bool = True
    moved_from: str = ""
    note: str = ""


class Verdicts:
    """Judges findings by what the run was asked for.

    Args:
        options: What the run was asked for.
        baseline: The known findings.
    """

    def __init__(self, options: Options, baseline: Baseline | None = None) -> None:
        self._kinds = failing_kinds(options) if options.strict and not options.update_baseline else frozenset()
        self._baseline = baseline

    def on(self, test: str, findings: Iterable[Finding]) -> dict[str, Verdict]:
        """What the `findings` of `test` are, by their ids."""
        ordered = sorted(findings, key=lambda finding: (-finding.count, finding.id))
        seen = {finding.id for finding in ordered}
        verdicts = {}
        for finding in ordered:
            verdict = verdicts[finding.id] = self._one(test, finding, seen)
            seen.add(verdict.moved_from)
        return verdicts

    def _one(self, test: str, finding: Finding, seen: set[str]) -> Verdict:
        fails, baseline = finding.kind in self._kinds, self._baseline
        if baseline is None:
            return Verdict(fails=fails)
        entry, moved_from = baseline.entries.get(finding.id), ""
        if entry is None:
            entry = baseline.moved(test, finding, seen)
            moved_from = entry.id if entry is not None else ""
        if entry is None:
            others = baseline.alike(finding)
            note = f"the baseline has it {_at(others[0].culprit)} only" if others else ""
            return Verdict(fails=fails, note=note)
        if finding.count <= entry.count:
            return Verdict("known", entry.count, fails=False, moved_from=moved_from)
        note = f"grown: {entry.count} → {finding.count} statements since the baseline was written"
        return Verdict("grown", entry.count, fails, moved_from, note)


def failing_kinds(options: Options) -> frozenset[str]:
    """The kinds of findings that fail a test in strict mode; the others are told as warnings."""
    return _FAILING | _LATENT if options.latent else _FAILING


def _at(culprit: str) -> str:
    return f"in {culprit.replace(' in ', ', ', 1)}" if culprit else "elsewhere"
