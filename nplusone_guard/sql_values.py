"""Which values and parameters does a statement have, and which of them stand in lists?"""

from __future__ import annotations

import re

from .sql_scanner import Reading, elements

__all__ = ["Seen"]

_ROW_BREAK = re.compile(r"[)\]]\s*,\s*[(\[]")


class Seen:
    """What came by while a text was normalized.

    Args:
        mark: What the text's placeholders begin with, `%` or `?`.

    Attributes:
        values: The values and placeholders, in order. For the caller to hash and forget.
        parameters: How many of them were placeholders.
        slots: Which placeholders, from 0, stood in lists of two or more.
    """

    __slots__ = ("_row", "mark", "parameters", "slots", "values")

    def __init__(self, mark: str) -> None:
        self.mark = mark
        self.values: list[str] = []
        self.parameters = 0
        self.slots: set[int] = set()
        self._row: range = range(0)

    def value(self, text: str) -> None:
        """A value or placeholder came by."""
        self.values.append(text)
        self.parameters += text[0] == self.mark

    def placeholders(self, count: int) -> None:
        """So many `%s` came by."""
        for _ in range(count):
            self.value("%s")

    def elements(self, token: str, reading: Reading) -> range:
        """A list came by; returns the positions of its placeholders."""
        before = self.parameters
        for text in elements(reading)(token):
            if text:
                self.value(text)
        return range(before, self.parameters)

    def list(self, token: str, reading: Reading) -> None:
        """The list of an `IN` came by."""
        values = len(self.values)
        slots = self.elements(token, reading)
        if _ROW_BREAK.search(token) if token[1:].lstrip()[:1] in ("(", "[") else len(self.values) - values > 1:
            self.slots.update(slots)

    def row(self, token: str, reading: Reading, *, first: bool) -> None:
        """A row of a `VALUES` came by. One row alone is not a list, however many columns it has."""
        slots = self.elements(token, reading)
        if first:
            self._row = slots
        else:
            self.slots.update(self._row, slots)
