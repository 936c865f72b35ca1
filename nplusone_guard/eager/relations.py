"""What was asked to be loaded ahead, how often did it come, and was it read?"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import NamedTuple

from ..attribution.declared import Declared
from ..codelines import Line
from ..ignoring import ignored_here

__all__ = ["Ahead", "Loaded", "Written", "ahead_of", "count", "note_read", "take"]

Written = Line | Declared
"""The line that asked, or what is declared where no line did."""

_MOST = 5_000  # relations; past them no new ones are watched


@dataclass(slots=True, eq=False)
class Ahead:
    """One relation that one line asked to be loaded ahead.

    Attributes:
        call: The function it asked with: `select_related`, `prefetch_related` or `prefetch_related_objects`.
        model: The label of the model whose rows the line queries.
        path: The relation, from there: `author__publisher`.
        lookup: The argument it came with, as code: `"author__publisher__country"`, `Prefetch("tags", …)`.
        label: The relation itself, on the model that declares it: `library.Author.publisher`.
        written: The line.
        above: The relation that these rows hang on, where it was asked for as well.
        read: Whether anybody has read it in this process.
    """

    call: str
    model: str
    path: str
    lookup: str
    label: str
    written: Written
    above: Ahead | None = field(default=None, repr=False)
    read: bool = False


class Loaded(NamedTuple):
    """What came of one relation.

    Attributes:
        ahead: The relation.
        times: How many queries brought rows of it.
        rows: How many rows those were.
    """

    ahead: Ahead
    times: int
    rows: int


_lock = threading.Lock()
_known: dict[tuple[str, str, str, str, Written], Ahead] = {}
_loaded: dict[Ahead, list[int]] = {}
_read: list[Ahead] = []


def ahead_of(
    call: str, model: str, path: str, lookup: str, label: str, written: Written, above: Ahead | None
) -> Ahead | None:
    """The one `Ahead` of these values; `None` once there are too many."""
    key = (call, model, path, lookup, written)
    found = _known.get(key)
    if found is None and len(_known) < _MOST:
        found = _known.setdefault(key, Ahead(call, model, path, lookup, label, written, above))
    return found


def count(ahead: Ahead, times: int, rows: int) -> None:
    """Another `rows` of `ahead` came, in `times` more queries; not where an `ignore()` block is around."""
    if ahead.read or ignored_here(ahead.label):
        return
    with _lock:
        counts = _loaded.setdefault(ahead, [0, 0])
        counts[0] += times
        counts[1] += rows


def note_read(ahead: Ahead) -> None:
    """Somebody has read `ahead`, and so what it hangs on."""
    one: Ahead | None = ahead
    while one is not None and not one.read:
        one.read = True
        with _lock:
            _read.append(one)
        one = one.above


def take() -> tuple[list[Loaded], list[Ahead]]:
    """What was loaded, and what was read for the first time, since this was asked last."""
    with _lock:
        loaded = [Loaded(ahead, times, rows) for ahead, (times, rows) in _loaded.items()]
        read = _read.copy()
        _loaded.clear()
        _read.clear()
    return loaded, read
