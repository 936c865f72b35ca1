"""What is said of each view of `function_cases.py` is what is written there, no more and no less."""

import pytest

from . import function_cases as cases


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
