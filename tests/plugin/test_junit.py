"""In pytest's own `--junitxml`, a test case has what it found as properties."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from pytest_nplusone.reports.junit import properties_of
from pytest_nplusone.strict import Found

from .sample_results import finding
from .test_json_report import LOOPS

XUNIT1 = ("-o", "junit_family=xunit1")


def properties(project):
    cases = ET.parse(project.folder / "results.xml").iter("testcase")
    return {
        case.attrib["name"]: [(one.attrib["name"], one.attrib["value"]) for one in case.iter("property")]
        for case in cases
    }


@pytest.fixture(scope="module")
def project(make_project):
    return make_project(test_loops=LOOPS)


@pytest.mark.parametrize("arguments", [(), ("-n", "2")], ids=["here", "xdist"])
def test_a_test_case_has_what_its_test_found(project, arguments):
    project.run("--nplusone-strict", *XUNIT1, *arguments)
    told = properties(project)
    # The fix without its remark: from Django 6.1 on that names the fetch mode.
    found = [(name, value.partition("  #")[0]) for name, value in told["test_request[2]"]]
    assert [one for one in found if not one[0].endswith(".id")] == [
        ("nplusone", "1"),
        ("nplusone.1", "library.Book.author × 4"),
        ("nplusone.1.kind", "n_plus_one"),
        ("nplusone.1.culprit", "library/views.py:8"),
        ("nplusone.1.endpoint", "GET /authors/"),
        ("nplusone.1.fix", 'select_related("author")'),
    ]
    assert told["test_fixed"] == []


def test_the_schema_of_xunit2_has_no_such_properties_so_none_are_written(project):
    project.run("--nplusone-strict")
    assert properties(project)["test_request[1]"] == []


def test_without_strict_mode_there_are_none(project):
    project.run(*XUNIT1)
    assert properties(project)["test_request[1]"] == []


def test_a_property_of_the_tests_own_stays(make_project):
    project = make_project(
        test_own="""
            def test_own(client, books, record_property):
                record_property("ticket", "LIB-7")
                client.get("/authors/")
        """
    )
    project.run("--nplusone-strict", *XUNIT1)
    assert properties(project)["test_own"][:2] == [("ticket", "LIB-7"), ("nplusone", "1")]


def test_each_name_is_there_once_and_a_long_list_is_cut():
    names = [name for name, _ in properties_of([Found(finding(f"library.Book.f{n}")) for n in range(30)])]
    assert len(names) == len(set(names))
    assert "nplusone.10" in names
    assert "nplusone.11" not in names
