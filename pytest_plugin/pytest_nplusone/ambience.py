"""The scope that statements belong to while no context claims them.

A `ContextVar` set around a test does not reach the event loops of asynchronous test runners, the threads of a
live server, or a browser's callbacks. While a test's body or a budget is open, it is the ambient scope there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nplusone_guard.scope import Scope

__all__ = ["ambience", "is_ambient", "outer_scope", "silence"]

_open: list[Scope | None] = []


class ambience:  # noqa: N801 — used as a context manager, and cheaper than a generator
    """While inside, `scope` is the ambient one; `None` leaves none.

    Blocks that overlap without being nested, as in tasks that run at once, may end in any order.
    """

    __slots__ = ("_scope",)

    def __init__(self, scope: Scope | None) -> None:
        self._scope = scope

    def __enter__(self) -> None:
        from nplusone_guard.scope import ambient  # noqa: PLC0415 — only where Django is

        scope = self._scope
        _open.append(scope)
        if scope is not None and not scope.is_shared:
            scope.share()
        ambient.scope = scope

    def __exit__(self, *_: object) -> None:
        from nplusone_guard.scope import ambient  # noqa: PLC0415 — only where Django is

        # The last one, by identity.
        for index in reversed(range(len(_open))):
            if _open[index] is self._scope:
                del _open[index]
                break
        ambient.scope = _open[-1] if _open else None


def is_ambient() -> bool:
    """Whether a block is open, so that there may be an ambient scope."""
    return bool(_open)


def outer_scope() -> Scope | None:
    """The scope that a block which begins here is inside of: one of this context, or the test.

    Never another ambient block: that one is around this line only if this context has entered it.
    """
    from nplusone_guard.scope import claimed_scope  # noqa: PLC0415 — only where Django is

    tests = (scope for scope in reversed(_open) if scope is not None and scope.kind == "test")
    return claimed_scope() or next(tests, None)


@contextmanager
def silence() -> Iterator[None]:
    """While inside, nothing is ambient: a fixture that is set up in the middle of a test."""
    if not is_ambient():
        yield
        return
    with ambience(None):
        yield
