"""Streaming responses: their statements run after the view has returned, and still belong to the request."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from .scope import Scope, entered

__all__ = ["watch_stream"]


def watch_stream(scope: Scope, response: Any, close: Callable[[], None]) -> None:
    """Let every step of `response`, a streaming one, run inside `scope`, and call `close` at its end."""
    # The setter registers close() with the response, which the server closes whatever happens.
    stream = _AsyncStream if response.is_async else _Stream
    response.streaming_content = stream(response.streaming_content, scope, close)


class _Stream:
    """An iterator whose every step runs inside the scope, and whose end is the scope's end."""

    def __init__(self, content: Iterator[bytes], scope: Scope, close: Callable[[], None]) -> None:
        self._content = content
        self._scope = scope
        self.close = close

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            with entered(self._scope):
                return next(self._content)
        except BaseException:
            self.close()
            raise


class _AsyncStream:
    """The same for asynchronous content."""

    def __init__(self, content: AsyncIterator[bytes], scope: Scope, close: Callable[[], None]) -> None:
        self._content = content
        self._scope = scope
        self.close = close

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        try:
            with entered(self._scope):
                return await anext(self._content)
        except BaseException:
            self.close()
            raise
