"""Who answers where no planner can be asked?"""

from __future__ import annotations

from ..values import Advice, Proof

__all__ = ["Nobody"]


class Nobody:
    """Asks nobody.

    Args:
        why: The reason, one sentence.
    """

    def __init__(self, why: str) -> None:
        self._why = why

    def prove(self, advice: Advice) -> Proof:
        """That it is unverified, and why."""
        return Proof("unverified", why=self._why)
