"""pytest's hooks around a test. They are there once the run, a marker or a fixture asks for something.

A hook that is registered costs each test of a run, also one that wants nothing of it; most fixtures of a suite are
set up once for each test.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import suppress
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.unittest import TestCaseFunction

from .markers import budgets_of, has_markers, wishes_of
from .readiness import django_is_ready, prepare, skip_without_django

if TYPE_CHECKING:
    from .arguments import Options
    from .budget_records import BudgetRecords
    from .checking import Check, Checks
    from .verdicts import Verdicts

__all__ = ["AROUND_TESTS", "AroundTests"]


class AroundTests:
    """The plugin that watches the tests of this process, one after the other.

    Args:
        config: pytest's.
        options: What the run asks for.
        verdicts: Who says which findings fail a test.
        records: The recorded budgets.

    Attributes:
        modules: The files of the tests that were collected.
        has_begun: Whether tests are watched.
    """

    def __init__(
        self, config: pytest.Config, options: Options, verdicts: Verdicts, records: BudgetRecords
    ) -> None:
        self.modules: frozenset[str] = frozenset()
        self.has_begun = False
        self._config = config
        self._options = options
        self._verdicts = verdicts
        self._records = records
        self._prepares = options.watching
        self._checks: Checks | None = None
        self._check: Check | None = None
        self._error = ""
        self._completed = False

    def begin(self) -> None:
        """Watch from now on."""
        if not self.has_begun:
            self.has_begun = True
            self._config.pluginmanager.register(self, "nplusone-around-tests")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Refuse markers that cannot be meant, before anything else is done for the test."""
        if self._options.budgets.update:
            self._records.begin(item)
        if has_markers(item):
            _check_markers(item)
        if self._prepares and django_is_ready():
            self._prepares = False
            with suppress(Exception):  # the body of the test tries again, and tells it
                prepare()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        """Watch the body of the test, and fail it afterwards if need be."""
        self._error, self._completed = "", False  # it may have run before: pytest-rerunfailures
        check = self._check = self._check_of(item)
        if check is None:
            return (yield)
        method = check.watch_method(item) if _is_of_unittest(item) else None
        try:
            result = yield
        except BaseException:
            # A failure of the test's own stays what it is, a skip too; the findings are told beside it.
            check.tell_beside(item)
            raise
        finally:
            if method is not None:
                method.leave()
        if method is not None and _failed_in_unittest(item):
            check.tell_beside(item)
            return result
        self._completed = True
        message = check.verdict()
        if message:
            pytest.fail(message, pytrace=False)
        return result

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_pyfunc_call(self) -> Generator[None, object, object]:
        """Let the scope of a test function begin and end with its body."""
        check = self._check
        if check is None:
            return (yield)
        check.begin_body()
        try:
            return (yield)
        finally:
            check.end_body()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Let the report carry what is told at the end of the run."""
        report = yield
        if call.when == "call":
            self._tell(item, report)
            self._check = None  # nobody needs its scope any more, and pytest keeps its tests to the end
        return report

    def _check_of(self, item: pytest.Item) -> Check | None:
        """What watches `item`; `None` if nothing is asked of it or there is no Django."""
        if not (isinstance(item, pytest.Function) and django_is_ready()):
            return None
        try:
            if self._checks is None:
                self._checks = _with_django("checking").Checks(
                    self._config, self._options, self._verdicts, self.modules
                )
            return self._checks.of(item)
        except Exception as error:  # noqa: BLE001 — an error of ours fails no test
            self._error = f"{type(error).__name__}: {error}"
            return None

    def _tell(self, item: pytest.Item, report: pytest.TestReport) -> None:
        try:
            if self._options.budgets.update:
                self._records.attach(item, report)
            check, error = self._check, self._error
            if error or (check is not None and check.is_judged):
                _with_django("collecting").tell(item, report, check, error, completed=self._completed)
        except Exception:  # noqa: BLE001, S110 — an error of ours fails no test, and there is nothing to tell it with
            pass


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


def _is_of_unittest(item: pytest.Item) -> bool:
    # Most tests are functions; for the others the question goes through pytest's metaclass.
    return type(item) is not pytest.Function and isinstance(item, TestCaseFunction)


def _failed_in_unittest(item: pytest.Item) -> bool:
    """Whether a `unittest` test has failed or was skipped: such tests keep that to themselves until later."""
    return bool(getattr(item, "_excinfo", None))


AROUND_TESTS = pytest.StashKey[AroundTests]()
"""Where the configuration of the run has it."""
