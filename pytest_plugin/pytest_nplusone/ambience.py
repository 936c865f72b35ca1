"""The scope that statements belong to while no context claims them. Only where Django is.

A `ContextVar` set around a test does not reach the event loops of asynchronous test runners, the threads of a
live server, or a browser's callbacks. While a test's body or a budget is open, it is the ambient scope there.
"""

from __future__ import annotations

from nplusone_guard.scope import Scope, ambient, claimed_scope

__all__ = ["ambience", "begin_ambience", "end_ambience", "outer_scope"]

_open: list[Scope | None] = []


class ambience:  # noqa: N801 — used as a context manager, and cheaper than a generator
    """While inside, `scope` is the ambient one; `None` leaves none.

    Blocks that overlap without being nested, as in tasks that run at once, may end in any order.
    """

    __slots__ = ("_scope",)

    def __init__(self, scope: Scope | None) -> None:
        self._scope = scope

    def __enter__(self) -> None:
        begin_ambience(self._scope)

    def __exit__(self, *_: object) -> None:
        end_ambience(self._scope)


def begin_ambience(scope: Scope | None) -> None:
    """From here on `scope` is the ambient one."""
    _open.append(scope)
    if scope is not None and not scope.is_shared:
        scope.share()
    ambient.scope = scope


def end_ambience(scope: Scope | None) -> None:
    """The ambience of `scope`, which has begun, is over."""
    if _open[-1] is scope:
        _open.pop()
    else:
        # The last one, by identity.
        for index in reversed(range(len(_open))):
            if _open[index] is scope:
                del _open[index]
                break
    ambient.scope = _open[-1] if _open else None


def outer_scope() -> Scope | None:
    """The scope that a block which begins here is inside of: one of this context, or the test.

    Never another ambient block: that one is around this line only if this context has entered it.
    """
    tests = (scope for scope in reversed(_open) if scope is not None and scope.kind == "test")
    return claimed_scope() or next(tests, None)
