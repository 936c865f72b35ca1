"""The fixtures. What is behind them is imported with the first test that has one, as most have none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .around_tests import AROUND_TESTS
from .readiness import skip_without_django

if TYPE_CHECKING:
    from .budgets import AssertMaxQueries
    from .growth import AssertConstantQueries

__all__ = ["assert_constant_queries", "assert_max_queries"]


@pytest.fixture
def assert_max_queries(request: pytest.FixtureRequest) -> AssertMaxQueries:
    """Fails a block that does more queries than it may: `with …(5) as queries:` or `async with`."""
    from .budgets import at_most_of  # noqa: PLC0415

    skip_without_django()
    request.config.stash[AROUND_TESTS].begin()
    return at_most_of(request)


@pytest.fixture
def assert_constant_queries(request: pytest.FixtureRequest) -> AssertConstantQueries:
    """Fails a block that does more queries the more rows there are: `…(block, populate=make_rows)`."""
    from .growth import constant_of  # noqa: PLC0415

    skip_without_django()
    request.config.stash[AROUND_TESTS].begin()
    return constant_of(request)
