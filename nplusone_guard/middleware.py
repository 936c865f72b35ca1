"""The middleware: each request is a scope; what it finds goes to the log, the headers and the signal."""

from __future__ import annotations

import random
from collections.abc import Callable
from types import CodeType
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from . import detection  # noqa: F401 — before the first request rather than in it
from .attribution import places  # noqa: F401
from .conf import Settings, get_settings, is_debug
from .findings import Report
from .lifecycle import close_scope, install, open_scope, raise_in_place, summary_of
from .loops import Loop
from .outputs.headers import add_headers
from .outputs.structured_log import log_findings
from .requestscopes import RequestScopes, route_of
from .scope import Scope, active_scope
from .signals import report_ready

__all__ = ["NPlusOneMiddleware"]


class NPlusOneMiddleware(RequestScopes):
    """Watches every request, synchronous or asynchronous. Put it first, so that it sees what others query."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        is_async = iscoroutinefunction(get_response)
        super().__init__(get_response, is_async=is_async)
        if is_async:
            markcoroutinefunction(self)
        install()

    def open(self, request: HttpRequest, boundary: CodeType) -> Scope | None:
        """A scope that logs, or `None` as the settings or chance decide."""
        settings = get_settings()
        if not _is_watched(request, settings):
            return None
        on_repeat = _raising(request) if settings.raise_ else None
        scope = open_scope("request", request.path, boundary=boundary, on_repeat=on_repeat)
        scope.logs = True
        return scope

    def before_stream(self, scope: Scope, request: HttpRequest, response: HttpResponseBase) -> None:
        """Headers go out first, with what is known by then."""
        if _may_have_headers(request):
            add_headers(response, summary_of(scope, with_shapes=False))

    def close(self, scope: Scope, request: HttpRequest, response: HttpResponseBase | None) -> None:
        """Tell whoever listens what was found."""
        scope.route = route_of(request) or ""
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


def _raising(request: HttpRequest) -> Callable[[Scope, Loop], None]:
    def on_repeat(scope: Scope, loop: Loop) -> None:
        scope.route = scope.route or route_of(request) or ""
        raise_in_place(scope, loop)

    return on_repeat


def _is_watched(request: HttpRequest, settings: Settings) -> bool:
    around = active_scope()
    if around is not None and around.kind == "request" and around.logs:
        return False  # the middleware is there twice
    return (
        settings.enabled
        and (settings.sample_rate >= 1 or random.random() < settings.sample_rate)  # noqa: S311
        and not (
            settings.exclude_paths and any(pattern.search(request.path) for pattern in settings.exclude_paths)
        )
    )


def _may_have_headers(request: HttpRequest) -> bool:
    policy = get_settings().headers
    if policy == "debug":
        return is_debug()
    return bool(policy(request)) if callable(policy) else bool(policy)


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
    return {"route": route_of(request), "view": view, "method": request.method, "status": status}
