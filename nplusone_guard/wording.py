"""How a message shows a value, says a number and names the nearest right spelling, whatever it is given."""

from __future__ import annotations

import difflib
import reprlib
from collections.abc import Iterable

__all__ = ["counted", "did_you_mean", "listed", "nearest", "shown"]

_LONGEST_WORD = 60  # difflib takes quadratic time
_LONGEST_VALUE = 400

_brief = reprlib.Repr()
_brief.maxstring = _brief.maxother = _brief.maxlong = 120
_brief.maxdict = _brief.maxlist = _brief.maxtuple = _brief.maxset = 10


def shown(value: object) -> str:
    """`value` as one would write it, cut where it is long. Never raises."""
    try:
        text = _brief.repr(value)
    except Exception:  # noqa: BLE001 — a whole number of 5,000 digits has no repr, for one
        return f"a value of the type {type(value).__name__}"
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]} …"


def counted(number: int, noun: str, plural: str = "") -> str:
    """`number` with its noun: `1 test`, `1,234 indexes`."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def nearest(word: object, known: Iterable[str]) -> str:
    """The nearest of `known` to `word`, in whatever case; `""` if none is near."""
    if not isinstance(word, str):
        return ""
    spellings = {one.lower(): one for one in known}
    close = difflib.get_close_matches(word[:_LONGEST_WORD].lower(), spellings, n=1)
    return spellings[close[0]] if close else ""


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """` (did you mean …?)` with the nearest of `known`, in whatever case; `""` if none is near."""
    near = nearest(word, known)
    return f" (did you mean {near!r}?)" if near else ""


def listed(names: Iterable[str]) -> str:
    """`names` in alphabetical order, with commas."""
    return ", ".join(sorted(names))
