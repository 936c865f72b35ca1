"""The N+1s of the demo site are found in its code, all of the naive side and none of the optimized one."""

import json

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from nplusone_guard.analysis import analyze_n_plus_one_opportunities
from nplusone_guard.analysis import opportunities as package
from tests.demo.written_list import LISTS, ROOT, place_of_mark

URLS = "demo_site.urls"


@pytest.fixture(scope="module")
def found():
    return analyze_n_plus_one_opportunities(urlconf=URLS)


def route_of(address):
    return address.format(side="naive", **dict.fromkeys(["assignment", "room", "thread", "subject"], 1)).partition(
        "?"
    )[0]


@pytest.mark.parametrize("mark", ["1", "2", "3", "4", "5", "6", "7"])
def test_each_of_the_seven_is_found(found, mark):
    place = place_of_mark(mark)
    expected = next(one for every in LISTS.values() for one in every if one.mark == mark)
    at_place = [one for one in found if str(one.place) == place and one.action == "list"]
    assert [one.label for one in at_place] == [expected.label]
    (one,) = at_place
    assert one.through == expected.through
    assert one.confidence in ("certain", "likely")
    assert all(fragment in one.suggestion for fragment in expected.fix)
    assert one.route.startswith("api/naive/")


@pytest.mark.parametrize("address", LISTS)
def test_what_is_found_of_a_list_is_what_the_written_list_has(found, address):
    places = {place_of_mark(one.mark) for one in LISTS[address]}
    here = [one for one in found if one.route == f"{route_of(address)}$"]
    told = {str(one.place) for one in here}
    # At run time what one fix ends is one finding; here each line is told.
    if "stats" in address:
        places |= {place_of_mark(f"stats: {what}") for what in ("submissions", "scores", "materials")}
    assert told == places


def test_what_a_view_lacks_is_one_change_of_its_queryset(found):
    together = {one.together for one in found if one.view.endswith("MaterialViewSet") and one.action == "list"}
    (change,) = together
    assert change.startswith('select_related("subject", "created_by").prefetch_related("files", ')
    assert "annotate(progress_count=" in change


def test_so_is_what_the_template_of_a_function_reads(found):
    page = [one for one in found if one.view == "demo_site.materials.pages.naive_catalogue"]
    marks = ("catalogue: author", "catalogue: comments", "catalogue: comment author")
    assert {str(one.place) for one in page} == {place_of_mark(mark) for mark in marks}
    assert {one.confidence for one in page} == {"certain"}


def test_nothing_is_found_on_the_optimized_side(found):
    assert [str(one) for one in found if "optimized" in one.route or "optimized" in one.view.lower()] == []


def test_the_optimized_side_was_looked_at():
    judged = {
        (response.view, response.action): response
        for response in package._responses(URLS)
        if "api_optimized" in response.view
    }
    assert len({view for view, action in judged if action == "list"}) == 9
    assert len({view for view, action in judged if action == "retrieve"}) == 9
    assert all(
        any(response.loads.serves(read) for read in response.reads)
        for key, response in judged.items()
        if key[1] == "list" and response.reads
    )


def test_the_sites_own_admin_is_clean_and_its_naive_twin_is_not(found):
    admins = [one for one in found if one.view.startswith("demo_site") and one.action == "changelist"]
    assert {str(one.place) for one in admins} == {
        place_of_mark("admin: student"),
        place_of_mark("admin: assignment"),
    }
    assert {one.confidence for one in admins} == {"certain"}


@pytest.mark.django_db
def test_no_statement_runs():
    with CaptureQueriesContext(connections["default"]) as captured:
        assert analyze_n_plus_one_opportunities(urlconf=URLS)
    assert captured.captured_queries == []


def test_without_a_database_all_is_found_too(found):
    assert found  # the fixture has no mark django_db: pytest-django refuses every statement


def test_the_findings_of_a_log_confirm(tmp_path, found):
    place = place_of_mark("2")
    event = {
        "event": "nplusone.detected",
        "label": "assignments.AssignmentSubmission.student",
        "through": [],
        "culprit": {"path": place.partition(":")[0], "line": 1},
        "via": None,
    }
    log = tmp_path / "staging.log"
    log.write_text("\n".join(["not json, nplusone.detected", json.dumps(event), json.dumps({"event": "other"})]))
    confirmed = [one for one in analyze_n_plus_one_opportunities(urlconf=URLS, log=log) if one.confirmed]
    assert {one.label for one in confirmed} == {"assignments.AssignmentSubmission.student"}
    assert {str(one.place) for one in confirmed} == {place}
    assert not any(one.confirmed for one in found)


def test_no_module_of_the_analysis_names_a_model_of_the_demo_site():
    from django.apps import apps

    names = {model.__name__ for model in apps.get_models() if model.__module__.startswith("demo_site")}
    sources = [path.read_text() for path in (ROOT / "nplusone_guard/analysis/opportunities").glob("*.py")]
    assert [name for name in names - {"User"} for source in sources if name in source.split()] == []
