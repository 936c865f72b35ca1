"""What cannot be meant with `assert_constant_queries`, in words: a test that measures nothing always passes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

import pytest
from django.db import connections
from django.http.response import HttpResponseBase

from nplusone_guard.wording import shown

__all__ = ["check_answer", "check_callable", "check_server", "checked_scales", "made_no_rows"]

_LEAST_SCALES = 2
_FIRST_ERROR_STATUS = 400


def check_callable(value: object, name: str, example: str) -> None:
    """Refuse what cannot be called: mostly what a call has returned."""
    if not callable(value):
        raise pytest.UsageError(f"{name} is {shown(value)}, expected a function to call, such as {example}")


def checked_scales(scales: object, example: tuple[int, ...]) -> tuple[int, ...]:
    """`scales`, when they are at least two whole numbers that grow."""
    expected = f"expected at least {_LEAST_SCALES} whole numbers from 1 on that grow, such as {example}"
    if not isinstance(scales, Iterable) or isinstance(scales, str):
        raise pytest.UsageError(f"scales is {shown(scales)}, {expected}")
    numbers = tuple(scales)
    whole = all(isinstance(one, int) and not isinstance(one, bool) and one > 0 for one in numbers)
    if not whole or len(numbers) < _LEAST_SCALES or any(one >= other for one, other in pairwise(numbers)):
        raise pytest.UsageError(f"scales is {shown(numbers)}, {expected}")
    return numbers


def check_server(request: pytest.FixtureRequest) -> None:
    """Refuse a live server that cannot see the rows: they are in a transaction of another connection."""
    if "live_server" not in request.fixturenames:
        return
    for connection in connections.all():
        is_shared = connection.vendor == "sqlite" and connection.is_in_memory_db()  # type: ignore[attr-defined]
        if not is_shared:
            raise pytest.UsageError(
                f"assert_constant_queries rolls its rows back, so a live_server on {connection.alias!r} "
                "cannot see them; ask through `client` or `async_client`"
            )


def check_answer(result: object) -> None:
    """Fail when the block's response is an error's: its queries say nothing about the page."""
    __tracebackhide__ = True
    if isinstance(result, HttpResponseBase) and result.status_code >= _FIRST_ERROR_STATUS:
        asked: Mapping[str, Any] = getattr(result, "request", None) or {}
        page = f" to {asked.get('REQUEST_METHOD', '')} {asked['PATH_INFO']}" if "PATH_INFO" in asked else ""
        pytest.fail(
            f"The block's response{page} is {result.status_code} ({result.reason_phrase}), whose queries say "
            "nothing about the page. If that is meant, let the block return something else."
        )


def made_no_rows(rows: int) -> pytest.UsageError:
    """The error of a `populate` that left the database as it was."""
    return pytest.UsageError(
        f"populate({rows}) made no rows: no statement of it wrote to a database. Does it get the number, as in "
        "populate=lambda n: BookFactory.create_batch(n), and save (create_batch rather than build_batch)?"
    )
