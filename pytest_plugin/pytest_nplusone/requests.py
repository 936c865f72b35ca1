"""Each request of a test is a scope of its own, whether or not the project has the middleware.

A test that calls `client.get()` in a loop is no N+1. In strict mode the chain of middlewares of every handler
(the test client's, the live server's) is wrapped into a scope. The response is left as it is; where the project
has `NPlusOneMiddleware`, that opens a scope inside this one and works as it always does.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase

from nplusone_guard.failsafe import turn_off
from nplusone_guard.lifecycle import close_scope, open_scope
from nplusone_guard.scope import Scope, active_scope, entered
from nplusone_guard.streaming import watch_stream

from .strict import running

__all__ = ["RequestScopes"]


class RequestScopes:
    """A handler's chain of middlewares, which runs in a scope while a test is judged.

    Args:
        chain: What answers a request.
        is_async: Whether `chain` has to be awaited.
    """

    def __init__(self, chain: Callable[[HttpRequest], Any], *, is_async: bool) -> None:
        self._chain = chain
        self._is_async = is_async

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Answer `request`."""
        if self._is_async:
            return self._answer_async(request)
        scope = _open(request, _SYNC_BOUNDARY)
        if scope is None:
            return self._chain(request)  # type: ignore[no-any-return]
        try:
            with entered(scope):
                response: HttpResponseBase = self._chain(request)
        except BaseException:
            _close(scope, request)
            raise
        return _answered(scope, request, response)

    async def _answer_async(self, request: HttpRequest) -> HttpResponseBase:
        scope = _open(request, _ASYNC_BOUNDARY)
        if scope is None:
            return await self._chain(request)  # type: ignore[no-any-return]
        try:
            with entered(scope):
                response: HttpResponseBase = await self._chain(request)
        except BaseException:
            _close(scope, request)
            raise
        return _answered(scope, request, response)


_SYNC_BOUNDARY = id(RequestScopes.__call__.__code__)
_ASYNC_BOUNDARY = id(RequestScopes._answer_async.__code__)


def _open(request: HttpRequest, boundary: int) -> Scope | None:
    """A scope for `request` while a test is judged, unless a request is being watched already."""
    if running.judge is None:
        return None
    try:
        around = active_scope()
        if around is not None and around.kind == "request":
            return None
        return open_scope("request", f"{request.method} {request.path}", boundary=boundary)
    except Exception:  # noqa: BLE001 — whatever it is, the request goes on without us
        turn_off(None)
        return None


def _answered(scope: Scope, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Close the scope, or let it live as long as the response streams."""
    if not response.streaming or isinstance(response, FileResponse):
        _close(scope, request)
        return response
    try:
        watch_stream(scope, response, lambda: _close(scope, request))
    except Exception:  # noqa: BLE001 — whatever it is, the response goes out as it is
        turn_off(scope)
    return response


def _close(scope: Scope, request: HttpRequest) -> None:
    if scope.closed:
        return
    try:
        match = request.resolver_match
        scope.route = (match.route or "") if match is not None else ""
        close_scope(scope)
    except Exception:  # noqa: BLE001 — whatever it is, the response goes out as it is
        turn_off(scope)
