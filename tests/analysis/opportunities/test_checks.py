"""`manage.py check --tag nplusone` tells what waits in the code; other checks do not run any of the project's."""

from io import StringIO

import pytest
from django.core.checks import run_checks
from django.core.management import call_command


def ours(messages):
    return [one for one in messages if one.id in ("nplusone_guard.W101", "nplusone_guard.W102")]


@pytest.fixture(autouse=True)
def demo_urls(settings):
    settings.ROOT_URLCONF = "demo_site.urls"


def test_the_tag_brings_them():
    messages = ours(run_checks(tags=["nplusone"]))
    (question,) = [one for one in messages if "question → assignment" in one.msg]
    assert question.id == "nplusone_guard.W102"
    assert question.msg.startswith("demo_site/assignments/serializers.py:")
    assert "AssignmentAnswerViewSet.list" in question.msg
    assert 'select_related("question__assignment")' in question.hint
    assert {one.id for one in messages} == {"nplusone_guard.W101", "nplusone_guard.W102"}


def test_a_plain_check_leaves_them_out():
    assert ours(run_checks()) == []


def test_so_do_checks_with_other_tags():
    assert ours(run_checks(tags=["database", "models"], databases=["default"])) == []


def test_the_command_tells_them():
    told = StringIO()
    call_command("check", tags=["nplusone"], stderr=told)
    assert "nplusone_guard.W101" in told.getvalue()
