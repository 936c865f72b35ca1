"""What speaks for a loop over rows: how many different things its statements were about."""

from __future__ import annotations

from ..loops import Loop
from ..scope import Scope

__all__ = [
    "WRITES",
    "came_one_by_one",
    "distinct",
    "distinct_parameters",
    "is_batched",
    "is_worked_off",
    "is_write",
]

WRITES = frozenset({"INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE"})


def distinct(loop: Loop) -> int:
    """How many different rows the loop's statements were about.

    Where the ORM named the parent, parents are counted and parameters are not: twenty books of one author ask
    for the same author twenty times with one parameter. Where it did not, different parameters are counted.
    """
    if not loop.parents:
        return distinct_parameters(loop)
    if len(loop.parents) == loop.looked_at:
        # Each look showed another parent; so do the statements between two looks.
        return loop.count
    return max(len(loop.parents), distinct_parameters(loop))


def distinct_parameters(loop: Loop) -> int:
    """How many different sets of parameters the loop's statements had."""
    different = len(loop.parameters)
    if different <= 1:
        return different
    # Statements that were only counted, in production, go on as those whose parameters were compared.
    return round(different * loop.count / loop.hashed)


def is_batched(loop: Loop) -> bool:
    """Whether the statements load or write many rows each, and only lists or pages differ: a chunked load."""
    lists = bool(loop.batch_slots) or (loop.paged and not loop.parents)
    return lists and len(loop.fixed_parameters) <= 1 and len(loop.parameters) > 1


def is_worked_off(loop: Loop, scope: Scope) -> bool:
    """Whether each statement takes the next batch of rows, as those before were deleted or changed."""
    if not loop.paged or loop.parents or len(loop.parameters) > 1:
        return False
    return any(
        shape.operation in WRITES and shape.table == loop.shape.table and stats.count >= loop.count - 1
        for shape, stats in scope.shapes.items()
    )


def is_write(loop: Loop) -> bool:
    """Whether the statements write, or are what a call that writes looks up for itself."""
    return loop.shape.operation in WRITES or loop.attribution.relation == "write"


def came_one_by_one(loop: Loop) -> bool:
    """Whether each parent is known to have been loaded by itself (`get()`, `first()`): no list is gone through."""
    known = sum(loop.heads.values())
    if not known or known != len(loop.parents):
        return False
    # Many from one that came by itself are a way that the code goes, up or down a tree.
    return not any(head.many or count > 1 for head, count in loop.heads.items())
