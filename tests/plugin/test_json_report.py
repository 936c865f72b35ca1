"""`--nplusone-json`: documented, in step with what a finding is, and the same for the same tests."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from importlib.resources import files
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, ValidationError
from pytest_nplusone.reports import json_report
from pytest_nplusone.results import Fixed, Results, Seen

from nplusone_guard.findings import Finding

from .sample_results import RESULTS

SCHEMA = json.loads((files("pytest_nplusone") / "schemas" / "results.json").read_text(encoding="utf-8"))
EVENT = json.loads((files("nplusone_guard") / "schemas" / "detected.json").read_text(encoding="utf-8"))
DOCS = Path(__file__).parents[2] / "docs" / "reports.md"
VALIDATOR = Draft202012Validator(SCHEMA)
LOOPS = """
    import pytest

    @pytest.mark.parametrize("times", [1, 2])
    def test_request(client, books, times):
        for _ in range(times):
            client.get("/authors/")

    def test_stream(client, books):
        list(client.get("/stream/").streaming_content)

    def test_body(books):
        from library.services import author_names
        author_names()

    def test_fixed(client, books):
        client.get("/fixed/")
"""


def told(results, tmp_path):
    path = tmp_path / "results.json"
    json_report.write(results, path)
    return json.loads(path.read_text(encoding="utf-8"))


def without_times(values):
    if isinstance(values, dict):
        return {key: without_times(value) for key, value in values.items() if not key.endswith("_ms")}
    return [without_times(value) for value in values] if isinstance(values, list) else values


def test_the_schema_is_a_schema():
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("results", [RESULTS, Results(), Results(problems=("the guard itself failed",))])
def test_a_report_fits_its_schema(results, tmp_path):
    VALIDATOR.validate(told(results, tmp_path))


def test_the_schema_refuses_a_field_of_the_wrong_type(tmp_path):
    values = told(RESULTS, tmp_path)
    values["findings"][0]["count"] = "many"
    with pytest.raises(ValidationError, match="many"):
        VALIDATOR.validate(values)


def test_each_field_is_in_the_schema_and_none_more(tmp_path):
    values = told(RESULTS, tmp_path)
    definitions = SCHEMA["$defs"]
    assert set(values) == set(SCHEMA["properties"])
    assert set(values["totals"]) == set(SCHEMA["properties"]["totals"]["properties"])
    assert set(values["findings"][0]) == set(definitions["finding"]["properties"])
    assert {field.name for field in fields(Seen)} == set(definitions["seen"]["properties"])
    assert {field.name for field in fields(Fixed)} == set(definitions["fixed"]["properties"])


def test_each_field_is_always_there():
    for one in (SCHEMA, SCHEMA["properties"]["totals"], *SCHEMA["$defs"].values()):
        assert set(one["required"]) == set(one["properties"])


def test_a_findings_fields_mean_what_they_mean_in_the_log_event():
    ours, event = SCHEMA["$defs"]["finding"]["properties"], EVENT["properties"]
    assert SCHEMA["$defs"]["place"] == EVENT["$defs"]["place"]
    assert ours["id"] == event["finding_id"]
    # Tests have kinds that no log has, and one statement can be a latent loop.
    for name in {field.name for field in fields(Finding)} - {"id", "kind", "count"}:
        assert ours[name] == event[name], name


def test_the_docs_have_each_field():
    documented = set(re.findall(r"^\| `(\w+)` \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE))
    schemas = [SCHEMA, SCHEMA["properties"]["totals"], *SCHEMA["$defs"].values()]
    assert {name for schema in schemas for name in schema["properties"]} <= documented


def test_a_finding_can_be_read_back(tmp_path):
    read = [Finding.from_dict(one) for one in told(RESULTS, tmp_path)["findings"]]
    assert read == [one.finding for one in RESULTS.results]


def test_the_figures_add_up(tmp_path):
    assert told(RESULTS, tmp_path)["totals"] == {
        "tests": 5,
        "tests_with_findings": 5,
        "findings": 4,
        "failing": 2,
        "new": 2,
        "grown": 1,
        "known": 1,
        "fixed": 1,
        "wasted": 39 + 11 + 2 + 1,
    }


def test_the_same_results_are_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        json_report.write(RESULTS, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_run_writes_the_same_with_and_without_xdist(make_project):
    project = make_project(test_loops=LOOPS)
    reports = []
    for name, arguments in (("one", ()), ("two", ("-n", "2"))):
        run = project.run("--nplusone-strict", f"--nplusone-json={name}.json", *arguments)
        assert run.code == 1, run.text
        reports.append(json.loads((project.folder / f"{name}.json").read_text(encoding="utf-8")))
    VALIDATOR.validate(reports[0])
    assert without_times(reports[0]) == without_times(reports[1])
    counts = {(one["label"], one["count"], len(one["tests"])) for one in reports[0]["findings"]}
    assert counts == {("library.Book.author", 4, 2), ("library.Book.author", 4, 1)}
    assert reports[0]["totals"]["tests"] == 5


def test_a_run_that_stops_early_tells_what_it_found(make_project):
    project = make_project(test_loops=LOOPS)
    project.run("--nplusone-strict", "-x", "--nplusone-json=some.json")
    report = json.loads((project.folder / "some.json").read_text(encoding="utf-8"))
    VALIDATOR.validate(report)
    assert (report["totals"]["tests"], report["totals"]["findings"]) == (1, 1)
