"""Which report files were asked for, and which module writes each?"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

import pytest

from .paths import NamedFile, check_writable, is_worker, named_file

if TYPE_CHECKING:
    from .results import Results

__all__ = ["ReportFile", "add_report_options", "report_files_of", "written"]

_FORMATS = {
    "JSON": ("nplusone_json", "json_report", "All findings of the run as JSON, for programs."),
    "SARIF": ("nplusone_sarif", "sarif", "All findings of the run as SARIF 2.1.0, for code scanning."),
    "HTML": ("nplusone_html", "html", "All findings of the run as one page that opens without a network."),
}
"""The option, the module in `reports` that has `write(results, path)`, and the option's help."""


class ReportFile(NamedTuple):
    """A report to write at the end of the run.

    Attributes:
        format: What people call it: `JSON`, `SARIF` or `HTML`.
        file: Where it goes.
    """

    format: str
    file: NamedFile


def add_report_options(parser: pytest.Parser) -> None:
    """Declare an option for each format, of the command line and of the ini file."""
    group = parser.getgroup("nplusone")
    for option, _, text in _FORMATS.values():
        spelled = f"--{option.replace('_', '-')}"
        group.addoption(spelled, metavar="FILE", help=text)
        parser.addini(option, f"The same as {spelled}.", default="")


def report_files_of(config: pytest.Config) -> tuple[ReportFile, ...]:
    """The reports that were asked for; their folders are made.

    Raises:
        pytest.UsageError: One of them cannot be written.
    """
    files = []
    for spelled, (option, _, _) in _FORMATS.items():
        named = named_file(config, option)
        if named is not None:
            if not is_worker(config):
                check_writable(named)
            files.append(ReportFile(spelled, named))
    return tuple(files)


def written(results: Results, files: tuple[ReportFile, ...]) -> Iterator[str]:
    """Write the reports; says of each where it is, or why it could not be written."""
    for report in files:
        _, module, _ = _FORMATS[report.format]
        try:
            import_module(f".reports.{module}", __package__).write(results, report.file.path)
        except Exception as error:  # noqa: BLE001 — an error of ours fails no run
            yield f"the {report.format} report could not be written: {type(error).__name__}: {error}"
        else:
            yield f"{report.format} report: {report.file.spelled}"
