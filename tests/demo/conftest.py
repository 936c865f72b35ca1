"""A demo site that is large enough for two pages of everything, and seeded in a moment."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from .rows import make_platform

CHEAP_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def nothing_cached():
    """A count of another test's rows is not this one's."""
    cache.clear()


@pytest.fixture
def cheap_password(settings):
    """The one password that `seed` makes is not worth 0.4 s a test."""
    settings.PASSWORD_HASHERS = CHEAP_HASHERS


@pytest.fixture(scope="module")
def seeded_once(django_db_setup, django_db_blocker):
    """Rows for a whole module, in a transaction around those of its tests, as `setUpTestData` does it."""
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(PASSWORD_HASHERS=CHEAP_HASHERS):
            call_command("seed", size="tiny", seed=1, verbosity=0)
        with django_db_blocker.block():
            yield
        transaction.set_rollback(True)


@pytest.fixture
def seeded(seeded_once, db):
    """A seeded database, the test's own changes gone after it."""


@pytest.fixture(scope="module")
def platform_once(django_db_setup, django_db_blocker):
    """The rows of `rows.py` for a whole module."""
    with django_db_blocker.unblock(), transaction.atomic():
        platform = make_platform()
        with django_db_blocker.block():
            yield platform
        transaction.set_rollback(True)


@pytest.fixture
def platform(platform_once, db):
    """The numbers of a few rows of a platform made by hand, the test's own changes gone after it."""
    return platform_once


@pytest.fixture
def visit(client, platform, settings):
    """Asks an address of `written_list.py` on one side, signed in, and gives the answer."""
    # As in the demo site's own settings: who is signed in costs one statement.
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    client.force_login(platform.viewer)

    def ask(side, address, **query):
        path = "/" + address.format(side=side, **vars(platform))
        if query:
            path += ("&" if "?" in path else "?") + urlencode(query)
        response = client.get(path)
        assert response.status_code == 200, response.content
        return response

    return ask
