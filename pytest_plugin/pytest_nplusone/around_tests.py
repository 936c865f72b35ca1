"""pytest's hooks around a test. They are there once the run, a marker or a fixture asks for something.

A hook that is registered costs each test of a run, also one that wants nothing of it; most fixtures of a suite are
set up once for each test.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import nullcontext, suppress
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.unittest import TestCaseFunction

from .markers import budgets_of, has_markers, wishes_of
from .readiness import django_is_ready, prepare, skip_without_django
from .reports import junit

if TYPE_CHECKING:
    from .arguments import Options
    from .budget_records import BudgetRecords
    from .checking import Check
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
        self._forget()
        self._records.begin(item)
        if has_markers(item):
            _check_markers(item)
        if self._options.watching and django_is_ready():
            with suppress(Exception):  # the body of the test tries again, and tells it
                prepare()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        """Watch the body of the test, and fail it afterwards if need be."""
        self._forget()
        check = self._check = self._check_of(item)
        if check is None:
            return (yield)
        with check.test_method(item) if isinstance(item, TestCaseFunction) else nullcontext():
            try:
                result = yield
            except BaseException:
                # A failure of the test's own stays what it is, a skip too; the findings are told beside it.
                check.tell_beside(item)
                raise
        if _failed_in_unittest(item):
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
            with suppress(Exception):  # an error of ours fails no test; and there is nothing left to tell it with
                self._tell(item, report)
            self._forget()  # nobody needs its scope any more, and pytest keeps its tests to the end
        return report

    def _check_of(self, item: pytest.Item) -> Check | None:
        """What watches `item`; `None` if nothing is asked of it or there is no Django."""
        if not (isinstance(item, pytest.Function) and django_is_ready()):
            return None
        try:
            check: Check | None = _with_django("checking").check_of(
                item, self._options, self._verdicts, self.modules
            )
        except Exception as error:  # noqa: BLE001 — an error of ours fails no test
            self._error = f"{type(error).__name__}: {error}"
            return None
        return check

    def _tell(self, item: pytest.Item, report: pytest.TestReport) -> None:
        self._records.attach(item, report)
        check, error = self._check, self._error
        if error or (check is not None and check.is_judged):
            _with_django("collecting").attach_safely(report, check, error, completed=self._completed)
            if check is not None:
                junit.tell(item, report, check.found)

    def _forget(self) -> None:
        # A test may have run before: pytest-rerunfailures.
        self._check, self._error, self._completed = None, "", False


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


def _failed_in_unittest(item: pytest.Item) -> bool:
    """Whether a `unittest` test has failed or was skipped: such tests keep that to themselves until later."""
    return bool(getattr(item, "_excinfo", None))


AROUND_TESTS = pytest.StashKey[AroundTests]()
"""Where the configuration of the run has it."""
