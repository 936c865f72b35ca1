"""What was the run asked for? The command line and the ini file, checked and as plain values.

What a test asks for is in `markers`. Nothing of Django is imported.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from .report_files import ReportFile, add_report_options, report_files_of
from .strictness import add_strict_option, strictness_of

__all__ = ["LEAST_THRESHOLD", "Options", "add_options", "number", "options_of"]

LEAST_THRESHOLD = 2  # one statement repeats nothing


@dataclass(frozen=True, slots=True)
class Options:
    """What the run was asked for.

    Attributes:
        strict: Whether findings fail tests.
        latent: Whether latent N+1s do, too.
        threshold: How many statements make a finding; `None` for the defaults.
        reports: The files to write at the end.
    """

    strict: bool = False
    latent: bool = False
    threshold: int | None = None
    reports: tuple[ReportFile, ...] = ()

    @property
    def watching(self) -> bool:
        """Whether anybody wants to know what the tests find: a report may be written of tests that all pass."""
        return self.strict or bool(self.reports)


def add_options(parser: pytest.Parser, manager: pytest.PytestPluginManager) -> None:
    """Declare the options of the command line and of the ini file."""
    group = parser.getgroup("nplusone", "N+1 queries (nplusone-guard)")
    add_strict_option(parser, manager)
    group.addoption(
        "--nplusone-threshold",
        metavar="N",
        help="How many repetitions fail a test, for all kinds of findings. Default: 2 for N+1 queries, "
        "the setting THRESHOLDS for the other kinds.",
    )
    parser.addini("nplusone_threshold", "The same as --nplusone-threshold.", default="")
    add_report_options(parser)


def options_of(config: pytest.Config) -> Options:
    """The options in force; the command line wins over the ini file.

    Raises:
        pytest.UsageError: The threshold is not a whole number of at least 2, or a report cannot be written, or
            the value of `nplusone_strict` is none that there is.
    """
    strictness = strictness_of(config)
    spelled, name = config.getoption("nplusone_threshold"), "--nplusone-threshold"
    if spelled is None:
        spelled, name = config.getini("nplusone_threshold"), "nplusone_threshold"
    threshold = None
    if spelled != "":
        threshold = number(_whole(spelled), name, LEAST_THRESHOLD)
    return Options(
        strict=strictness.strict,
        latent=strictness.latent,
        threshold=threshold,
        reports=report_files_of(config),
    )


def number(value: object, name: str, least: int) -> int:
    """`value`, when it is a whole number of at least `least`.

    Raises:
        pytest.UsageError: It is not; the message begins with `name`.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise pytest.UsageError(f"{name} is {value!r}, expected a whole number of at least {least}")
    return value


def _whole(spelled: object) -> object:
    try:
        return int(str(spelled))
    except ValueError:
        return spelled
