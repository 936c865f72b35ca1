"""What is said of each view and admin class of `cases.py` is what is written there, no more and no less."""

import pytest
from django.contrib.admin import AdminSite

from nplusone_guard.analysis import analyze_n_plus_one_opportunities
from nplusone_guard.analysis.opportunities import analyze_useless_loads
from nplusone_guard.analysis.opportunities.admins import response_of_admin
from nplusone_guard.analysis.opportunities.building import DatabaseIsShutError, shut_database
from nplusone_guard.analysis.opportunities.judging import missing_of, opportunities_of
from tests.library.models import Book

from . import cases


@pytest.mark.parametrize("name", cases.MISSING)
def test_a_view_lacks_what_its_case_says(found, name):
    here = [one for one in found if one.view.rpartition(".")[2] == name]
    assert {(one.confidence, one.path) for one in here} == cases.MISSING[name]


@pytest.fixture(scope="module")
def useless():
    return analyze_useless_loads(urlconf=cases.__name__)


@pytest.mark.parametrize("name", cases.USELESS)
def test_a_view_loads_for_nothing_what_its_case_says(useless, name):
    assert {one.path for one in useless if one.view.rpartition(".")[2] == name} == cases.USELESS[name]


@pytest.mark.parametrize(("cls", "model", "missing"), cases.ADMINS)
def test_an_admin_class_lacks_what_its_case_says(cls, model, missing):
    response = response_of_admin(cls(model, AdminSite("cases")))
    opportunities = opportunities_of(response, list(missing_of(response)))
    assert {(one.confidence, one.path) for one in opportunities} == missing


def test_the_suggestion_is_code_with_the_whole_path(found):
    suggestions = {one.path: one.suggestion for one in found}
    assert suggestions["customer__region"].startswith('select_related("customer__region")')
    assert suggestions["books__tags"].startswith("prefetch_related(")


def test_a_rule_of_the_settings_keeps_it_out(settings):
    settings.NPLUSONE_GUARD = {"IGNORE": ["library.*", {"label": "store.*", "kind": "n_plus_one"}]}
    labels = {one.label for one in analyze_n_plus_one_opportunities(urlconf=cases.__name__)}
    assert not [label for label in labels if label.startswith(("library.", "store."))]


@pytest.mark.django_db
def test_the_database_is_open_again_afterwards():
    with shut_database(), pytest.raises(DatabaseIsShutError):
        Book.objects.count()
    assert Book.objects.count() == 0
