"""How large the workloads are."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Sizes"]


@dataclass(frozen=True, slots=True)
class Sizes:
    """The published figures are for these; tests take smaller ones.

    Attributes:
        rows: Different statements, and rows of the N+1. A list request shows at most 100 of them.
        raw: Statements on a bare cursor.
        held: Statements whose memory is weighed.
        runs: Runs whose instructions are counted. Now and then one of them pays for the garbage of others, so that
            two differ by half a percent; in ten that is a tenth of it.
    """

    rows: int = 200
    raw: int = 2_000
    held: int = 10_000
    runs: int = 10
