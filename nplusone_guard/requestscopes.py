"""Each request is a scope: however it is answered, and for as long as the answer streams.

Around what answers requests stands one of these: the middleware in a project, and in a test run one of the pytest
plugin's. What is watched and what becomes of it is theirs to say.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from types import CodeType
from typing import Any

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase

from .failsafe import turn_off
from .scope import Scope, entered
from .streaming import watch_stream

__all__ = ["RequestScopes", "route_of"]


class RequestScopes(ABC):
    """Answers requests, each in a scope of its own.

    Whatever fails in the methods that say what to do, the request goes on without us.

    Args:
        get_response: What answers a request.
        is_async: Whether `get_response` has to be awaited.
    """

    def __init__(self, get_response: Callable[[HttpRequest], Any], *, is_async: bool) -> None:
        self.get_response = get_response
        self._is_async = is_async

    @abstractmethod
    def open(self, request: HttpRequest, boundary: CodeType) -> Scope | None:
        """A scope for `request`, with this boundary; `None` if the request is not to be watched."""

    @abstractmethod
    def close(self, scope: Scope, request: HttpRequest, response: HttpResponseBase | None) -> None:
        """The request has been answered, with all that streams, or failed (`None`)."""

    def before_stream(  # noqa: B027 — there may be nothing to say
        self, scope: Scope, request: HttpRequest, response: HttpResponseBase
    ) -> None:
        """`response` is about to stream: what has to be said beforehand."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Answer `request`."""
        if self._is_async:
            return self._answer_async(request)
        scope = self._opened(request, _SYNC_BOUNDARY)
        if scope is None:
            return self.get_response(request)  # type: ignore[no-any-return]
        try:
            with entered(scope):
                response: HttpResponseBase = self.get_response(request)
        except BaseException:
            self._closed(scope, request, None)
            raise
        return self._answered(scope, request, response)

    async def _answer_async(self, request: HttpRequest) -> HttpResponseBase:
        scope = self._opened(request, _ASYNC_BOUNDARY)
        if scope is None:
            return await self.get_response(request)  # type: ignore[no-any-return]
        try:
            with entered(scope):
                response: HttpResponseBase = await self.get_response(request)
        except BaseException:
            self._closed(scope, request, None)
            raise
        return self._answered(scope, request, response)

    def _opened(self, request: HttpRequest, boundary: CodeType) -> Scope | None:
        try:
            return self.open(request, boundary)
        except Exception:  # noqa: BLE001 — whatever it is, the request goes on without us
            turn_off(None)
            return None

    def _answered(self, scope: Scope, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Close the scope, or let it live as long as the response streams."""
        # A file is no source of statements, and replacing its iterator would take it from `wsgi.file_wrapper`.
        if not response.streaming or isinstance(response, FileResponse):
            self._closed(scope, request, response)
            return response
        try:
            self.before_stream(scope, request, response)
            watch_stream(scope, response, lambda: self._closed(scope, request, response))
        except Exception:  # noqa: BLE001 — whatever it is, the response goes out as it is
            turn_off(scope)
        return response

    def _closed(self, scope: Scope, request: HttpRequest, response: HttpResponseBase | None) -> None:
        if scope.closed:
            return
        try:
            self.close(scope, request, response)
        except Exception:  # noqa: BLE001 — whatever it is, the response goes out as it is
            turn_off(scope)


_SYNC_BOUNDARY = RequestScopes.__call__.__code__
_ASYNC_BOUNDARY = RequestScopes._answer_async.__code__


def route_of(request: HttpRequest) -> str | None:
    """The route and not the path, which may hold personal data."""
    match = request.resolver_match
    return match.route if match is not None else None
