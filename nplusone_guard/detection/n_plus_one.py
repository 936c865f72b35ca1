"""N+1: one query for the rows, then one more for each of them.

    for book in Book.objects.all():     SELECT … FROM book
        book.author.name                SELECT … FROM author WHERE id = 1
                                        SELECT … FROM author WHERE id = 2
                                        SELECT … FROM author WHERE id = 1

Goal: every loop whose statements are each about another row: a lazy relation, a deferred field, a `get()`, a
`count()`, raw SQL. Not: statements that each load many rows in chunks, and repetition about one row only.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..findings import Kind
from ..loops import Loop
from .evidence import distinct, is_batched, is_write

__all__ = ["KIND", "applies"]

KIND: Kind = "n_plus_one"

_LEAST_WITHOUT_PARENTS = 3
"""Two look-ups with different parameters on one line may be a pair (`for key in (low, high)`); where the ORM
names no parent whose relation is loaded, nothing but their number speaks for a loop over rows."""


def applies(loop: Loop, thresholds: Mapping[str, int]) -> bool:
    """Whether `loop` is an N+1."""
    if is_write(loop) or is_batched(loop):
        return False
    least = thresholds[KIND] if loop.parents else max(thresholds[KIND], _LEAST_WITHOUT_PARENTS)
    different = distinct(loop)
    # Mostly different: a few rows that were met twice do not make it a duplicate.
    return loop.count >= least and (different >= least or different * 2 > loop.count)
