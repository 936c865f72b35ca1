"""The settings the benchmarks run with: a plain project, and no guard unless a recorder brings it."""

from __future__ import annotations

from importlib.util import find_spec

from tests.settings import *  # noqa: F403 — the templates and the rest are the tests'
from tests.settings import _database

DATABASES = {"default": _database("nplusone_benchmarks")}

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "rest_framework",
    "tests.library",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
AUTH_USER_MODEL = "auth.User"
ROOT_URLCONF = "benchmarks.listing"
ALLOWED_HOSTS = ["testserver"]
REST_FRAMEWORK = {"DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"]}
LOGGING_CONFIG = None

# The only peer that has to be an application from the beginning; it changes nothing until it is used.
if find_spec("debug_toolbar") is not None:
    INSTALLED_APPS += ["django.contrib.staticfiles", "debug_toolbar"]
