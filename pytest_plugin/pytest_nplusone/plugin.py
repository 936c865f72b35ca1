"""The pytest plugin: `assert_max_queries`, `assert_constant_queries`, and `--nplusone-strict` against N+1 queries.

Without an option, a marker or the fixture it does nothing, and it never imports Django itself, except for
`--nplusone-unused-loads`.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import suppress

import pytest

from . import hooks
from .ambience import silence
from .arguments import Options, add_options, options_of, wants_unused_loads
from .budget_records import RECORDS, BudgetRecords
from .budgets import assert_max_queries
from .checking import Check, check_of, failed_in_unittest
from .growth import assert_constant_queries
from .markers import budgets_of, wishes_of
from .paths import is_worker
from .ratchet import baseline_for
from .readiness import django_is_ready, prepare, skip_without_django
from .reports import junit
from .run_end import DESELECTED, RECORDED, RunEnd
from .unused_loads import UnusedLoads, watch_early
from .verdicts import Verdicts
from .workload import WORKLOAD, RunWorkload

__all__ = ["assert_constant_queries", "assert_max_queries"]

_OPTIONS = pytest.StashKey[Options]()
_MODULES = pytest.StashKey[frozenset[str]]()
_VERDICTS = pytest.StashKey[Verdicts]()
_CHECK = pytest.StashKey[Check | None]()
_ERROR = pytest.StashKey[str]()
_COMPLETED = pytest.StashKey[bool]()

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
        watch_early()
    return (yield)


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Declare the hook for findings that no single test has."""
    pluginmanager.add_hookspecs(hooks)


def pytest_configure(config: pytest.Config) -> None:
    """Read the options; where tests are watched, see to the requests and to the end of the run."""
    for marker in (_NPLUSONE, _MAX_QUERIES):
        config.addinivalue_line("markers", marker)
    options = config.stash[_OPTIONS] = options_of(config)
    config.stash[_MODULES] = frozenset()
    config.stash[RECORDS] = records = BudgetRecords(options.budgets)
    config.stash[WORKLOAD] = workload = RunWorkload(options.workload) if options.workload is not None else None
    baseline = baseline_for(config, options)
    config.stash[_VERDICTS] = verdicts = Verdicts(options, baseline)
    if options.watching:
        from .handlers import install  # noqa: PLC0415 — wrapt is needed where tests are watched only

        install()
    if options.unused_loads:
        config.pluginmanager.register(UnusedLoads(config), "nplusone-unused-loads")
    if not (options.watching or options.unused_loads or options.budgets.update):
        return
    if is_worker(config):
        config.pluginmanager.register(_Worker(config, workload), "nplusone-worker")
    else:
        config.pluginmanager.register(
            RunEnd(config, options, verdicts, baseline, records, workload), "nplusone-run-end"
        )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Remember which files hold tests, whatever they are called."""
    # Doctests are items too, of the project's own modules.
    config.stash[_MODULES] = frozenset(str(item.path) for item in items if isinstance(item, pytest.Function))


class _Worker:
    """Tells the process that started the run what it cannot see itself: what was left out, and what ran."""

    def __init__(self, config: pytest.Config, workload: RunWorkload | None) -> None:
        self._config = config
        self._workload = workload

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        if items:
            self._config.workeroutput[DESELECTED] = True  # type: ignore[attr-defined]

    def pytest_sessionfinish(self) -> None:
        if self._workload is not None:
            with suppress(Exception):  # an error of ours fails no run
                self._config.workeroutput[RECORDED] = self._workload.handed_over()  # type: ignore[attr-defined]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Refuse markers that cannot be meant, before anything else is done for the test."""
    item.config.stash[RECORDS].begin(item)
    wrong = ""
    try:
        wishes_of(item)
        if item.get_closest_marker("max_queries") is not None:
            skip_without_django()
        budgets_of(item)
    except pytest.UsageError as error:
        wrong = str(error)
    if wrong:
        pytest.fail(wrong, pytrace=False)
    with suppress(Exception):  # the body of the test tries again, and tells it
        if item.config.stash[_OPTIONS].watching and django_is_ready():
            prepare()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Watch the body of the test, and fail it afterwards if need be."""
    stash = item.config.stash
    item.stash[_COMPLETED] = False  # it may have run before: pytest-rerunfailures
    item.stash[_ERROR] = ""
    check: Check | None = None
    try:
        check = check_of(item, stash[_OPTIONS], stash[_VERDICTS], stash[_MODULES])
    except Exception as error:  # noqa: BLE001 — an error of ours fails no test
        item.stash[_ERROR] = f"{type(error).__name__}: {error}"
    item.stash[_CHECK] = check
    if check is None:
        return (yield)
    with check.test_method(item):
        try:
            result = yield
        except BaseException:
            # A failure of the test's own stays what it is, a skip too; the findings are told beside it.
            check.tell_beside(item)
            raise
    if failed_in_unittest(item):
        check.tell_beside(item)
        return result
    item.stash[_COMPLETED] = True
    message = check.verdict()
    if message:
        pytest.fail(message, pytrace=False)
    return result


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Let the scope of a test function begin and end with its body."""
    check = pyfuncitem.stash.get(_CHECK, None)
    if check is None:
        return (yield)
    with check.body():
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_fixture_setup() -> Generator[None, object, object]:
    """Leave out what a fixture does, even when a test asks for it in the middle of its body."""
    with silence():
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let the report carry what is told at the end of the run."""
    report = yield
    if call.when != "call":
        return report
    check, error = item.stash.get(_CHECK, None), item.stash.get(_ERROR, "")
    with suppress(Exception):  # an error of ours fails no test; and there is nothing left to tell it with
        item.config.stash[RECORDS].attach(item, report)
        if error or (check is not None and check.is_judged):
            from .collecting import attach_safely  # noqa: PLC0415 — only where Django is

            attach_safely(report, check, error, completed=item.stash.get(_COMPLETED, False))
            if check is not None:
                junit.tell(item, report, check.found)
    return report
