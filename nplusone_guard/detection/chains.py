"""Which loop loaded the rows that this one starts from? `message.sender.profile` is two loops, and one path."""

from __future__ import annotations

from collections.abc import Sequence

from ..scope import Loop

__all__ = ["path_to"]

_LONGEST = 6  # relations in one path; longer ones are recursion
_SHARED = 2  # rows that one loop loaded and the other one started from


def path_to(loop: Loop, loops: Sequence[Loop]) -> tuple[str, ...]:
    """The relations from the parent rows to what `loop` loads, `("sender", "profile")`."""
    path = [loop.attribution.name]
    seen = {id(loop)}
    head: Loop | None = loop
    while head is not None and len(path) < _LONGEST:
        head = _loaded_by(head, loops, seen)
        if head is not None:
            seen.add(id(head))
            path.append(head.attribution.name)
    return tuple(reversed(path))


def _loaded_by(loop: Loop, loops: Sequence[Loop], seen: set[int]) -> Loop | None:
    """The loop that loaded most of the rows that `loop` started from."""
    shared = [(len(loop.parents & other.targets), other) for other in loops if id(other) not in seen]
    count, best = max(shared, key=lambda pair: pair[0], default=(0, None))
    return best if count >= min(_SHARED, len(loop.parents) or _SHARED) else None
