"""What was the run asked for? The command line and the ini file, checked and as plain values.

What a test asks for is in `markers`. Nothing of Django is imported.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest

from .budget_records import BudgetOptions, add_budget_options, budget_options_of
from .paths import NamedFile, named_file
from .report_files import ReportFile, add_report_options, report_files_of
from .strictness import add_strict_option, strictness_of
from .workload import add_workload_option, workload_file_of

__all__ = ["LEAST_THRESHOLD", "Options", "add_options", "number", "options_of", "wants_unused_loads"]

LEAST_THRESHOLD = 2  # one statement repeats nothing


class Options(NamedTuple):
    """What the run was asked for.

    Attributes:
        budgets: What is asked about recorded budgets.
        strict: Whether findings fail tests.
        latent: Whether latent N+1s do, too.
        threshold: How many statements make a finding; `None` for the defaults.
        baseline: The file of the known findings, `None` without one.
        update_baseline: Whether what is found is taken into that file, and fails no test.
        prune: Whether what is fixed is taken out of it.
        reports: The files to write at the end.
        workload: The file to record the statements in, `None` for none.
        unused_loads: Whether to tell what is loaded ahead and not read.
    """

    budgets: BudgetOptions
    strict: bool = False
    latent: bool = False
    threshold: int | None = None
    baseline: NamedFile | None = None
    update_baseline: bool = False
    prune: bool = False
    reports: tuple[ReportFile, ...] = ()
    workload: NamedFile | None = None
    unused_loads: bool = False

    @property
    def watching(self) -> bool:
        """Whether anybody wants to know what the tests do: a report may be written of tests that all pass."""
        return self.strict or bool(self.reports) or self.workload is not None


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
    group.addoption(
        "--nplusone-unused-loads",
        action="store_true",
        default=None,
        help="After a whole run, list what select_related() and prefetch_related() load and no code reads.",
    )
    parser.addini("nplusone_unused_loads", "The same as --nplusone-unused-loads.", type="bool", default=False)
    parser.addini("nplusone_threshold", "The same as --nplusone-threshold.", default="")
    _add_baseline_options(parser)
    add_budget_options(parser)
    add_report_options(parser)
    add_workload_option(parser)


def _add_baseline_options(parser: pytest.Parser) -> None:
    group = parser.getgroup("nplusone")
    group.addoption(
        "--nplusone-baseline",
        metavar="FILE",
        help="The known findings: those do not fail a test, new ones do. Switches on --nplusone-strict.",
    )
    group.addoption(
        "--nplusone-update-baseline",
        action="store_true",
        help="Write what the tests find into the baseline; no test fails for it.",
    )
    group.addoption(
        "--nplusone-prune",
        action="store_true",
        help="Take what is fixed out of the baseline, and lower the counts that came down.",
    )
    parser.addini("nplusone_baseline", "The file of the known findings, in strict mode.", default="")


def options_of(config: pytest.Config) -> Options:
    """The options in force; the command line wins over the ini file.

    Raises:
        pytest.UsageError: The threshold is not a whole number of at least 2, a report cannot be written, there
            is no baseline to change, or the value of `nplusone_strict` is none that there is.
    """
    strictness = strictness_of(config)
    spelled, name = config.getoption("nplusone_threshold"), "--nplusone-threshold"
    if spelled is None:
        spelled, name = config.getini("nplusone_threshold"), "nplusone_threshold"
    threshold = None
    if spelled != "":
        threshold = number(_whole(spelled), name, LEAST_THRESHOLD)
    update_baseline, prune = config.getoption("nplusone_update_baseline"), config.getoption("nplusone_prune")
    baseline = named_file(config, "nplusone_baseline")
    if baseline is None and (update_baseline or prune):
        raise pytest.UsageError(
            f"{'--nplusone-update-baseline' if update_baseline else '--nplusone-prune'} needs a file: "
            "--nplusone-baseline=nplusone-baseline.jsonl, or nplusone_baseline in the ini file"
        )
    return Options(
        strict=strictness.strict or _has_baseline(config),
        latent=strictness.latent,
        threshold=threshold,
        baseline=baseline,
        update_baseline=update_baseline,
        prune=prune,
        reports=report_files_of(config),
        budgets=budget_options_of(config),
        workload=workload_file_of(config),
        unused_loads=wants_unused_loads(config),
    )


def _has_baseline(config: pytest.Config) -> bool:
    """Whether the command line holds the findings against a baseline, which switches strict mode on.

    In the ini file `nplusone_baseline` only says where that is, so that a run can go without strict mode.
    """
    asked = ("nplusone_baseline", "nplusone_update_baseline", "nplusone_prune")
    return any(config.getoption(name) for name in asked)


def wants_unused_loads(config: pytest.Config) -> bool:
    """Whether to tell what is loaded ahead and not read."""
    # Also asked before the command line has been read to its end.
    given = getattr(config.known_args_namespace, "nplusone_unused_loads", None)
    return bool(config.getini("nplusone_unused_loads") if given is None else given)


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
