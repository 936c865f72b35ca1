"""One test under watch: what is asked of it, what its body did, and what follows. Only where Django is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import _pytest.python
import pytest
from _pytest.unittest import TestCaseFunction

from . import arrangement, strict  # their names are looked up late, so that a test can break each of them
from .arguments import Options
from .budget_records import RECORDS
from .budgets import Queries, exceeded
from .late_fixtures import late_fixtures_of
from .markers import Budget, Wishes, budgets_of, has_markers, wishes_of
from .node_ids import node_id_of
from .workload import WORKLOAD

if TYPE_CHECKING:
    from .verdicts import Verdict, Verdicts

__all__ = ["Check", "check_of"]

_ARRANGEMENT = pytest.StashKey[arrangement.Arrangement]()

# The function that calls a test function: what is outside of it repeats nothing in a test.
_FUNCTION_BOUNDARY = id(_pytest.python.pytest_pyfunc_call.__code__)


class Check:
    """Watches the body of one test.

    Args:
        item: The test.
        options: What the run asks for.
        wishes: What the test's `nplusone` markers ask for.
        budgets: What its `max_queries` markers allow.
        judge: Who collects findings, where they are of interest.
        verdicts: Who says which of them fail the test.

    Attributes:
        name: The test's node id.
    """

    def __init__(
        self,
        item: pytest.Item,
        options: Options,
        wishes: Wishes,
        budgets: tuple[Budget, ...],
        judge: strict.Judge | None,
        verdicts: Verdicts,
    ) -> None:
        self.name = node_id_of(item)
        self._config = item.config
        self._budgets = budgets
        self._judge = judge
        self._verdicts = verdicts
        self._thresholds = strict.thresholds_of(options, wishes)
        self._labels: tuple[str, ...] = ()
        if wishes.ignore:
            self._labels = tuple(rule.label for rule in wishes.ignore if rule == type(rule)(label=rule.label))
        self._recorded = item.config.stash[RECORDS].block(item) if options.budgets.each_test else None
        self._queries: tuple[Queries, ...] = ()
        self._body: Queries | None = None
        self._watched: strict.WatchedBody | None = None
        self._late_fixtures = late_fixtures_of(item.config)
        self._error = ""

    @property
    def is_judged(self) -> bool:
        """Whether findings are of interest."""
        return self._judge is not None

    @property
    def found(self) -> tuple[strict.Found, ...]:
        """What was found, the worst first; each fix once."""
        return self._judge.found if self._judge is not None else ()

    @property
    def seen(self) -> tuple[strict.Found, ...]:
        """What was found, the worst first; each fix once in each endpoint."""
        return self._judge.seen if self._judge is not None else ()

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """What the findings are in this test, by their ids."""
        return self._verdicts.on(self.name, [one.finding for one in self.found])

    @property
    def ignored(self) -> list[str]:
        """What ignored something."""
        return self._judge.ignored if self._judge is not None else []

    @property
    def error(self) -> str:
        """An error of the guard itself, in words; `""` if there was none."""
        return self._error or (self._judge.error if self._judge is not None else "")

    def begin_body(self, boundary: int = _FUNCTION_BOUNDARY) -> None:
        """From here on, what runs is the test's body. Never raises."""
        try:
            watched = strict.WatchedBody(self.name, boundary, self._thresholds, self._judge, self._labels)
            scope = watched.begin()
            self._late_fixtures.begin()
            self._watched = watched
            if self._budgets:
                self._queries = tuple(Queries(scope, budget.using) for budget in self._budgets)
            if self._recorded is not None:
                self._body = Queries(scope)
        except Exception as error:  # noqa: BLE001 — the test runs all the same
            self._note(error)

    def end_body(self) -> None:
        """The body is over, however it ended."""
        watched, self._watched = self._watched, None
        if watched is not None:
            self._late_fixtures.end()
            watched.end()

    @contextmanager
    def test_method(self, item: TestCaseFunction) -> Iterator[None]:
        """While inside, the body of a `unittest` test is its method: `setUp()` and `tearDown()` stay out of it."""
        testcase: Any = item.instance
        # Also where the method is asynchronous: both Django's and Python's test cases call it through this one.
        original = getattr(testcase, "_callTestMethod", None)
        if original is None:
            yield
            return

        def call(method: Any) -> Any:
            __tracebackhide__ = True
            self.begin_body(boundary)
            try:
                return original(method)
            finally:
                self.end_body()

        boundary = id(call.__code__)
        testcase._callTestMethod = call
        try:
            yield
        finally:
            del testcase._callTestMethod

    def verdict(self) -> str:
        """Why the test fails, `""` if it does not."""
        try:
            messages = []
            if self._budgets:
                pairs = zip(self._budgets, self._queries, strict=False)
                messages = [exceeded(budget, queries, self._config) for budget, queries in pairs]
            if self._recorded is not None and self._body is not None:
                messages.append(self._recorded.exceeded(self._body))
            messages.append(self._findings())
            return "\n\n".join(filter(None, messages))
        except Exception as error:  # noqa: BLE001 — an error of ours fails no test
            self._note(error)
            return ""

    def tell_beside(self, item: pytest.Item) -> None:
        """Add the findings to the report of a test that fails for another reason."""
        try:
            findings = self._findings()
        except Exception as error:  # noqa: BLE001 — an error of ours takes no failure away
            self._note(error)
            return
        if findings:
            item.add_report_section("call", "nplusone", findings)

    def _findings(self) -> str:
        found = self.found
        if not found:
            return ""
        from .failures import found_in_test  # noqa: PLC0415 — only where Django is

        verdicts = self.verdicts
        failing = [one for one in found if verdicts[one.finding.id].fails]
        return found_in_test(failing, verdicts) if failing else ""

    def _note(self, error: Exception) -> None:
        self._error = f"{type(error).__name__}: {error}"


def check_of(item: pytest.Function, options: Options, verdicts: Verdicts, modules: frozenset[str]) -> Check | None:
    """The check of `item`, `None` if nothing is asked of it.

    Args:
        item: The test.
        options: What the run asks for.
        verdicts: Who says which findings fail the test.
        modules: The files of the tests that were collected.
    """
    is_marked = has_markers(item)
    budgets = budgets_of(item) if is_marked else ()
    if not (options.watching or budgets or options.budgets.each_test):
        return None
    wishes = wishes_of(item) if is_marked else Wishes()
    judge = None
    if options.watching:
        judge = strict.Judge(_arrangement(item.config, modules), wishes.ignore, item.config.stash[WORKLOAD])
    return Check(item, options, wishes, budgets, judge, verdicts)


def _arrangement(config: pytest.Config, modules: frozenset[str]) -> arrangement.Arrangement:
    """One for the whole run, as it remembers files."""
    known = config.stash.get(_ARRANGEMENT, None)
    if known is None:
        known = config.stash[_ARRANGEMENT] = arrangement.Arrangement(config.rootpath, modules)
    return known
