"""pytest's hooks around a test. They are there once the run, a marker or a fixture asks for something.

A hook that is registered costs each test of a run, also one that wants nothing of it: what few tests need are
plugins of their own, for the runs that have such tests.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeGuard

import pytest
from _pytest.unittest import TestCaseFunction

from .markers import budgets_of, has_markers, wishes_of
from .paths import is_worker
from .readiness import django_is_ready, prepare, skip_without_django

if TYPE_CHECKING:
    from .arguments import Options
    from .budget_records import BudgetRecords
    from .checking import Check, Checks
    from .run_end import RunEnd
    from .verdicts import Verdicts

__all__ = ["AROUND_TESTS", "AroundTests"]


class AroundTests:
    """The plugin that watches the tests of this process, one after the other.

    Args:
        config: pytest's.
        options: What the run asks for.
        verdicts: Who says which findings fail a test.
        records: The recorded budgets.
        run_end: Who tells what the tests found, where this process does.

    Attributes:
        has_begun: Whether tests are watched.
    """

    def __init__(
        self,
        config: pytest.Config,
        options: Options,
        verdicts: Verdicts,
        records: BudgetRecords,
        run_end: RunEnd | None,
    ) -> None:
        self.has_begun = False
        self._config = config
        self._options = options
        self._verdicts = verdicts
        self._records = records
        self._run_end = run_end
        self._has_reports = False
        self._modules: frozenset[str] = frozenset()
        self._has_methods = False
        self._checks: Checks | None = None
        self._check: Check | None = None
        self._error = ""
        self._ended: pytest.Item | None = None
        self._completed = False

    def begin(self, *, marked: bool = False) -> None:
        """Watch from now on; and see to the markers, where tests are `marked`."""
        self.has_begun = True
        self._register("nplusone-around-tests", self)
        if self._has_methods:
            self._register("nplusone-around-methods", AroundMethods(self))
        if marked or self._options.budgets.update:
            self._register("nplusone-before-tests", BeforeTests(self._records))
        if is_worker(self._config) or (self._run_end is not None and self._run_end.wants_every_report):
            self._begin_reports()

    def _begin_reports(self) -> None:
        self._has_reports = True
        self._register("nplusone-around-reports", AroundReports(self, self._run_end))

    def _register(self, name: str, plugin: object) -> None:
        manager = self._config.pluginmanager
        if not manager.has_plugin(name):
            manager.register(plugin, name)

    def collected(self, items: Sequence[pytest.Item]) -> None:
        """Remember which files hold tests, whatever they are called; and see what the tests ask for."""
        # Doctests are items too, of the project's own modules.
        tests = [item for item in items if isinstance(item, pytest.Function)]
        self._modules = frozenset([str(item.path) for item in tests])
        self._has_methods = any(map(_is_of_unittest, tests))
        marked = any(map(has_markers, items))
        if self.has_begun or marked:
            self.begin(marked=marked)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self) -> None:
        """Make statements known before the first fixture connects."""
        if self._options.watching and django_is_ready():
            with suppress(Exception):  # the body of the first test tries again, and tells it
                prepare()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, object, object]:
        """Watch a test function, and fail it afterwards if need be."""
        check = self.check_of(pyfuncitem)
        if check is not None:
            check.begin_body()
        try:
            result = yield
        except BaseException:
            self.ended(pyfuncitem, completed=False)
            raise
        message = self.ended(pyfuncitem, completed=True)
        if message:
            pytest.fail(message, pytrace=False)
        return result

    def check_of(self, item: pytest.Function) -> Check | None:
        """What watches `item`; `None` if nothing is asked of it or there is no Django."""
        self._check = self._ended = None
        self._error = ""  # it may have run before: pytest-rerunfailures
        if self._checks is None and not django_is_ready():
            return None
        try:
            if self._checks is None:
                self._checks = _with_django("checking").Checks(
                    self._config, self._options, self._verdicts, self._modules
                )
            self._check = self._checks.of(item)
        except Exception as error:  # noqa: BLE001 — an error of ours fails no test
            self._error = f"{type(error).__name__}: {error}"
        return self._check

    def ended(self, item: pytest.Function, *, completed: bool) -> str:
        """The body of `item` has ended.

        Args:
            item: The test.
            completed: Whether it ran to its end. What it failed with stays what it is, as does a skip: findings
                are told beside it.

        Returns:
            Why the test fails, `""` if it does not, or has failed already.
        """
        check, message = self._check, ""
        if check is not None:
            check.end_body()
            message = check.verdict(item) if completed else check.tell_beside(item)
            if completed and check.is_silent and not self._has_reports:
                # As most tests: a healthy run does without a hook that is called three times for each.
                self._check = None
                if check.is_judged and self._run_end is not None:
                    self._run_end.saw_nothing(check.name)
                return message
        elif not (self._error or self._has_reports):
            return ""
        if not self._has_reports:
            self._begin_reports()
        self._ended, self._completed = item, completed
        return message

    def complete(self, report: pytest.TestReport) -> None:
        """Let `report`, if it is that of the test which has ended, carry what is told at the end of the run."""
        item = self._ended
        # Sub-tests have reports by the same name, but those come before their test has ended.
        if item is None or report.when != "call" or report.nodeid != item.nodeid:
            return
        check, self._check, self._ended = self._check, None, None  # pytest keeps its tests to the end
        try:
            if self._options.budgets.update:
                self._records.attach(item, report)
            if self._error or (check is not None and check.is_judged):
                _with_django("collecting").attach(report, check, self._error, completed=self._completed)
        except Exception:  # noqa: BLE001, S110 — an error of ours fails no test, and there is nothing to tell it with
            pass


class AroundMethods:
    """The same for `unittest` tests, of which pytest does not call the function.

    Args:
        around: What watches the tests, once it has begun.
    """

    def __init__(self, around: AroundTests) -> None:
        self._around = around

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        """Watch the method of a `unittest` test, and fail it afterwards if need be."""
        around = self._around
        if not (around.has_begun and _is_of_unittest(item)):
            return (yield)
        check = around.check_of(item)
        method = check.watch_method(item) if check is not None else None
        try:
            result = yield
        except BaseException:
            around.ended(item, completed=False)
            raise
        finally:
            if method is not None:
                method.leave()
        message = around.ended(item, completed=not _failed_in_unittest(item))
        if message:
            pytest.fail(message, pytrace=False)
        return result


class AroundReports:
    """Lets the reports of the tests carry what is told at the end of the run, and takes it over from them.

    Registered once a test has something to tell; at once where reports come from another process, or each of them
    is of interest.

    Args:
        around: What watches the tests.
        run_end: Who tells what they found, where this process does.
    """

    def __init__(self, around: AroundTests, run_end: RunEnd | None) -> None:
        self._around = around
        self._run_end = run_end

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A phase of a test is over, in this process or in a worker."""
        self._around.complete(report)
        if self._run_end is not None:
            self._run_end.take_over(report)


class BeforeTests:
    """What is done before the fixtures of a test, in runs with markers of ours or with budgets to record.

    Args:
        records: The recorded budgets.
    """

    def __init__(self, records: BudgetRecords) -> None:
        self._records = records

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Refuse markers that cannot be meant, before anything else is done for the test."""
        self._records.begin(item)
        if has_markers(item):
            _check_markers(item)


@cache
def _with_django(name: str) -> Any:
    """A module of ours, once Django is there: an import statement takes 7,000 instructions each time it is met."""
    return import_module(f".{name}", __package__)


def _check_markers(item: pytest.Item) -> None:
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


def _is_of_unittest(item: pytest.Item) -> TypeGuard[TestCaseFunction]:
    # Most tests are functions; for the others the question goes through pytest's metaclass.
    return type(item) is not pytest.Function and isinstance(item, TestCaseFunction)


def _failed_in_unittest(item: pytest.Item) -> bool:
    """Whether a `unittest` test has failed or was skipped: such tests keep that to themselves until later."""
    return bool(getattr(item, "_excinfo", None))


AROUND_TESTS = pytest.StashKey[AroundTests]()
"""Where the configuration of the run has it."""
