"""`--nplusone-sarif`: valid, on the culprit's line of the repository, and stable."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from jsonschema import Draft4Validator, FormatChecker
from pytest_nplusone.reports import sarif
from pytest_nplusone.reports.rules import RULES
from pytest_nplusone.results import Result, Results, Seen

from nplusone_guard.findings import Kind, Place

from .sample_results import RESULTS, finding
from .test_json_report import LOOPS

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
VALIDATOR = Draft4Validator(SCHEMA, format_checker=FormatChecker())


def run_of(results):
    log = sarif.to_dict(results)
    VALIDATOR.validate(log)
    return log["runs"][0]


def result_of(one, **others):
    return run_of(Results((one,), **others))["results"][0]


def path_of(location):
    return location["physicalLocation"]["artifactLocation"]["uri"]


def line_of(location):
    return location["physicalLocation"]["region"]["startLine"]


@pytest.mark.parametrize("results", [RESULTS, Results(), replace(RESULTS, baseline="", problems=("it broke",))])
def test_a_report_is_valid(results, tmp_path):
    sarif.write(results, tmp_path / "results.sarif")
    log = json.loads((tmp_path / "results.sarif").read_text(encoding="utf-8"))
    VALIDATOR.validate(log)
    assert len(log["runs"][0]["results"]) == len(results.results)


def test_the_schema_refuses_what_is_not_sarif():
    log = sarif.to_dict(RESULTS)
    log["runs"][0]["results"][0]["level"] = "bad"
    assert not VALIDATOR.is_valid(log)


def test_each_kind_is_a_rule_that_says_how_to_fix_it():
    rules = run_of(Results())["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.id for rule in RULES] == list(get_args(Kind))
    assert all("```python" in rule["help"]["markdown"] for rule in rules)
    # GitHub's bounds: 255 characters of a name, 1,024 of a description.
    assert all(len(rule["name"]) <= 255 and len(rule["fullDescription"]["text"]) <= 1024 for rule in rules)


def test_a_result_names_its_rule_by_id_and_index():
    run = run_of(RESULTS)
    for one in run["results"]:
        assert run["tool"]["driver"]["rules"][one["ruleIndex"]]["id"] == one["ruleId"]


def test_a_kind_of_a_later_version_is_told_as_well():
    assert "ruleIndex" not in result_of(Result(finding("library.Book", kind="missing_index"), ()))


def test_what_fails_is_an_error_and_what_is_known_a_note():
    levels = [one["level"] for one in run_of(RESULTS)["results"]]
    assert levels == ["error", "error", "note", "warning"]


def test_the_culprits_line_is_marked():
    (location,) = run_of(RESULTS)["results"][0]["locations"]
    assert (path_of(location), line_of(location)) == ("library/views.py", 8)
    assert location["physicalLocation"]["artifactLocation"]["uriBaseId"] == "%SRCROOT%"
    assert location["physicalLocation"]["region"]["snippet"]["text"] == "names.append(book.author.name)"
    assert location["logicalLocations"][0]["fullyQualifiedName"] == "authors"


def test_the_line_that_loads_the_rows_is_related_and_linked():
    one = run_of(RESULTS)["results"][0]
    (location,) = one["relatedLocations"]
    assert (location["id"], path_of(location), line_of(location)) == (1, "library/views.py", 6)
    assert "[library/views.py:6](1)" in one["message"]["text"]


def test_the_message_begins_with_what_is_repeated_and_has_the_fix():
    text = run_of(RESULTS)["results"][1]["message"]["text"]
    assert text.startswith("library.Book.publisher: 12 queries, one for each row, in GET /authors/. Fix: ")
    assert 'Fix: select_related("publisher__country").' in text
    assert "The baseline allows 5." in text


def test_the_markdown_shows_a_route_as_it_is():
    seen = (Seen("tests/test_views.py::test_author[<b>&]", 4, "GET /author/<int:pk>/"),)
    markdown = result_of(Result(finding("library.Book.author"), seen))["message"]["markdown"]
    assert markdown.startswith(
        r"**library.Book.author: 4 queries, one for each row, in GET /author/\<int:pk\>/**. "
    )
    assert r"test\_author\[\<b\>\&\]" in markdown


def test_a_finding_without_a_line_is_marked_where_a_test_saw_it():
    (location,) = run_of(RESULTS)["results"][3]["locations"]
    assert (path_of(location), line_of(location)) == ("tests/test_services.py", 1)


def test_a_culprit_outside_of_the_repository_gives_way_to_the_query():
    installed = Place("/usr/lib/python3/site-packages/tables/rows.py", 3, "cell")
    one = result_of(Result(finding("library.Book.author", culprit=installed), ()))
    assert [(path_of(one), line_of(one)) for one in one["locations"]] == [("library/views.py", 6)]
    assert one["relatedLocations"] == []


def test_a_path_is_escaped_as_a_uri():
    culprit = Place("templates/a b/[x]%.html", 3)
    (location,) = result_of(Result(finding("library.Book.author", culprit=culprit), ()))["locations"]
    assert path_of(location) == "templates/a%20b/%5Bx%5D%25.html"


def test_the_fingerprint_stays_when_lines_move():
    one, moved = (result_of(Result(finding("library.Book.author", line=line), ())) for line in (8, 80))
    assert one["partialFingerprints"] == moved["partialFingerprints"]
    assert line_of(one["locations"][0]) != line_of(moved["locations"][0])


def test_beside_a_baseline_each_result_has_a_state_and_what_is_fixed_is_left_out():
    states = [one["baselineState"] for one in run_of(RESULTS)["results"]]
    assert states == ["new", "updated", "unchanged", "new"]
    assert all("baselineState" not in one for one in run_of(replace(RESULTS, baseline=""))["results"])


def test_a_finding_of_a_thousand_tests_lists_some_and_counts_all():
    seen = tuple(Seen(f"tests/test_views.py::test[{number}]", 4) for number in range(1000))
    properties = result_of(Result(finding("library.Book.author"), seen))["properties"]
    assert (len(properties["tests"]), properties["testCount"]) == (20, 1000)


def test_a_run_writes_the_same_bytes_with_and_without_xdist(make_project):
    project = make_project(test_loops=LOOPS)
    reports = []
    for name, arguments in (("one", ()), ("two", ("-n", "2"))):
        project.run("--nplusone-strict", f"--nplusone-sarif={name}.sarif", *arguments)
        reports.append((project.folder / f"{name}.sarif").read_bytes())
    log = json.loads(reports[0])
    VALIDATOR.validate(log)
    assert reports[0] == reports[1]
    marks = {(path_of(one["locations"][0]), line_of(one["locations"][0])) for one in log["runs"][0]["results"]}
    assert marks == {("library/views.py", 8), ("library/views.py", 18), ("library/services.py", 6)}


def test_paths_are_those_of_the_repository_when_the_project_is_a_folder_in_it(make_project):
    project = make_project(test_loops=LOOPS)
    repository = project.folder.parent
    (repository / ".git").mkdir(exist_ok=True)
    try:
        project.run("--nplusone-strict", "--nplusone-sarif=some.sarif")
    finally:
        (repository / ".git").rmdir()
    log = json.loads((project.folder / "some.sarif").read_text(encoding="utf-8"))
    paths = {path_of(one["locations"][0]) for one in log["runs"][0]["results"]}
    assert paths == {f"{project.folder.name}/library/{name}.py" for name in ("views", "services")}
