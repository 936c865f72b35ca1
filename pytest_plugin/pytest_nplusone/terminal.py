"""The end of the run: how many findings, in how many tests, which one is the worst, and which ignores are stale.

What a test found travels on its report, as plain values, so that the workers of pytest-xdist hand it over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .staleness import is_whole_run, stale_lines

if TYPE_CHECKING:
    from .strict import Found

__all__ = ["RunSummary", "attach"]

_FOUND, _IGNORED, _ERROR = "nplusone_found", "nplusone_ignored", "nplusone_error"


def attach(report: pytest.TestReport, found: tuple[Found, ...], ignored: list[str], error: str) -> None:
    """Let `report` carry what its test found, what ignored something, and an error of the guard itself."""
    values = [{"id": one.finding.id, "label": one.finding.label, "count": one.finding.count} for one in found]
    setattr(report, _FOUND, values)
    setattr(report, _IGNORED, ignored)
    setattr(report, _ERROR, error)


class RunSummary:
    """The plugin that adds up what the reports carry."""

    def __init__(self) -> None:
        self._tests: set[str] = set()
        self._labels: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self._ignored: set[str] = set()
        self._errors: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take over what a test found, in this process or in a worker."""
        found: list[dict[str, Any]] = getattr(report, _FOUND, [])
        for one in found:
            self._tests.add(report.nodeid)
            self._labels[one["id"]] = one["label"]
            self._counts[one["id"]] = max(one["count"], self._counts.get(one["id"], 0))
        self._ignored.update(getattr(report, _IGNORED, []))
        error = getattr(report, _ERROR, "")
        if error:
            self._errors.setdefault(error, report.nodeid)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Write the line, if there is something to say; `-q` leaves out its heading, `-qq` the line."""
        lines = [*self._summary(), *self._problems()]
        if is_whole_run(terminalreporter):
            lines += stale_lines(self._ignored)
        if not lines or terminalreporter.verbosity < -1:
            return
        if terminalreporter.verbosity >= 0:
            terminalreporter.section("nplusone")
        for line in lines:
            terminalreporter.write_line(line)

    def _summary(self) -> list[str]:
        if not self._counts:
            return []
        worst = max(self._counts, key=lambda one: self._counts[one])
        findings, tests = _number(len(self._counts), "finding"), _number(len(self._tests), "test")
        return [f"nplusone: {findings} in {tests}, worst: {self._labels[worst]} × {self._counts[worst]}"]

    def _problems(self) -> list[str]:
        return [
            f"nplusone: the guard itself failed in {nodeid}, which was not judged: {error}"
            for error, nodeid in self._errors.items()
        ]


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
