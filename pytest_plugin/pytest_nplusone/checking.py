"""One test under watch: what is asked of it, what its body did, and what follows. Only where Django is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import _pytest.python
import pytest

from . import arrangement, strict  # their names are looked up late, so that a test can break each of them
from .arguments import Options
from .budget_records import RECORDS
from .budgets import Queries, exceeded
from .late_fixtures import LateFixtures, late_fixtures_of
from .markers import Budget, Wishes, budgets_of, has_markers, wishes_of
from .node_ids import has_groups, node_id_of
from .workload import WORKLOAD

if TYPE_CHECKING:
    from .budget_records import RecordedBlock
    from .verdicts import Verdict, Verdicts

__all__ = ["Check", "Checks"]

# The function that calls a test function: what is outside of it repeats nothing in a test.
_FUNCTION_BOUNDARY = id(_pytest.python.pytest_pyfunc_call.__code__)


class Check:
    """Watches the body of one test.

    Args:
        name: The test's node id.
        checks: What made it.
        wishes: What the test's `nplusone` markers ask for.
        budgets: What its `max_queries` markers allow.
        judge: Who collects findings, where they are of interest.
        recorded: Its recorded budget, where each test has one.
    """

    def __init__(
        self,
        name: str,
        checks: Checks,
        wishes: Wishes,
        budgets: tuple[Budget, ...],
        judge: strict.Judge | None,
        recorded: RecordedBlock | None,
    ) -> None:
        self.name = name
        self._checks = checks
        self._wishes = wishes
        self._budgets = budgets
        self._judge = judge
        self._recorded = recorded
        self._queries: tuple[Queries, ...] = ()
        self._body: Queries | None = None
        self._watched: strict.WatchedBody | None = None
        self._error = ""

    @property
    def is_judged(self) -> bool:
        """Whether findings are of interest."""
        return self._judge is not None

    @property
    def is_silent(self) -> bool:
        """Whether there is nothing to tell: nothing was found, ignored, or failed, as in most tests."""
        return not self._error and (self._judge is None or self._judge.is_silent)

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
        return self._checks.verdicts.on(self.name, [one.finding for one in self.found])

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
            wishes, thresholds = self._wishes, self._checks.thresholds
            labels: tuple[str, ...] = ()
            if wishes is not _NOTHING:
                thresholds = strict.thresholds_of(self._checks.options, wishes)
                labels = tuple(rule.label for rule in wishes.ignore if rule == type(rule)(label=rule.label))
            watched = strict.WatchedBody(self.name, boundary, thresholds, self._judge, labels)
            scope = watched.begin()
            self._checks.late_fixtures.begin()
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
            self._checks.late_fixtures.end()
            watched.end()

    def watch_method(self, item: Any) -> _WatchedMethod:
        """Let the body of `item`, a `unittest` test, be its method."""
        return _WatchedMethod(self, item.instance)

    def verdict(self) -> str:
        """Why the test fails, `""` if it does not."""
        try:
            messages = []
            if self._budgets:
                pairs = zip(self._budgets, self._queries, strict=False)
                messages = [exceeded(budget, queries, self._checks.config) for budget, queries in pairs]
            if self._recorded is not None and self._body is not None:
                messages.append(self._recorded.exceeded(self._body))
            if not self.is_silent:
                messages.append(self._findings())
            return "\n\n".join(filter(None, messages)) if messages else ""
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


class _WatchedMethod:
    """The method of a `unittest` test as its body: `setUp()` and `tearDown()` stay out of it.

    Args:
        check: What watches the body.
        testcase: The instance whose method it is.
    """

    def __init__(self, check: Check, testcase: Any) -> None:
        self._testcase = testcase
        # Also where the method is asynchronous: both Django's and Python's test cases call it through this one.
        original = getattr(testcase, "_callTestMethod", None)
        self._is_watched = original is not None
        if original is None:
            return

        def call(method: Any) -> Any:
            __tracebackhide__ = True
            check.begin_body(boundary)
            try:
                return original(method)
            finally:
                check.end_body()

        boundary = id(call.__code__)
        testcase._callTestMethod = call

    def leave(self) -> None:
        """Watch it no longer."""
        if self._is_watched:
            del self._testcase._callTestMethod


class Checks:
    """Makes the checks of a run, one for each test of which something is asked.

    Args:
        config: pytest's.
        options: What the run asks for.
        verdicts: Who says which findings fail a test.
        modules: The files of the tests that were collected.

    Attributes:
        thresholds: What makes a finding where a test asks for nothing else: see `strict.thresholds_of`.
        late_fixtures: Leaves out the fixtures that are set up in a body.
    """

    def __init__(
        self, config: pytest.Config, options: Options, verdicts: Verdicts, modules: frozenset[str]
    ) -> None:
        self.config = config
        self.options = options
        self.verdicts = verdicts
        self.thresholds = strict.thresholds_of(options, _NOTHING)
        self.late_fixtures: LateFixtures = late_fixtures_of(config)
        self._arrangement = arrangement.Arrangement(config.rootpath, modules)
        self._workload = config.stash[WORKLOAD]
        self._is_watching = options.watching
        self._has_groups = has_groups(config)

    def of(self, item: pytest.Function) -> Check | None:
        """The check of `item`, `None` if nothing is asked of it."""
        is_marked = has_markers(item)
        wishes = wishes_of(item) if is_marked else _NOTHING
        budgets = budgets_of(item) if is_marked else ()
        each_test = self.options.budgets.each_test
        if not (self._is_watching or budgets or each_test):
            return None
        judge = strict.Judge(self._arrangement, wishes.ignore, self._workload) if self._is_watching else None
        recorded = self.config.stash[RECORDS].block(item) if each_test else None
        name = node_id_of(item) if self._has_groups else item.nodeid
        return Check(name, self, wishes, budgets, judge, recorded)


_NOTHING = Wishes()
"""What a test without a marker asks for."""
