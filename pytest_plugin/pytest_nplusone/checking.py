"""One test under watch: what is asked of it, what its body did, and what follows. Only where Django is."""

from __future__ import annotations

from types import CodeType
from typing import TYPE_CHECKING, Any

import _pytest.python
import pytest

from nplusone_guard.conf import Settings, get_settings
from nplusone_guard.failsafe import turn_off
from nplusone_guard.ignoring import ignore
from nplusone_guard.lifecycle import close_scope, open_scope
from nplusone_guard.scope import Scope, Watchfulness, ambient

from . import arrangement, strict  # their names are looked up late, so that a test can break each of them
from .ambience import begin_ambience, end_ambience
from .arguments import Options
from .budget_records import RECORDS
from .budgets import Queries, exceeded
from .late_fixtures import LateFixtures, late_fixtures_of
from .markers import Budget, Wishes, budgets_of, has_markers, wishes_of
from .node_ids import has_groups, node_id_of
from .readiness import prepare
from .reports import junit
from .workload import WORKLOAD

if TYPE_CHECKING:
    from .budget_records import RecordedBlock
    from .verdicts import Verdict, Verdicts

__all__ = ["Check", "Checks"]

# The function that calls a test function: what is outside of it repeats nothing in a test.
_FUNCTION_BOUNDARY = _pytest.python.pytest_pyfunc_call.__code__


class Check:
    """Watches the body of one test: it is a scope, and its judge gets every other one that closes inside.

    Args:
        name: The test's node id.
        checks: What made it.
        judge: Who collects findings, where they are of interest.
        wishes: What the test's `nplusone` markers ask for.
        budgets: What its `max_queries` markers allow.
        recorded: Its recorded budget, where each test has one.

    Attributes:
        is_judged: Whether findings are of interest.
        is_silent: Whether there is nothing to tell once the body has ended: as in most tests nothing was found,
            ignored, or failed.
    """

    def __init__(
        self,
        name: str,
        checks: Checks,
        judge: strict.Judge | None,
        wishes: Wishes,
        budgets: tuple[Budget, ...],
        recorded: RecordedBlock | None,
    ) -> None:
        self.name = name
        self._checks = checks
        self._judge = judge
        self._wishes = wishes
        self._budgets = budgets
        self._recorded = recorded
        self._body: Scope | None = None
        self.is_judged = judge is not None
        self.is_silent = True
        self._queries: tuple[Queries, ...] = ()
        self._all_queries: Queries | None = None
        self._error = ""

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

    def begin_body(self, boundary: CodeType = _FUNCTION_BOUNDARY) -> None:
        """From here on, what runs is the test's body. Never raises."""
        try:
            checks, wishes, judge = self._checks, self._wishes, self._judge
            body = open_scope("test", self.name, checks.watchfulness_of(wishes), boundary=boundary)
            begin_ambience(body)
            self._ignoring = _ignoring(wishes) if wishes.ignore else None
            if judge is not None:
                judge.test = body
                self._judge_before = strict.running.judge
                strict.running.judge = ambient.on_closed = judge
            checks.late_fixtures.begin()
            self._body = body
            if self._budgets:
                self._queries = tuple(Queries(body, budget.using) for budget in self._budgets)
            if self._recorded is not None:
                self._all_queries = Queries(body)
        except Exception as error:  # noqa: BLE001 — the test runs all the same
            self._note(error)

    def end_body(self) -> None:
        """The body is over, however it ended. Never raises: what the test itself raised may be on its way."""
        body, self._body = self._body, None
        if body is None:
            return
        judge = self._judge
        self._checks.late_fixtures.end()
        try:
            if body.ancestors:
                close_scope(body, with_shapes=False)  # what it found is theirs, too
            else:
                body.end()  # nobody wants a summary: its judge reads the scope, as `budgets.Queries` does
        except Exception as error:  # noqa: BLE001 — an error of ours fails no test
            body.closed = True
            turn_off(body)
            self._note(error)
        else:
            if judge is not None:
                judge(body)
        if judge is not None:
            strict.running.judge = ambient.on_closed = self._judge_before
            if (
                not judge.is_silent
            ):  # asked once nothing more comes: a server's thread may have closed a scope just now
                self.is_silent = False
        if self._ignoring is not None:
            self._ignoring.__exit__(None, None, None)
        end_ambience(body)

    def watch_method(self, item: Any) -> _WatchedMethod:
        """Let the body of `item`, a `unittest` test, be its method."""
        return _WatchedMethod(self, item.instance)

    def verdict(self, item: pytest.Item) -> str:
        """Why `item`, the test, fails, `""` if it does not."""
        try:
            messages = self._exceeded() if self._budgets or self._recorded is not None else []
            if not self.is_silent or item.user_properties:
                messages.append(self._findings(item))
            return "\n\n".join(filter(None, messages)) if messages else ""
        except Exception as error:  # noqa: BLE001 — an error of ours fails no test
            self._note(error)
            return ""

    def tell_beside(self, item: pytest.Item) -> str:
        """Add the findings to the report of `item`, the test, which fails for another reason: none of ours."""
        try:
            findings = self._findings(item)
            if findings:
                item.add_report_section("call", "nplusone", findings)
        except Exception as error:  # noqa: BLE001 — an error of ours takes no failure away
            self._note(error)
        return ""

    def _exceeded(self) -> list[str]:
        """Which budgets are too small for what the body did."""
        pairs = zip(self._budgets, self._queries, strict=False)
        messages = [exceeded(budget, queries, self._checks.config) for budget, queries in pairs]
        if self._recorded is not None and self._all_queries is not None:
            messages.append(self._recorded.exceeded(self._all_queries))
        return messages

    def _findings(self, item: pytest.Item) -> str:
        """The findings that fail the test; all of them become properties of `item`."""
        found = self.found
        if self._judge is not None:
            junit.tell(item, found)
        if not found:
            return ""
        from .failures import found_in_test  # noqa: PLC0415 — only where Django is

        verdicts = self.verdicts
        failing = [one for one in found if verdicts[one.finding.id].fails]
        return found_in_test(failing, verdicts) if failing else ""

    def _note(self, error: Exception) -> None:
        self.is_silent = False
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

        boundary = call.__code__
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
        late_fixtures: Leaves out the fixtures that are set up in a body.
    """

    def __init__(
        self, config: pytest.Config, options: Options, verdicts: Verdicts, modules: frozenset[str]
    ) -> None:
        prepare()
        self.config = config
        self.verdicts = verdicts
        self.late_fixtures: LateFixtures = late_fixtures_of(config)
        self._threshold = options.threshold
        self._each_test = options.budgets.each_test
        self._arrangement = arrangement.Arrangement(config.rootpath, modules)
        self._workload = config.stash[WORKLOAD]
        self._is_watching = options.watching
        self._has_groups = has_groups(config)
        self._of_most: tuple[Settings, Watchfulness] | None = None

    def of(self, item: pytest.Function) -> Check | None:
        """The check of `item`, `None` if nothing is asked of it."""
        wishes, budgets = (wishes_of(item), budgets_of(item)) if has_markers(item) else (_NOTHING, ())
        if not (self._is_watching or budgets or self._each_test):
            return None
        judge = strict.Judge(self._arrangement, wishes.ignore, self._workload) if self._is_watching else None
        recorded = self.config.stash[RECORDS].block(item) if self._each_test else None
        name = node_id_of(item) if self._has_groups else item.nodeid
        return Check(name, self, judge, wishes, budgets, recorded)

    def watchfulness_of(self, wishes: Wishes) -> Watchfulness:
        """How closely a test with `wishes` is looked at: made once for all that have none."""
        settings = get_settings()
        if wishes is not _NOTHING:
            return self._watchfulness(settings, wishes)
        if self._of_most is None or self._of_most[0] is not settings:
            self._of_most = settings, self._watchfulness(settings, wishes)
        return self._of_most[1]

    def _watchfulness(self, settings: Settings, wishes: Wishes) -> Watchfulness:
        threshold = wishes.threshold or self._threshold
        if threshold is None:
            thresholds = {"n_plus_one": strict.DEFAULT_THRESHOLD}
        else:
            thresholds = dict.fromkeys(("n_plus_one", "duplicate_query", "write_in_loop"), threshold)
        return Watchfulness.of(settings, deep=True, latent=self._is_watching, thresholds=thresholds)


def _ignoring(wishes: Wishes) -> ignore | None:
    """What keeps the setting `RAISE` from raising for what the test's markers ignore; it has begun."""
    labels = tuple(rule.label for rule in wishes.ignore if rule == type(rule)(label=rule.label))
    if not labels:
        return None
    return ignore(*labels).__enter__()


_NOTHING = Wishes()
"""What a test without a marker asks for."""
