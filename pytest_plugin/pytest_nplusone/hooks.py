"""The hook of this plugin: findings that no single test has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .results import Result

__all__ = ["pytest_nplusone_results"]


@pytest.hookspec
def pytest_nplusone_results(config: pytest.Config) -> Iterable[Result]:  # type: ignore[empty-body]
    """Findings of the whole run, that only the process which started it can tell: joined to those of the tests.

    Called once, at the end of the run and after the workers of pytest-xdist have ended. `status` and `recorded`
    may be left as they are: the baseline sets them.
    """
