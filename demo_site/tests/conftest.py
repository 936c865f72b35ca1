"""The rows of a small platform, and a visitor, who is signed in where a page asks for it."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.test import Client, override_settings

from demo_site.accounts.models import User
from demo_site.seeding import demo_user
from demo_site.tour.stops import stops


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """A seeded database for all tests."""
    # One password is not worth 0.4 s.
    cheap = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
    with django_db_blocker.unblock(), cheap:
        call_command("seed", size="tiny", verbosity=0)


@pytest.fixture(autouse=True)
def nothing_cached(settings):
    """A budget is what the first request of a minute takes, whichever tests ran before."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}


@pytest.fixture
def visit(client, db):
    """Asks for a page of the tour by its name, such as `students: list`, on one side of the site."""
    pages = {f"{stop.group}: {stop.action}": stop for stop in stops()}
    member = Client()
    member.force_login(User.objects.get(email=demo_user.EMAIL))

    def ask(page, side):
        response = (member if pages[page].signed_in else client).get(pages[page].path(side))
        assert response.status_code == 200
        return response

    return ask
