"""What happens at the end of a run: the results are put together, written to files and told.

Only in the process that started the run; not in the workers of pytest-xdist.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from .collecting import Collector, merged
from .node_ids import node_ids_of
from .paths import is_distributing
from .report_files import written
from .staleness import is_whole_run, ran_every_test, stale_lines

if TYPE_CHECKING:
    from .arguments import Options
    from .baseline import Baseline
    from .budget_records import BudgetRecords
    from .results import Result, Results
    from .verdicts import Verdicts
    from .workload import RunWorkload

__all__ = ["RunEnd", "RunEndOfWorker"]

_DESELECTED = "nplusone_deselected"
"""By this name a worker of pytest-xdist tells that it left tests out."""

_RECORDED = "nplusone_workload"
"""And by this one, what the tests made the project run in it."""


class RunEnd:
    """The plugin that takes over what the reports carry, and tells it at the end.

    Args:
        config: pytest's.
        options: What the run was asked for.
        verdicts: Who says what a finding is beside the baseline.
        baseline: The known findings, `None` without a file of them.
        records: The recorded budgets.
        workload: What the tests make the project run, `None` where that is not recorded.

    Attributes:
        wants_every_report: Whether those of tests that found nothing are of interest, too.
        results: What the run found, from the end of the session on.
        whole: Whether every test of the project ran, or had its chance to; from the end of the session on.
    """

    def __init__(
        self,
        config: pytest.Config,
        options: Options,
        verdicts: Verdicts,
        baseline: Baseline | None,
        records: BudgetRecords,
        workload: RunWorkload | None,
    ) -> None:
        self.results: Results | None = None
        self.whole = False
        self._config = config
        self._options = options
        self._verdicts = verdicts
        self._baseline = baseline
        self._records = records
        self._workload = workload
        self._reported: set[str] = set()
        self._notes_reported = baseline is not None or options.budgets.update
        self.wants_every_report = self._notes_reported or is_distributing(config)
        self._collector = Collector()
        self._all_collected = True
        self._notes: list[str] = []
        self._ignored: set[str] = set()

    def note(self, sentence: str) -> None:
        """Something else to tell at the end, once; unless it is empty."""
        if sentence and sentence not in self._notes:
            self._notes.append(sentence)

    def note_ignored(self, names: Iterable[str]) -> None:
        """These ignored a finding that no single test has; named as by `staleness.name_of`."""
        self._ignored.update(names)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Let a worker of pytest-xdist know the baseline, by which it decides what fails."""
        if self._baseline is not None:
            from .ratchet import hand_over  # noqa: PLC0415 — only with a baseline

            hand_over(self._baseline, node.workerinput)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Notice a file whose tests nobody knows."""
        if not report.passed:
            self._all_collected = False

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """Take over what ran in a worker of pytest-xdist; notice that it left out tests."""
        output = getattr(node, "workeroutput", {})
        if error or output.get(_DESELECTED):
            self._all_collected = False
        if self._workload is None:
            return
        try:
            self._workload.take_over(output[_RECORDED])
        except Exception as failed:  # noqa: BLE001 — an error of ours fails no run
            self.note(f"what a worker recorded of the workload is lost: {type(failed).__name__}: {failed}")

    def saw_nothing(self, test: str) -> None:
        """`test` ran to its end under watch and has nothing to tell; before that, none had."""
        self._collector.completed.add(test)

    def take_over(self, report: pytest.TestReport) -> None:
        """Take over what a test found, in this process or in a worker. Never raises."""
        if report.when == "teardown":
            return  # that carries nothing
        try:
            if report.when != "call":
                if self._notes_reported:  # the test is known at its set-up
                    self._reported |= node_ids_of(report, self._config)
                return
            if self._options.budgets.update:
                self._records.add(report)
            if hasattr(report, "nplusone"):
                self._collector.add(report)
        except Exception as error:  # noqa: BLE001 — an error of ours fails no run
            self.note(f"some of the results are lost: {type(error).__name__}: {error}")

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Put the results together and write the files, before the terminal tells of them."""
        if self._config.option.collectonly:
            return
        try:
            self.whole = self._is_whole(session, exitstatus)
            if self._has_results():
                self._finish(whole=self.whole)
            self.note(self._records.rewritten(self._reported, whole=self.whole))
            if self._workload is not None:
                self.note(self._workload.written())
        except Exception as error:  # noqa: BLE001 — an error of ours fails no run
            self.note(f"the results could not be told: {type(error).__name__}: {error}")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Tell the results, if there is something to say."""
        try:
            self._tell(terminalreporter)
        except Exception as error:  # noqa: BLE001 — an error of ours fails no run
            terminalreporter.write_line(
                f"nplusone: the results could not be told: {type(error).__name__}: {error}"
            )

    def _tell(self, terminalreporter: pytest.TerminalReporter) -> None:
        ignored = self._ignored | self._collector.ignored
        stale = []
        if is_whole_run(terminalreporter) and self._options.strict:
            stale = stale_lines(ignored, self._config.rootpath)
        if self.results is not None or self._notes or stale:
            from .terminal import tell  # noqa: PLC0415 — rarely needed

            tell(terminalreporter, self.results, self._notes, stale)
        for line in self._annotations():
            terminalreporter.write_line(line)

    def _has_results(self) -> bool:
        """Whether somebody wants to know the results, or there are some."""
        elsewhere = self._config.hook.pytest_nplusone_results.get_hookimpls()
        asked = self._baseline is not None or self._options.reports or elsewhere
        return bool(asked) or not self._collector.is_silent

    def _finish(self, *, whole: bool) -> None:
        collector = self._collector
        found = merged([*collector.found(), *self._elsewhere()])
        if self._baseline is None:
            self.results = collector.results(found)
        else:
            self.results = self._beside(self._baseline, collector, found, whole=whole)
        self._notes += written(self.results, self._options.reports)

    def _beside(
        self, baseline: Baseline, collector: Collector, found: tuple[Result, ...], *, whole: bool
    ) -> Results:
        """What was found, held against the baseline, which is written anew if that was asked for."""
        from .ratchet import coverage_of, fixed_by, rewritten  # noqa: PLC0415 — only with a baseline

        named = self._options.baseline.spelled if self._options.baseline else ""
        run = coverage_of(self._options, collector, self._reported, whole=whole)
        fixed = fixed_by(baseline, found, collector, run)
        self.note(rewritten(self._options, baseline, found, collector, run))
        if fixed and not self._options.prune:
            self.note(f"--nplusone-prune takes what is fixed out of {named}")
        if self._options.update_baseline:
            # They are in the file now.
            found = merged(
                replace(one, status="known", recorded=one.finding.count) if one.finding.kind in run.kinds else one
                for one in found
            )
        return collector.results(found, fixed, named)

    def _elsewhere(self) -> list[Result]:
        """Findings of the whole run, beside the baseline."""
        judged = []
        for results in self._config.hook.pytest_nplusone_results(config=self._config):
            for result in results:
                finding = result.finding
                verdict = self._verdicts.on("", [finding])[finding.id]
                fails = result.fails and verdict.fails
                judged.append(replace(result, status=verdict.status, recorded=verdict.recorded, fails=fails))
        return judged

    def _is_whole(self, session: pytest.Session, exitstatus: int) -> bool:
        """Whether every test of the project ran, or had its chance to."""
        terminal = self._config.pluginmanager.get_plugin("terminalreporter")
        stopped = bool(session.shouldstop or session.shouldfail)
        ended = exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED} and not stopped
        return ended and self._all_collected and terminal is not None and ran_every_test(terminal)

    def _annotations(self) -> list[str]:
        """The lines by which GitHub Actions marks those of a pull request; its job's summary is written too."""
        if self.results is None or os.environ.get("GITHUB_ACTIONS") != "true":
            return []
        try:
            github = import_module(".reports.github", __package__)
            github.write_step_summary(self.results)
            return list(github.annotations(self.results))
        except Exception as error:  # noqa: BLE001 — an error of ours fails no run
            return [f"nplusone: GitHub was not told: {type(error).__name__}: {error}"]


class RunEndOfWorker:
    """Tells the process that started the run what it cannot see itself: what was left out, and what ran."""

    def __init__(self, config: pytest.Config, workload: RunWorkload | None) -> None:
        self._config = config
        self._workload = workload

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        """Tests are left out."""
        if items:
            self._config.workeroutput[_DESELECTED] = True  # type: ignore[attr-defined]

    def pytest_sessionfinish(self) -> None:
        """Hand over what ran."""
        if self._workload is not None:
            with suppress(Exception):  # an error of ours fails no run
                self._config.workeroutput[_RECORDED] = self._workload.handed_over()  # type: ignore[attr-defined]
