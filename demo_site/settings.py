"""How does a project turn the guard on? The demo site's settings; the guard's lines are marked.

The database is SQLite unless DEMO_DATABASE says `postgresql` or `mariadb`. Those are found through the
variables their own clients know: PGHOST, PGPORT, PGUSER, PGPASSWORD and MYSQL_HOST, MYSQL_TCP_PORT,
MYSQL_USER, MYSQL_PWD. The database there, `nplusone_demo` or what DEMO_DATABASE_NAME says, must exist.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import structlog

BASE_DIR = Path(__file__).resolve().parent.parent

# The site listens on this machine only and holds made-up people, so nothing here is a secret.
SECRET_KEY = "demo"
DEBUG = True
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "nplusone_guard",  # the guard, 1: the app
    "demo_site.accounts",
    "demo_site.materials",
    "demo_site.assignments",
    "demo_site.chat",
    "demo_site.knowledge_graph",
    "demo_site.payments",
    "demo_site.reports",
    "demo_site.scheduling",
    "demo_site.seeding",
    "demo_site.tour",
]
MIDDLEWARE = [
    "nplusone_guard.middleware.NPlusOneMiddleware",  # the guard, 2: first, so that it sees every statement
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
# The guard, 3: nothing. `NPLUSONE_GUARD = {...}` is only needed to depart from its defaults.

ROOT_URLCONF = "demo_site.urls"
WSGI_APPLICATION = "demo_site.wsgi.application"
ASGI_APPLICATION = "demo_site.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# One JSON object per line on standard error: what the guard found, ready for whatever reads the logs.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json_lines": {
            "()": "structlog.stdlib.ProcessorFormatter",
            "foreign_pre_chain": [
                structlog.stdlib.ExtraAdder(),  # the guard's fields are attributes of the log record
                structlog.stdlib.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        }
    },
    "handlers": {"json_lines": {"class": "logging.StreamHandler", "formatter": "json_lines"}},
    "loggers": {"nplusone_guard": {"handlers": ["json_lines"], "level": "INFO", "propagate": False}},
}

AUTH_USER_MODEL = "accounts.User"
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"  # who is signed in costs one statement, not two
LOGIN_URL = "/sign-in/login/"
LOGIN_REDIRECT_URL = "/"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "static/"


def _database() -> dict[str, Any]:
    name = os.environ.get("DEMO_DATABASE_NAME")
    match os.environ.get("DEMO_DATABASE", "sqlite"):
        case "sqlite":
            return {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": name or BASE_DIR / "demo_site" / "db.sqlite3",
            }
        case "postgresql":
            return {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": name or "nplusone_demo",
                "HOST": os.environ.get("PGHOST", "127.0.0.1"),
                "PORT": os.environ.get("PGPORT", "5432"),
                "USER": os.environ.get("PGUSER", "postgres"),
                "PASSWORD": os.environ.get("PGPASSWORD", ""),
            }
        case "mariadb":
            return {
                "ENGINE": "django.db.backends.mysql",
                "NAME": name or "nplusone_demo",
                "HOST": os.environ.get("MYSQL_HOST", "127.0.0.1"),
                "PORT": os.environ.get("MYSQL_TCP_PORT", "3306"),
                "USER": os.environ.get("MYSQL_USER", "root"),
                "PASSWORD": os.environ.get("MYSQL_PWD", ""),
                "OPTIONS": {"charset": "utf8mb4"},
            }
        case other:
            raise ValueError(f"DEMO_DATABASE={other!r}: expected sqlite, postgresql or mariadb")


DATABASES = {"default": _database()}
