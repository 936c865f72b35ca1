"""The settings the tests run with, on the database that NPLUSONE_TEST_DB names.

`sqlite` (the default), `postgresql` or `mariadb`; the servers are found through the variables their own clients
know: PGHOST, PGPORT, PGUSER, PGPASSWORD and MYSQL_HOST, MYSQL_TCP_PORT, MYSQL_USER, MYSQL_PWD.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = "tests"
USE_TZ = True
TIME_ZONE = "UTC"  # another would need the time zones in MariaDB, for the date hierarchy of the admin
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


def _database(name: str) -> dict[str, Any]:
    match os.environ.get("NPLUSONE_TEST_DB", "sqlite"):
        case "postgresql":
            return {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": name,
                "HOST": os.environ.get("PGHOST", "127.0.0.1"),
                "PORT": os.environ.get("PGPORT", "5432"),
                "USER": os.environ.get("PGUSER", "postgres"),
                "PASSWORD": os.environ.get("PGPASSWORD", ""),
            }
        case "mariadb":
            return {
                "ENGINE": "django.db.backends.mysql",
                "NAME": name,
                "HOST": os.environ.get("MYSQL_HOST", "127.0.0.1"),
                "PORT": os.environ.get("MYSQL_TCP_PORT", "3306"),
                "USER": os.environ.get("MYSQL_USER", "root"),
                "PASSWORD": os.environ.get("MYSQL_PWD", ""),
                "OPTIONS": {"charset": "utf8mb4"},
            }
        case "sqlite":
            # In a file, as Django never closes a connection to a database in memory; one for each process.
            path = str(Path(tempfile.gettempdir()) / f"test_{name}_{os.getpid()}.sqlite3")
            return {"ENGINE": "django.db.backends.sqlite3", "NAME": path, "TEST": {"NAME": path}}
        case other:
            raise ValueError(f"NPLUSONE_TEST_DB={other!r}: expected sqlite, postgresql or mariadb")


DATABASES = {"default": _database("nplusone"), "other": _database("nplusone_other")}

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.admin",
    "rest_framework",
    "django_filters",
    "nplusone_guard",
    "tests.library",
    "tests.attribution",
    "tests.corpus.store",
    "tests.analysis.schemas.shop",
    "tests.analysis.schemas.tracker",
    "tests.analysis.schemas.series",
    "mptt",
    "treebeard",
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
    "nplusone_guard.middleware.NPlusOneMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
AUTH_USER_MODEL = "accounts.User"
ROOT_URLCONF = "tests.library.urls"
STATIC_URL = "static/"
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
    },
    {"BACKEND": "django.template.backends.jinja2.Jinja2", "APP_DIRS": True},
]
