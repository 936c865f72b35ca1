"""The baseline in a run: read at its start, handed to the workers, held against the results, and written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .baseline import Baseline, Coverage, fixed_in, updated
from .baseline_file import baseline_of, baseline_text, loaded
from .line_files import write
from .paths import check_writable, is_worker
from .verdicts import failing_kinds

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    import pytest

    from .arguments import Options
    from .collecting import Collector
    from .paths import NamedFile
    from .results import Fixed, Result

__all__ = ["baseline_in", "coverage_of", "fixed_by", "hand_over", "rewritten"]

_KEY = "nplusone_baseline"


def baseline_in(file: NamedFile, config: pytest.Config, options: Options) -> Baseline:
    """The known findings, from their file.

    Raises:
        pytest.UsageError: The file is missing or broken.
    """
    if is_worker(config):
        # The file may be on another machine, or be written in the meantime.
        return baseline_of(file, config.workerinput[_KEY])  # type: ignore[attr-defined]
    if options.update_baseline:
        check_writable(file)
    return loaded(file, may_be_missing=options.update_baseline)


def hand_over(baseline: Baseline, workerinput: dict[str, Any]) -> None:
    """Let a worker of pytest-xdist know the baseline."""
    workerinput[_KEY] = baseline_text(baseline)


def coverage_of(options: Options, collector: Collector, reported: AbstractSet[str], *, whole: bool) -> Coverage:
    """What the run can speak about.

    Args:
        options: What the run was asked for.
        collector: What the tests have found.
        reported: All tests that ran in some way.
        whole: Whether every test of the project ran.
    """
    return Coverage(
        completed=collector.completed,
        reported=reported,
        whole=whole,
        kinds=failing_kinds(options),
        threshold=options.threshold or 2,
    )


def fixed_by(
    baseline: Baseline, found: tuple[Result, ...], collector: Collector, run: Coverage
) -> tuple[Fixed, ...]:
    """What of the baseline is gone."""
    return fixed_in(baseline, found, collector.moved(), run)


def rewritten(
    options: Options, baseline: Baseline, found: tuple[Result, ...], collector: Collector, run: Coverage
) -> str:
    """Write the baseline, if that was asked for; says what has changed in it."""
    named = options.baseline
    if named is None or not (options.update_baseline or options.prune):
        return ""
    if not collector.tests:
        return f"{named.spelled} was left as it is: no test was watched"
    changes = updated(baseline, found, collector.moved(), run, update=options.update_baseline, prune=options.prune)
    text = baseline_text(changes.baseline)
    if not named.path.exists() or named.path.read_text(encoding="utf-8") != text:
        write(named.path, text)
    counts = {"added": changes.added, "changed": changes.changed, "removed": changes.removed}
    told = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    return f"{named.spelled}: {told or 'nothing to change'}"
