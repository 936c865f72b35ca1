"""What happens at the end of a run: the results are put together, written to files and told.

Only in the process that started the run; not in the workers of pytest-xdist.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

import pytest

from .report_files import written
from .staleness import is_whole_run, stale_lines

if TYPE_CHECKING:
    from .arguments import Options
    from .collecting import Collector
    from .results import Results

__all__ = ["RunEnd"]


class RunEnd:
    """The plugin that takes over what the reports carry, and tells it at the end.

    Args:
        config: pytest's.
        options: What the run was asked for.
    """

    def __init__(self, config: pytest.Config, options: Options) -> None:
        self._config = config
        self._options = options
        self._collector: Collector | None = None
        self.results: Results | None = None
        self._notes: list[str] = []

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take over what a test found, in this process or in a worker."""
        try:
            if report.when == "call" and hasattr(report, "nplusone"):
                self._collected().add(report)
        except Exception as error:  # noqa: BLE001 — an error of ours fails no run
            self._note("some of the results are lost", error)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Put the results together and write the files, before the terminal tells of them."""
        try:
            if self._collector is not None or self._options.reports:
                self._finish()
        except Exception as error:  # noqa: BLE001 — an error of ours fails no run
            self._note("the results could not be told", error)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Tell the results, if there is something to say."""
        try:
            self._tell(terminalreporter)
        except Exception as error:  # noqa: BLE001 — an error of ours fails no run
            terminalreporter.write_line(
                f"nplusone: the results could not be told: {type(error).__name__}: {error}"
            )

    def _tell(self, terminalreporter: pytest.TerminalReporter) -> None:
        from .terminal import tell  # noqa: PLC0415 — rarely needed

        ignored = self._collector.ignored if self._collector is not None else set()
        stale = stale_lines(ignored) if is_whole_run(terminalreporter) and self._options.strict else []
        tell(terminalreporter, self.results, self._notes, stale)
        for line in self._annotations():
            terminalreporter.write_line(line)

    def _note(self, consequence: str, error: Exception) -> None:
        note = f"{consequence}: {type(error).__name__}: {error}"
        if note not in self._notes:
            self._notes.append(note)

    def _finish(self) -> None:
        from .collecting import merged  # noqa: PLC0415 — only where Django is

        collector = self._collected()
        elsewhere = self._config.hook.pytest_nplusone_results(config=self._config)
        found = merged([*collector.found(), *(result for results in elsewhere for result in results)])
        self.results = collector.results(found)
        self._notes += written(self.results, self._options.reports)

    def _annotations(self) -> list[str]:
        """The lines by which GitHub Actions marks lines of a pull request; its summary of the job is written too."""
        if self.results is None or os.environ.get("GITHUB_ACTIONS") != "true":
            return []
        try:
            github = import_module(".reports.github", __package__)
            github.write_step_summary(self.results)
            return list(github.annotations(self.results))
        except Exception as error:  # noqa: BLE001 — an error of ours fails no run
            return [f"nplusone: GitHub was not told: {type(error).__name__}: {error}"]

    def _collected(self) -> Collector:
        from .collecting import Collector  # noqa: PLC0415 — only where Django is

        if self._collector is None:
            self._collector = Collector()
        return self._collector
