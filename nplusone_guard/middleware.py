"""The middleware: each request is a scope; what it finds goes to the log, the headers and the signal."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase

from .conf import Settings, get_settings, is_debug
from .failsafe import turn_off
from .findings import Report
from .lifecycle import close_scope, install, open_scope, raise_in_place, summary_of
from .loops import Loop
from .outputs.headers import add_headers
from .outputs.structured_log import log_findings
from .scope import Scope, active_scope, entered
from .signals import report_ready
from .streaming import watch_stream

__all__ = ["NPlusOneMiddleware"]


class NPlusOneMiddleware:
    """Watches every request, synchronous or asynchronous. Put it first, so that it sees what others query."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)
        install()

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Answer `request`."""
        if self._is_async:
            return self._answer_async(request)
        scope = _open(request, _SYNC_BOUNDARY)
        if scope is None:
            return self.get_response(request)  # type: ignore[no-any-return]
        try:
            with entered(scope):
                response: HttpResponseBase = self.get_response(request)
        except BaseException:
            _close(scope, request, None)
            raise
        return _answered(scope, request, response)

    async def _answer_async(self, request: HttpRequest) -> HttpResponseBase:
        scope = _open(request, _ASYNC_BOUNDARY)
        if scope is None:
            return await self.get_response(request)  # type: ignore[no-any-return]
        try:
            with entered(scope):
                response: HttpResponseBase = await self.get_response(request)
        except BaseException:
            _close(scope, request, None)
            raise
        return _answered(scope, request, response)


_SYNC_BOUNDARY = id(NPlusOneMiddleware.__call__.__code__)
_ASYNC_BOUNDARY = id(NPlusOneMiddleware._answer_async.__code__)


def _open(request: HttpRequest, boundary: int) -> Scope | None:
    """The scope of `request`, `None` if it is not to be watched."""
    try:
        settings = get_settings()
        if not _is_watched(request, settings):
            return None
        on_repeat = _raising(request) if settings.raise_ else None
        scope = open_scope("request", request.path, boundary=boundary, on_repeat=on_repeat)
        scope.logs = True
        return scope  # noqa: TRY300
    except Exception:  # noqa: BLE001 — whatever it is, the request goes on without us
        turn_off(None)
        return None


def _raising(request: HttpRequest) -> Callable[[Scope, Loop], None]:
    def on_repeat(scope: Scope, loop: Loop) -> None:
        scope.route = scope.route or _route_of(request) or ""
        raise_in_place(scope, loop)

    return on_repeat


def _is_watched(request: HttpRequest, settings: Settings) -> bool:
    around = active_scope()
    if around is not None and around.boundary in (_SYNC_BOUNDARY, _ASYNC_BOUNDARY):
        return False  # the middleware is there twice
    return (
        settings.enabled
        and (settings.sample_rate >= 1 or random.random() < settings.sample_rate)  # noqa: S311
        and not (
            settings.exclude_paths and any(pattern.search(request.path) for pattern in settings.exclude_paths)
        )
    )


def _answered(scope: Scope, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Close the scope, or let it live as long as the response streams."""
    # A file is no source of statements, and replacing its iterator would take it from `wsgi.file_wrapper`.
    if not response.streaming or isinstance(response, FileResponse):
        _close(scope, request, response)
        return response
    try:
        if _may_have_headers(request):
            add_headers(response, summary_of(scope, with_shapes=False))
        watch_stream(scope, response, lambda: _close(scope, request, response))
    except Exception:  # noqa: BLE001 — whatever it is, the response goes out as it is
        turn_off(scope)
    return response


def _close(scope: Scope, request: HttpRequest, response: HttpResponseBase | None) -> None:
    if scope.closed:
        return
    try:
        scope.route = _route_of(request) or ""
        # Most projects have no receiver at all, which its own list tells in a tenth of the time.
        heard = bool(report_ready.receivers) and report_ready.has_listeners(scope.kind)
        summary = close_scope(scope, with_shapes=heard)
        if response is not None and not response.streaming and _may_have_headers(request):
            add_headers(response, summary)
        if summary.findings:
            log_findings(summary, _request_fields(request, response))
        if heard:
            report = Report(lambda: summary)
            report_ready.send_robust(sender=scope.kind, report=report, request=request)
    except Exception:  # noqa: BLE001 — whatever it is, the response goes out as it is
        turn_off(scope)


def _may_have_headers(request: HttpRequest) -> bool:
    policy = get_settings().headers
    if policy == "debug":
        return is_debug()
    return bool(policy(request)) if callable(policy) else bool(policy)


def _route_of(request: HttpRequest) -> str | None:
    """The route and not the path, which may hold personal data."""
    match = request.resolver_match
    return match.route if match is not None else None


def _request_fields(request: HttpRequest, response: HttpResponseBase | None) -> dict[str, Any]:
    """`route`, `view`, `method` and `status`, for logs."""
    match = request.resolver_match
    view = None
    if match is not None:
        view = match._func_path
        # REST framework keeps a viewset's actions on the function.
        action = (getattr(match.func, "actions", None) or {}).get((request.method or "").lower())
        view = f"{view}.{action}" if action else view
    status = response.status_code if response is not None else None
    return {"route": _route_of(request), "view": view, "method": request.method, "status": status}
