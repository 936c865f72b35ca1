"""What was meant? The nearest right spelling of a word, where Django may be missing (`nplusone_guard.wording`)."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = ["nearest"]


def nearest(word: object, known: Iterable[str]) -> str:
    """`did you mean …?` with the nearest of `known`; `""` if none is near."""
    close = difflib.get_close_matches(str(word), tuple(known), n=1)
    return f"did you mean {close[0]!r}?" if close else ""
