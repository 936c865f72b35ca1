"""`with ignore("library.Book.author"):` — repetition that is meant, and not to be reported."""

from __future__ import annotations

from contextvars import ContextVar, Token
from types import TracebackType
from typing import Self

from .decorating import Decorator
from .rules import Rule

__all__ = ["active_rules", "ignore", "ignored_here", "with_rules"]

_rules: ContextVar[tuple[Rule, ...]] = ContextVar("nplusone_guard_ignored", default=())


def active_rules() -> tuple[Rule, ...]:
    """The rules of the `ignore()` blocks around this line."""
    return _rules.get()


def ignored_here(label: str) -> bool:
    """Whether an `ignore()` block around this line covers a finding about `label`."""
    rules = _rules.get()
    return bool(rules) and any(rule.matches(label=label) for rule in rules)


class with_rules:  # noqa: N801 — used as a context manager
    """While inside, exactly `rules` are active: for work that moves to another thread."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self._wanted = rules

    def __enter__(self) -> None:
        self._token: Token[tuple[Rule, ...]] = _rules.set(self._wanted)

    def __exit__(self, *_: object) -> None:
        _rules.reset(self._token)


class ignore(Decorator):  # noqa: N801 — reads as a verb: `with ignore():`
    """Keep findings out of the report, in a `with` or `async with` block or as a decorator.

    Args:
        labels: The labels to ignore, such as `library.Book.author` or `library.Book.*`; all of them when none
            is given.

    Raises:
        ValueError: A label is not a text.
    """

    def __init__(self, *labels: str) -> None:
        self._labels = labels
        self._added = tuple(Rule.parse(label) for label in labels) or (Rule(),)
        self._tokens: list[Token[tuple[Rule, ...]]] = []

    def again(self) -> Self:
        """A fresh one with the same arguments."""
        return type(self)(*self._labels)

    def __enter__(self) -> Self:
        self._tokens.append(_rules.set((*_rules.get(), *self._added)))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        _rules.reset(self._tokens.pop())
