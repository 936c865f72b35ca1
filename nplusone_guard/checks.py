"""System checks: what `manage.py check` says about the guard's settings and its place among the middleware."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004 — Django's name
from django.utils.module_loading import import_string

from .conf import SETTING, parse_settings
from .ignore_checks import check_ignores

__all__ = ["check_ignores", "check_middleware_order", "check_settings", "register_checks"]

TAG = "nplusone"

_OURS = "nplusone_guard.middleware.NPlusOneMiddleware"

_QUERYING = (
    # Middleware of Django that queries on the way in or out. Those that query in `process_view` or load the user
    # when somebody asks for it do so inside our scope, wherever they stand.
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.RemoteUserMiddleware",
    "django.contrib.sites.middleware.CurrentSiteMiddleware",
    "django.contrib.flatpages.middleware.FlatpageFallbackMiddleware",
    "django.contrib.redirects.middleware.RedirectFallbackMiddleware",
    "django.middleware.cache.UpdateCacheMiddleware",
    "django.middleware.cache.FetchFromCacheMiddleware",
)
_SESSIONS_WITHOUT_QUERY = tuple(
    f"django.contrib.sessions.backends.{name}" for name in ("cache", "file", "signed_cookies")
)


def register_checks() -> None:
    """Tell Django about the checks."""
    register(check_settings, TAG)
    register(check_middleware_order, TAG)
    register(check_ignores, TAG)


def check_settings(**_: Any) -> list[CheckMessage]:
    """E001: a key or value in `NPLUSONE_GUARD` is wrong."""
    problems = parse_settings(getattr(settings, SETTING, {}))[1]
    return [Error(problem.message, hint=problem.hint, id="nplusone_guard.E001") for problem in problems]


def check_middleware_order(**_: Any) -> list[CheckMessage]:
    """W001: the middleware stands after one that queries, whose statements it does not see."""
    before: list[str] = []
    for path in settings.MIDDLEWARE:
        names = _class_names(path)
        if _OURS in names:
            break
        if _queries(names):
            before.append(path)
    else:
        return []
    if not before:
        return []
    message = f"{path} stands after {', '.join(before)}: it does not see what they query."
    return [Warning(message, hint="Put it first in MIDDLEWARE.", id="nplusone_guard.W001")]


def _class_names(path: str) -> set[str]:
    """The dotted names of the middleware class at `path` and of those it inherits from."""
    try:
        found = import_string(path)
    except Exception:  # noqa: BLE001 — Django tells about it when it loads the middleware
        return {path}
    classes = found.__mro__ if isinstance(found, type) else ()
    return {path, *(f"{one.__module__}.{one.__qualname__}" for one in classes)}


def _queries(names: set[str]) -> bool:
    """Whether a middleware with these `names` may query before or after the ones it stands before."""
    known = names.intersection(_QUERYING)
    if not known:
        return False
    if any("cache" in name for name in known):
        cache = settings.CACHES.get(settings.CACHE_MIDDLEWARE_ALIAS, {})
        return cache.get("BACKEND") == "django.core.cache.backends.db.DatabaseCache"
    if any("sessions" in name for name in known):
        return settings.SESSION_ENGINE not in _SESSIONS_WITHOUT_QUERY
    return True
