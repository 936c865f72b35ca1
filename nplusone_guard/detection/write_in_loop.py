"""Write in a loop: one statement for each row that one statement for all of them could write.

    for book in books:
        book.save()            UPDATE book SET … WHERE id = 1
                               UPDATE book SET … WHERE id = 2

Goal: `save()`, `create()`, `delete()`, `add()` and raw writes, row by row. Not: `bulk_create()` and its like,
which Django runs in batches, and statements that write several rows each.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..findings import Kind
from ..loops import Loop
from .evidence import is_batched, is_write

__all__ = ["KIND", "applies"]

KIND: Kind = "write_in_loop"


def applies(loop: Loop, thresholds: Mapping[str, int]) -> bool:
    """Whether `loop` writes row by row."""
    return is_write(loop) and not is_batched(loop) and loop.count >= thresholds[KIND]
