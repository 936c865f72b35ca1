"""What speaks for a loop over rows: how many different things its statements were about."""

from __future__ import annotations

from ..scope import Loop

__all__ = ["WRITES", "distinct", "is_batched"]

WRITES = frozenset({"INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE"})


def distinct(loop: Loop) -> int:
    """How many different rows the loop's statements were about.

    Where the ORM named the parent, parents are counted and parameters are not: twenty books of one author ask
    for the same author twenty times with one parameter. Where it did not, different parameters are counted.
    """
    if not loop.parents:
        return len(loop.parameters)
    if len(loop.parents) == loop.looked_at:
        # Each look showed another parent; so do the statements between two looks.
        return loop.count
    return max(len(loop.parents), len(loop.parameters))


def is_batched(loop: Loop) -> bool:
    """Whether the statements load or write many rows each, and only their lists differ: a chunked load."""
    return bool(loop.batch_slots) and len(loop.fixed_parameters) <= 1 and len(loop.parameters) > 1
