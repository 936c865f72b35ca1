"""Duplicate: the same question, asked again and again in one place.

    for line in lines:
        rate = Setting.objects.get(key="vat")     SELECT … WHERE key = 'vat'
                                                  SELECT … WHERE key = 'vat'

Goal: repetition about one and the same thing, which a variable before the loop or a cache ends. It comes after
the N+1 detector, which takes what is about different rows.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..findings import Kind
from ..loops import Loop
from .evidence import is_batched, is_write

__all__ = ["KIND", "applies"]

KIND: Kind = "duplicate_query"


def applies(loop: Loop, thresholds: Mapping[str, int]) -> bool:
    """Whether `loop` asks one question many times."""
    return not is_write(loop) and not is_batched(loop) and loop.count >= thresholds[KIND]
