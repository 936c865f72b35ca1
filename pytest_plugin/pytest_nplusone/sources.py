"""Which lines of code stand around a place? Read from the files of the project, as far as they are at hand."""

from __future__ import annotations

import linecache
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .repository import absolute

if TYPE_CHECKING:
    from nplusone_guard.findings import Place

__all__ = ["AROUND", "SourceLine", "source_lines"]

AROUND = 2
"""How many lines before and after the one that matters tell what it is about."""


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line of a file.

    Attributes:
        number: Its number, counted from 1.
        text: The line, with the indentation that all lines shown have in common taken away.
        meant: Whether it is the line that the place names.
    """

    number: int
    text: str
    meant: bool = False


def source_lines(place: Place, around: int = AROUND) -> tuple[SourceLine, ...]:
    """The line of `place` with the lines around it, empty ones at the end left out.

    Without the file it is the line alone as the place remembers it, and nothing when it does not.
    """
    file = linecache.getlines(absolute(place.path))
    numbers = range(max(1, place.line - around), min(place.line + around, len(file)) + 1)
    lines = [(number, file[number - 1].rstrip().expandtabs()) for number in numbers]
    while lines and not lines[-1][1] and lines[-1][0] != place.line:
        lines.pop()
    if not any(text for _, text in lines):
        return (SourceLine(place.line, place.source, meant=True),) if place.source else ()
    indent = min(len(text) - len(text.lstrip()) for _, text in lines if text)
    return tuple(SourceLine(number, text[indent:], number == place.line) for number, text in lines)
