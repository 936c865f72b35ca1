"""`assert_constant_queries`: the same block over more and more rows must not do more and more queries."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, overload

import pytest

from .budgets import Queries, counted
from .markers import aliases

if TYPE_CHECKING:
    from nplusone_guard.findings import Report

    from .slopes import Run

__all__ = ["SCALES", "AssertConstantQueries", "constant_of"]

SCALES = (2, 3, 5)
"""Two rows are the fewest that a loop goes over; the others tell a slope from a step."""

_THRESHOLDS = dict.fromkeys(("n_plus_one", "duplicate_query", "write_in_loop"), 2)
"""Of the findings that name what grows: that it is a loop is plain from the slope."""

_WRITES = frozenset("INSERT UPDATE DELETE REPLACE MERGE COPY LOAD CALL DO".split())

_Reports = dict[int, "Report"]
_T = TypeVar("_T")


class AssertConstantQueries(Protocol):
    """The type of the `assert_constant_queries` fixture. In an asynchronous test the call is awaited."""

    @overload
    def __call__(
        self,
        block: Callable[..., Awaitable[Any]],
        *,
        populate: Callable[[int], Any],
        scales: Iterable[int] = ...,
        using: str | Iterable[str] | None = ...,
        info: str | None = ...,
        warmup: bool = ...,
    ) -> Coroutine[Any, Any, dict[int, Report]]: ...  # pragma: no cover

    @overload
    def __call__(
        self,
        block: Callable[..., Any],
        *,
        populate: Callable[[int], Any],
        scales: Iterable[int] = ...,
        using: str | Iterable[str] | None = ...,
        info: str | None = ...,
        warmup: bool = ...,
    ) -> dict[int, Report]: ...  # pragma: no cover

    def __call__(
        self,
        block: Callable[..., Any],
        *,
        populate: Callable[[int], Any],
        scales: Iterable[int] = SCALES,
        using: str | Iterable[str] | None = None,
        info: str | None = None,
        warmup: bool = True,
    ) -> Any:
        """Run `block` at growing data sizes; it fails when the number of statements grows.

        Args:
            block: What is measured. One that takes an argument gets what `populate` returned.
            populate: Makes the rows; it gets their number.
            scales: How many rows, growing.
            using: The database alias, or the aliases, that count; all of them by default.
            info: What the failure shall say as well.
            warmup: Whether the block runs once before it counts, at the first scale, so that what is loaded once
                in a process (content types, sites, templates) is loaded.

        Returns:
            What each run did, by its number of rows, as `nplusone_guard.watch()` reports it.

        Raises:
            pytest.UsageError: An argument does not fit, or `populate` made no rows.
        """
        ...  # pragma: no cover


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A call of the fixture, checked."""

    config: pytest.Config
    block: Callable[..., Any]
    populate: Callable[[int], Any]
    scales: tuple[int, ...]
    using: tuple[str, ...]
    info: str | None
    warmup: bool
    takes_rows: bool


def constant_of(request: pytest.FixtureRequest) -> AssertConstantQueries:
    """What the fixture `assert_constant_queries` gives the test of `request`."""

    def constant(
        block: Callable[..., Any],
        *,
        populate: Callable[[int], Any],
        scales: Iterable[int] = SCALES,
        using: str | Iterable[str] | None = None,
        info: str | None = None,
        warmup: bool = True,
    ) -> Any:
        __tracebackhide__ = True
        from .growth_checks import check_callable, check_server, checked_scales  # noqa: PLC0415 — where Django is

        check_callable(block, "the block", 'lambda: client.get("/authors/")')
        check_callable(populate, "populate", "lambda n: BookFactory.create_batch(n)")
        check_server(request)
        numbers, takes_rows = checked_scales(scales, SCALES), _takes_an_argument(block)
        wanted = _Wanted(request.config, block, populate, numbers, aliases(using), info, warmup, takes_rows)
        in_loop = _is_in_loop()
        measured = _measure(wanted, in_loop=in_loop)
        return measured if in_loop else _finished(measured)

    return constant


async def _measure(wanted: _Wanted, *, in_loop: bool) -> _Reports:
    __tracebackhide__ = True
    from .failures import growing_queries  # noqa: PLC0415 — only where Django is
    from .slopes import growth_in  # noqa: PLC0415

    if wanted.warmup:
        await _run(wanted, wanted.scales[0], in_loop=in_loop)
    measured = []
    for rows in wanted.scales:  # a comprehension is a frame of ours in the traceback, in Python 3.11
        measured.append(await _run(wanted, rows, in_loop=in_loop))  # noqa: PERF401
    runs = [run for run, _ in measured]
    if not any(run.statements for run in runs):
        pytest.fail(
            "The block did no query at any size, so there is nothing to compare. "
            "Is the queryset evaluated, as by list(…)? Is the answer cached?"
        )
    # Where the guard turned itself off its numbers say nothing; its log does.
    growth = growth_in(runs) if not any(queries.scope.broken for _, queries in measured) else None
    if growth is not None:
        pytest.fail(growing_queries(growth, wanted.info, verbose=wanted.config.get_verbosity() > 0))
    return {run.rows: queries.report for run, queries in measured}


async def _run(wanted: _Wanted, rows: int, *, in_loop: bool) -> tuple[Run, Queries]:
    """Make `rows` rows, run the block, take the rows back."""
    __tracebackhide__ = True
    from .growth_checks import check_answer  # noqa: PLC0415 — only where Django is
    from .savepoints import Savepoints  # noqa: PLC0415
    from .slopes import Run, chunked_shapes  # noqa: PLC0415

    savepoints = Savepoints()
    await _aside(savepoints.begin, in_loop=in_loop)
    try:
        made = await _populated(wanted.populate, rows, in_loop=in_loop)
        count = counted(wanted.config, f"with {rows} rows", wanted.using, _THRESHOLDS)
        with _told_of(rows), count as queries:
            result = await _called(wanted.block, *([made] if wanted.takes_rows else []), in_loop=in_loop)
        check_answer(result)
        chunked = chunked_shapes(queries.scope)
        return Run(rows, queries.statements, queries.shapes, queries.report.findings, chunked), queries
    finally:
        await _aside(savepoints.roll_back, in_loop=in_loop)


async def _populated(populate: Callable[[int], Any], rows: int, *, in_loop: bool) -> Any:
    """What `populate` returns. Its statements count nowhere; that it wrote something is checked."""
    __tracebackhide__ = True
    from nplusone_guard.conf import get_settings  # noqa: PLC0415 — only where Django is
    from nplusone_guard.lifecycle import install, open_scope  # noqa: PLC0415
    from nplusone_guard.scope import Watchfulness, entered  # noqa: PLC0415

    from .ambience import ambience  # noqa: PLC0415
    from .growth_checks import made_no_rows  # noqa: PLC0415

    install()
    with ambience(None), entered(None):
        scope = open_scope("block", "populate", Watchfulness.of(get_settings()))
        with entered(scope):
            try:
                made = await _called(populate, rows, in_loop=in_loop, may_block=True)
            finally:
                scope.end()
    with scope.lock:
        scope.count_all()
        wrote = scope.broken or any(shape.operation in _WRITES for shape in scope.shapes)
    if not wrote:
        raise made_no_rows(rows)
    return made


async def _called(
    function: Callable[..., _T], *arguments: Any, in_loop: bool, may_block: bool = False
) -> _T | Any:
    """What `function` returns, awaited where it can be.

    Args:
        function: What to call.
        arguments: With what.
        in_loop: Whether an event loop is running.
        may_block: Whether an ordinary function goes where Django lets it use the database, as factories must.
    """
    __tracebackhide__ = True
    from nplusone_guard.wording import shown  # noqa: PLC0415 — only where Django is

    if in_loop and may_block and not inspect.iscoroutinefunction(function):
        result = await _in_database_thread(function, *arguments)
    else:
        result = function(*arguments)
    if not inspect.isawaitable(result):
        return result
    if not in_loop:
        if inspect.iscoroutine(result):
            result.close()
        raise pytest.UsageError(
            f"{shown(function)} is asynchronous and the test is not; write the test as `async def` and "
            "`await assert_constant_queries(…)`"
        )
    return await result


async def _aside(step: Callable[[], None], *, in_loop: bool) -> None:
    """Take a step of ours: its statements count nowhere."""
    from nplusone_guard.scope import entered  # noqa: PLC0415 — only where Django is

    from .ambience import ambience  # noqa: PLC0415

    with ambience(None), entered(None):
        if in_loop:
            await _in_database_thread(step)
        else:
            step()


async def _in_database_thread(function: Callable[..., Any], *arguments: Any) -> Any:
    from asgiref.sync import sync_to_async  # noqa: PLC0415 — only where Django is

    return await sync_to_async(function)(*arguments)


def _finished(coroutine: Coroutine[Any, Any, _T]) -> _T:
    """The result of a coroutine that has nothing to wait for."""
    __tracebackhide__ = True
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: _T = done.value
        return result
    raise RuntimeError("a synchronous block was waited for")


@contextmanager
def _told_of(rows: int) -> Generator[None]:
    """An exception of the block says how many rows there were."""
    __tracebackhide__ = True
    try:
        yield
    except Exception as error:
        error.add_note(f"in assert_constant_queries, with populate({rows})")
        raise


def _is_in_loop() -> bool:
    import asyncio  # noqa: PLC0415 — most runs do without

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _takes_an_argument(block: Callable[..., Any]) -> bool:
    try:
        parameters: Mapping[str, inspect.Parameter] = inspect.signature(block).parameters
    except (TypeError, ValueError):  # some built-in functions have none
        return False
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return any(one.kind in positional and one.default is one.empty for one in parameters.values())
