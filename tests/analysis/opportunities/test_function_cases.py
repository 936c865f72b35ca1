"""What is said of each view of `function_cases.py` is what is written there, no more and no less."""

from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings

from nplusone_guard.analysis import analyze_n_plus_one_opportunities

from . import function_cases as cases


@pytest.fixture(scope="module")
def found():
    (engine,) = settings.TEMPLATES
    templates = [{**engine, "DIRS": [Path(__file__).parent / "templates"]}]
    with override_settings(TEMPLATES=templates):
        return analyze_n_plus_one_opportunities(urlconf=cases.__name__)


@pytest.mark.parametrize("name", cases.MISSING)
def test_a_view_lacks_what_its_case_says(found, name):
    here = [one for one in found if one.view.rpartition(".")[2] == name]
    assert {(one.confidence, one.path) for one in here} == cases.MISSING[name]


@pytest.mark.parametrize("action", cases.ACTIONS)
def test_an_action_lacks_what_its_case_says(found, action):
    here = [one for one in found if one.view.endswith("AuthorViewSet") and one.action == action]
    assert {(one.confidence, one.path) for one in here} == cases.ACTIONS[action]


def test_a_function_is_named_without_an_action(found):
    (plain,) = [one for one in found if one.view.endswith(".plain")]
    assert plain.action == ""
    assert " in plain, read at " in str(plain)
