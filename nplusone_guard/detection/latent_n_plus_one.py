"""Latent N+1: the loop of an N+1, run over so few rows that nothing repeats.

    books = Book.objects.filter(shelf=shelf)     SELECT … FROM book: able to return many rows, returns one
    for book in books:
        book.author.name                         SELECT … FROM author WHERE id = 1: with two books, two of them

Goal: in tests, whose data is small, every lazy relation, deferred field or related manager that is read in a loop
over rows of a query that was able to return many (`rowloops` says which loop). Not: a row by itself (`get()`,
`first()`, a slice of one, a filter on something unique), nor one that is picked from a list and used outside of
any loop over it. It comes after the other detectors, which take what repeats.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..findings import Kind
from ..loops import Loop
from .evidence import is_batched, is_write

__all__ = ["KIND", "applies"]

KIND: Kind = "latent_n_plus_one"


def applies(loop: Loop, thresholds: Mapping[str, int]) -> bool:
    """Whether `loop` is a loop over rows that is too short for an N+1."""
    return loop.rows_loop is not None and not is_write(loop) and not is_batched(loop)
