"""The pytest plugin: `assert_max_queries`, `assert_constant_queries`, and `--nplusone-strict` against N+1 queries.

Without an option, a marker or the fixture it does nothing, and it never imports Django itself, except for
`--nplusone-unused-loads`.
"""

from __future__ import annotations

from collections.abc import Generator

import pytest

from . import hooks
from .arguments import add_options, options_of, wants_unused_loads
from .around_tests import AROUND_TESTS, AroundTests
from .budget_records import RECORDS, BudgetRecords
from .fixtures import assert_constant_queries, assert_max_queries
from .markers import has_markers
from .paths import is_worker
from .verdicts import Verdicts
from .workload import WORKLOAD, RunWorkload

__all__ = ["assert_constant_queries", "assert_max_queries"]

_NPLUSONE = (
    "nplusone(ignore=[...], threshold=N): with --nplusone-strict, findings about these labels (such as "
    '"library.Book.author" or "library.Book.*") do not fail the test; N repetitions make a finding.'
)
_MAX_QUERIES = (
    "max_queries(num, using=None, info=None): the test's body may do at most num queries, on all databases or on "
    "the alias (or aliases) using."
)


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Declare the options."""
    add_options(parser, pluginmanager)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, object, object]:
    """Watch eager loads, if that is asked for, before pytest-django imports the project."""
    if wants_unused_loads(early_config):
        from .unused_loads import watch_early  # noqa: PLC0415 — most runs do without

        watch_early()
    return (yield)


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Declare the hook for findings that no single test has."""
    pluginmanager.add_hookspecs(hooks)


def pytest_configure(config: pytest.Config) -> None:
    """Read the options; where tests are watched, see to the requests and to the end of the run."""
    for marker in (_NPLUSONE, _MAX_QUERIES):
        config.addinivalue_line("markers", marker)
    options = options_of(config)
    config.stash[RECORDS] = records = BudgetRecords(options.budgets)
    config.stash[WORKLOAD] = workload = RunWorkload(options.workload) if options.workload is not None else None
    baseline = None
    if options.baseline is not None and options.watching:
        from .ratchet import baseline_in  # noqa: PLC0415 — only with a baseline

        baseline = baseline_in(options.baseline, config, options)
    verdicts = Verdicts(options, baseline)
    run_end = None
    if options.watching or options.unused_loads or options.budgets.update:
        from .run_end import RunEnd, RunEndOfWorker  # noqa: PLC0415 — only where something is told at the end

        if is_worker(config):
            config.pluginmanager.register(RunEndOfWorker(config, workload), "nplusone-worker")
        else:
            run_end = RunEnd(config, options, verdicts, baseline, records, workload)
            config.pluginmanager.register(run_end, "nplusone-run-end")
    around = config.stash[AROUND_TESTS] = AroundTests(config, options, verdicts, records, run_end)
    if options.watching or options.budgets.each_test or options.budgets.update:
        around.begin()
    else:
        config.pluginmanager.register(LateMarkers(around), "nplusone-late-markers")
    if options.watching:
        from .handlers import install  # noqa: PLC0415 — wrapt is needed where tests are watched only

        install()
    if options.unused_loads:
        from .unused_loads import UnusedLoads  # noqa: PLC0415 — most runs do without

        config.pluginmanager.register(UnusedLoads(config), "nplusone-unused-loads")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """See what the tests ask for, by their markers and by what they are."""
    config.stash[AROUND_TESTS].collected(items)


class LateMarkers:
    """The plugin that notices a marker which a fixture has added, in a run that asks for nothing.

    Args:
        around: What is to begin with the first of them.
    """

    def __init__(self, around: AroundTests) -> None:
        self._around = around

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """The fixtures of `item` have been set up."""
        if not self._around.has_begun and has_markers(item):
            self._around.begin(marked=True)
