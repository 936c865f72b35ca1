"""`with ignore("library.Book.author"):` — repetition that is meant, and not to be reported."""

from __future__ import annotations

import inspect
from collections.abc import Coroutine
from contextlib import suppress
from contextvars import ContextVar, Token
from types import TracebackType
from typing import Any, Self

from django.template.response import SimpleTemplateResponse

from .decorating import Decorator
from .rules import Rule

__all__ = ["active_rules", "ignore", "ignored_here", "with_rules"]

_rules: ContextVar[tuple[Rule, ...]] = ContextVar("nplusone_guard_ignored", default=())


active_rules = _rules.get
"""The rules of the `ignore()` blocks around this line: the bound method itself, as `scope.claimed_scope` is."""


def ignored_here(label: str) -> bool:
    """Whether an `ignore()` block around this line covers a finding about `label`."""
    rules = active_rules()
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

    On a view it goes for the view's template as well, which is rendered when the view has returned; not for a
    streaming response.

    Args:
        labels: The labels to ignore, such as `library.Book.author` or `library.Book.*`; all of them when none
            is given.

    Raises:
        ValueError: A label is not a text, or empty.
        TypeError: It decorates a generator or a class.
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

    def returned(self, result: Any) -> Any:
        """Let what a decorated function left to do be in the block too: a coroutine to await, a page to render."""
        if inspect.iscoroutine(result):
            # `View.dispatch` is no coroutine function, but gives what the asynchronous `get` gave.
            return self._awaited(result)
        if isinstance(result, SimpleTemplateResponse) and not result.is_rendered:
            self._render_inside(result)
        return result

    async def _awaited(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        with self.again():
            result = await coroutine
        return self.returned(result)

    def _render_inside(self, response: SimpleTemplateResponse) -> None:
        def render(*args: Any, **kwargs: Any) -> Any:
            # Gone before anybody pickles the response for a cache.
            response.__dict__.pop("render", None)
            with self.again():
                return response.render(*args, **kwargs)

        with suppress(AttributeError):  # a response that is like no other renders as it always did
            response.render = render  # type: ignore[method-assign]
