"""Do the guides say what is? Their table of statements is counted again, and their code is run."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings
from rest_framework.test import APIRequestFactory

from demo_site.accounts.models import User
from demo_site.knowledge_graph.api_optimized import ElementViewSet
from demo_site.pagination import MinutePaginator, TwentyPerPage
from demo_site.seeding import demo_user
from demo_site.tour.stops import LAST_OF_SIX, stops

from .conftest import CHEAP_HASHERS

pytestmark = pytest.mark.urls("demo_site.urls")

GUIDES = Path(__file__).parent.parent.parent / "docs" / "guides"
VIEWSETS = (GUIDES / "viewset-patterns.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def small_site(django_db_setup, django_db_blocker):
    """The database that `make demo` seeds."""
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(PASSWORD_HASHERS=CHEAP_HASHERS):
            call_command("seed", size="small", verbosity=0)
        with django_db_blocker.block():
            yield
        transaction.set_rollback(True)


def six_viewsets():
    for stop in stops():
        yield stop
        if stop.group == LAST_OF_SIX and stop.action == "by period":
            return


def test_the_table_of_the_six_viewsets_is_what_is_counted(small_site, db, reports, settings):
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    guest, member = Client(), Client()
    member.force_login(User.objects.get(email=demo_user.EMAIL))
    counted = []
    for stop in six_viewsets():
        for side in ("naive", "optimized"):
            assert (member if stop.signed_in else guest).get(stop.path(side)).status_code == 200
        naive, optimized = (report.statements for report in reports[-2:])
        counted.append((stop.action, naive, optimized))
    table = re.findall(r"^\| [\w-]* ?\| ([a-z ]+) \| (\d+) \| (\d+) \|", VIEWSETS, re.MULTILINE)
    assert [(action, int(naive), int(optimized)) for action, naive, optimized in table] == counted
    assert len(counted) == 18


def test_the_guides_paginator_counts_once_a_minute(small_site, db, assert_max_queries):
    (block,) = [
        block for block in re.findall(r"```python\n(.*?)```", VIEWSETS, re.DOTALL) if "get_or_set" in block
    ]
    assert inspect.getsource(MinutePaginator) in block
    namespace: dict[str, type] = {}
    exec(block, namespace)

    class CachedCounts(TwentyPerPage):
        django_paginator_class = namespace["MinutePaginator"]

    class CachedElementViewSet(ElementViewSet):
        pagination_class = CachedCounts
        querysets = ElementViewSet.querysets

    def ask(budget, **query):
        with assert_max_queries(budget):
            response = CachedElementViewSet.as_view({"get": "list"})(APIRequestFactory().get("/", query))
            return response.data["count"]

    cache.clear()
    everything = ask(2)
    assert everything == ask(1) == ask(1, page=2)
    quizzes = ask(2, element_type="quiz")
    assert 0 < quizzes < everything
    assert ask(1, element_type="quiz") == quizzes


@pytest.mark.parametrize("guide", ["viewset-patterns.md", "optimization.md"])
def test_what_a_guide_points_to_is_there(guide):
    text = (GUIDES / guide).read_text(encoding="utf-8")
    root = GUIDES.parent.parent
    for target in re.findall(r"\]\(([^)#]+)", text):
        assert (GUIDES / target).exists(), target
    for path in re.findall(r"\b(?:demo_site|tests|benchmarks|nplusone_guard|docs)/[\w/]+\.\w+", text):
        assert (root / path).exists(), path
    tests = "".join(path.read_text(encoding="utf-8") for path in (root / "tests").rglob("*.py"))
    for name in re.findall(r"`(test_\w+)`", text):
        assert f"def {name}(" in tests, name
