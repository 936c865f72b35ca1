"""`assert_max_queries`: a limit on the queries of a block, with what they were when it is exceeded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Protocol

import pytest

from .arguments import number
from .budget_records import RECORDS, RecordedBlock
from .markers import Budget, aliases

if TYPE_CHECKING:
    from nplusone_guard.findings import Report, ShapeCount
    from nplusone_guard.scope import Scope

__all__ = ["AssertMaxQueries", "MaxQueries", "Queries", "at_most_of", "counted", "exceeded"]


class Queries:
    """The queries of a block: up to now while it runs, all of them after it.

    `len()` and iteration are about the aliases of the budget; `report` is about all of them.
    """

    def __init__(self, scope: Scope, using: tuple[str, ...] = ()) -> None:
        from nplusone_guard.lifecycle import report_on  # noqa: PLC0415 — only where Django is

        self._scope = scope
        self._using = using
        self.report: Report = report_on(scope)
        """What the block did, as `nplusone_guard.watch()` reports it: findings, shapes, database time."""

    @property
    def scope(self) -> Scope:
        """What counted them."""
        return self._scope

    @property
    def statements(self) -> int:
        """How many statements ran, on the aliases of the budget."""
        if not self._using:
            return self._scope.statements
        return sum(self._scope.by_alias.get(alias, 0) for alias in self._using)

    @property
    def shapes(self) -> tuple[ShapeCount, ...]:
        """The statements by shape, the most frequent first, on the aliases of the budget."""
        if not self._using:
            return self.report.shapes
        with self._scope.lock:
            self._scope.count_all()
            stats = {shape.id: self._scope.by_alias_of(one) or {} for shape, one in self._scope.shapes.items()}
        counted = (
            replace(shape, count=sum(stats.get(shape.id, {}).get(alias, 0) for alias in self._using))
            for shape in self.report.shapes
        )
        return tuple(sorted((one for one in counted if one.count), key=lambda one: -one.count))

    def __len__(self) -> int:
        return self.statements

    def __iter__(self) -> Iterator[ShapeCount]:
        return iter(self.shapes)

    def __bool__(self) -> bool:
        return True


@contextmanager
def counted(
    config: pytest.Config, name: str, using: tuple[str, ...] = (), thresholds: Mapping[str, int] | None = None
) -> Iterator[Queries]:
    """While inside, statements are counted in a scope called `name`, whose report is finished at the end."""
    from nplusone_guard.conf import get_settings  # noqa: PLC0415 — only where Django is
    from nplusone_guard.lifecycle import finish, install, open_scope  # noqa: PLC0415
    from nplusone_guard.scope import Watchfulness, entered  # noqa: PLC0415

    from .ambience import ambience, outer_scope  # noqa: PLC0415
    from .late_fixtures import late_fixtures_of  # noqa: PLC0415
    from .strict import DEFAULT_THRESHOLD  # noqa: PLC0415

    install()
    watchfulness = Watchfulness.of(get_settings(), deep=True, thresholds={"n_plus_one": DEFAULT_THRESHOLD})
    # Where nothing is around, tasks that run at once must not take each other for it.
    outer = outer_scope()
    with entered(outer) if outer is not None else ambience(None):
        scope = open_scope("block", name, watchfulness, thresholds=thresholds)
    queries = Queries(scope, using)
    try:
        # In this context as well as around it: a block may be inside another one, or inside `watch()`.
        with late_fixtures_of(config), entered(scope), ambience(scope):
            yield queries
    finally:
        finish(queries.report, scope)


class AssertMaxQueries(Protocol):
    """The type of the `assert_max_queries` fixture."""

    def __call__(
        self, num: int | None = ..., *, using: str | Iterable[str] | None = ..., info: str | None = ...
    ) -> MaxQueries:
        """A block, `with` or `async with`, that may do at most `num` queries.

        Args:
            num: The most queries; as many as are recorded for the block when it is left out.
            using: The database alias, or the aliases, that count; all of them by default.
            info: What the failure shall say as well, and the name of the block where its number is recorded.
        """
        ...  # pragma: no cover


class MaxQueries:
    """A block with a budget. It may be entered again after it has ended, and counts from zero then."""

    def __init__(self, config: pytest.Config, budget: Budget, recorded: RecordedBlock | None = None) -> None:
        self._config = config
        self._budget = budget
        self._recorded = recorded

    def __enter__(self) -> Queries:
        self._stack = ExitStack()
        count = counted(self._config, f"at most {self._budget.num} queries", self._budget.using)
        self._queries = self._stack.enter_context(count)
        return self._queries

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        __tracebackhide__ = True  # the failure points at the `with` line
        self._stack.close()
        if error is None:
            message = (
                self._recorded.exceeded(self._queries)
                if self._recorded is not None
                else exceeded(self._budget, self._queries, self._config)
            )
            if message:
                pytest.fail(message)

    async def __aenter__(self) -> Queries:
        return self.__enter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        __tracebackhide__ = True
        self.__exit__(kind, error, traceback)


def exceeded(budget: Budget, queries: Queries, config: pytest.Config) -> str:
    """Why `budget` is exceeded, `""` if it is not."""
    from .failures import too_many_queries  # noqa: PLC0415 — only where Django is

    if queries.statements <= budget.num:
        return ""
    return too_many_queries(budget, queries, verbose=config.get_verbosity() > 0)


def at_most_of(request: pytest.FixtureRequest) -> AssertMaxQueries:
    """What the fixture `assert_max_queries` gives the test of `request`."""
    config, names = request.config, Counter[str]()

    def at_most(
        num: int | None = None, *, using: str | Iterable[str] | None = None, info: str | None = None
    ) -> MaxQueries:
        if num is not None:
            return MaxQueries(config, Budget(number(num, "assert_max_queries", 0), aliases(using), info))
        names[info or ""] += 1
        # Its place among the blocks of one name is what stays when lines move.
        name = " ".join(filter(None, (info, str(names[info or ""]) if not info or names[info] > 1 else "")))
        block = config.stash[RECORDS].block(request.node, name)
        recorded = block.recorded
        return MaxQueries(config, Budget(recorded.count if recorded else 0, aliases(using), info), block)

    return at_most
