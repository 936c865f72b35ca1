"""Which relations does a method read of the row it is given? By its syntax tree; it is not run.

def get_author(self, book):
return book.author.country.name     author, and country behind it
"""

from __future__ import annotations

from collections.abc import Iterator
from types import FunctionType

from .reading import Rows, reader_of
from .values import Read

__all__ = ["lost_in_function", "reads_of_function"]


def reads_of_function(
    function: FunctionType, row: Rows, *, sure: bool = True, position: int = 0
) -> Iterator[Read]:
    """What `function` reads of `row`.

    Args:
        function: The function; it is read, not run.
        row: The row that it is given.
        sure: Whether it runs for each row.
        position: Which of its parameters the row is.
    """
    yield from reader_of(function, row, sure=sure, position=position).reads


def lost_in_function(function: FunctionType, row: Rows, *, position: int = 0) -> frozenset[tuple[str, ...]]:
    """The paths of the rows that `function` hands on to where it cannot be told what is read of them.

    Args:
        function: The function; it is read, not run.
        row: The row that it is given.
        position: Which of its parameters the row is.
    """
    return frozenset(reader_of(function, row, sure=True, position=position).lost)
