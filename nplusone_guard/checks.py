"""System checks: what `manage.py check` says about the guard's settings and its place among the middleware."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004 — Django's name
from django.utils.module_loading import import_string

from .conf import SETTING, parse_settings

__all__ = ["check_middleware_order", "check_settings", "register_checks"]

TAG = "nplusone"

_QUERYING = (
    # Middleware that may ask the database: sessions are saved and users are loaded on the way through it.
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.auth.middleware.RemoteUserMiddleware",
    "django.contrib.sites.middleware.CurrentSiteMiddleware",
    "django.contrib.flatpages.middleware.FlatpageFallbackMiddleware",
    "django.contrib.redirects.middleware.RedirectFallbackMiddleware",
    "django.middleware.cache.UpdateCacheMiddleware",
    "django.middleware.cache.FetchFromCacheMiddleware",
)


def register_checks() -> None:
    """Tell Django about the checks."""
    register(check_settings, TAG)
    register(check_middleware_order, TAG)


def check_settings(**_: Any) -> list[CheckMessage]:
    """E001: a key or value in `NPLUSONE_GUARD` is wrong."""
    _, problems = parse_settings(getattr(settings, SETTING, {}))
    return [Error(problem.message, hint=problem.hint, id="nplusone_guard.E001") for problem in problems]


def check_middleware_order(**_: Any) -> list[CheckMessage]:
    """W001: the middleware stands after one that queries, whose statements it does not see."""
    before: list[str] = []
    for path in settings.MIDDLEWARE:
        if _is_ours(path):
            return [
                Warning(
                    f"{path} stands after {', '.join(before)}: it does not see what they query.",
                    hint="Put it first in MIDDLEWARE.",
                    id="nplusone_guard.W001",
                )
            ] * bool(before)
        if path in _QUERYING:
            before.append(path)
    return []


def _is_ours(path: str) -> bool:
    """Whether `path` is our middleware or a subclass of it."""
    from .middleware import NPlusOneMiddleware  # noqa: PLC0415 — needs the app registry

    try:
        found = import_string(path)
    except ImportError:
        return False
    return isinstance(found, type) and issubclass(found, NPlusOneMiddleware)
