"""Each request of a test is a scope of its own, whether or not the project has the middleware.

A test that calls `client.get()` in a loop is no N+1. In strict mode the chain of middlewares of every handler
(the test client's, the live server's) is wrapped into a scope. The response is left as it is; where the project
has `NPlusOneMiddleware`, that opens a scope inside this one and works as it always does.
"""

from __future__ import annotations

from types import CodeType

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from nplusone_guard.lifecycle import close_scope, open_scope
from nplusone_guard.requestscopes import RequestScopes, route_of
from nplusone_guard.scope import Scope, active_scope

from .strict import running

__all__ = ["JudgedRequests"]


class JudgedRequests(RequestScopes):
    """A handler's chain of middlewares, which runs in a scope while a test is judged."""

    def open(self, request: HttpRequest, boundary: CodeType) -> Scope | None:
        """A scope while a test is judged, unless a request is being watched already."""
        if running.judge is None:
            return None
        around = active_scope()
        if around is not None and around.kind == "request":
            return None
        return open_scope("request", f"{request.method} {request.path}", boundary=boundary)

    def close(self, scope: Scope, request: HttpRequest, response: HttpResponseBase | None) -> None:
        """The judge hears of it as of every scope that closes."""
        scope.route = route_of(request) or ""
        close_scope(scope)
