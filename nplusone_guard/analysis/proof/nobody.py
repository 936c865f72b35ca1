"""Who answers where no planner can be asked?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..values import Advice, Proof

__all__ = ["nobody"]


class _Nobody:
    def __init__(self, why: str) -> None:
        self._why = why

    def prove(self, advice: Advice) -> Proof:
        """That it is unverified, and why."""
        return Proof("unverified", why=self._why)


@contextmanager
def nobody(why: str) -> Iterator[_Nobody]:
    """Nobody is asked, because of `why`."""
    yield _Nobody(why)
