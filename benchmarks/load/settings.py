"""The demo site's settings as its servers run under load: no DEBUG, connections that stay, the guard as asked.

LOAD_GUARD says `on` (as in production), `off` (neither its app nor its middleware), or `counting` (with headers,
and nothing in the cache).
"""

from __future__ import annotations

import os

from demo_site.settings import *  # noqa: F403 — the site is the one that everybody tries
from demo_site.settings import DATABASES, INSTALLED_APPS, MIDDLEWARE

DEBUG = False
# A connection for each request costs the same on both sides, some milliseconds, and hides what differs.
DATABASES["default"]["CONN_MAX_AGE"] = None
REST_FRAMEWORK = {"DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"]}

_guard = os.environ.get("LOAD_GUARD", "on")
if _guard == "off":
    INSTALLED_APPS.remove("nplusone_guard")
    MIDDLEWARE.remove("nplusone_guard.middleware.NPlusOneMiddleware")
NPLUSONE_GUARD = {"HEADERS": _guard == "counting"}
if _guard == "counting":  # what the first request of a minute takes
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
