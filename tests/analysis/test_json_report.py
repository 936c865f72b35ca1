"""The report for programs fits its JSON Schema, and the schema is what docs/analyze-queries-json.md says."""

from __future__ import annotations

import copy
import json
from importlib.resources import files
from pathlib import Path
from typing import get_args

import pytest
from django.db import connection
from jsonschema import Draft202012Validator, ValidationError

from nplusone_guard.analysis import values
from nplusone_guard.analysis.analyzing import SECTIONS, analyze
from nplusone_guard.analysis.opportunities.values import CONFIDENCES
from nplusone_guard.analysis.report.json_report import VERSION, render
from tests.analysis.schemas import rows

SCHEMA = json.loads((files("nplusone_guard") / "schemas" / "analysis.json").read_text(encoding="utf-8"))
DEFINITIONS = SCHEMA["$defs"]
DOCS = Path(__file__).parent.parent.parent.joinpath("docs", "analyze-queries-json.md").read_text(encoding="utf-8")
CASES = "tests.analysis.opportunities.cases"


def closed(schema):
    """The schema, without room for what it does not name."""
    strict = copy.deepcopy(schema)
    for one in (strict, *strict["$defs"].values()):
        one["additionalProperties"] = False
    return strict


def report(**options):
    return json.loads(render(analyze(connection, apply_in_test_db=True, **options), verbose=False))


@pytest.fixture(scope="module")
def of_rows(django_db_setup, django_db_blocker):
    """Of a shop, a tracker and a time series with rows."""
    with django_db_blocker.unblock(), rows.filled():
        yield report(app_labels=["shop", "tracker", "series"])


def test_the_schema_is_a_schema_and_ships_with_the_package():
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["properties"]["version"]["const"] == VERSION
    assert all(one["required"] == list(one["properties"]) for one in (SCHEMA, *DEFINITIONS.values()))


def test_its_words_are_those_of_the_code():
    def words(definition, field):
        return tuple(DEFINITIONS[definition]["properties"][field]["enum"])

    assert tuple(SCHEMA["properties"]["sections"]["items"]["enum"]) == SECTIONS
    assert words("workload", "source") == get_args(values.WorkloadSource)
    assert words("recommendation", "standing") == get_args(values.Standing)
    assert words("proof", "verdict") == get_args(values.Verdict)
    assert words("index", "origin") == words("waste", "origin") == get_args(values.IndexOrigin)
    assert words("waste", "kind") == get_args(values.WasteKind)
    assert words("opportunity", "confidence") == CONFIDENCES


def test_the_report_of_three_schemas_with_rows_fits_it_and_has_nothing_more(of_rows):
    Draft202012Validator(closed(SCHEMA)).validate(of_rows)
    assert of_rows["recommendations"]
    assert any(one["proof"]["after"] for one in of_rows["recommendations"])


@pytest.mark.django_db
def test_so_do_the_reports_of_views_and_of_the_demo_site(settings):
    for urls in (CASES, "demo_site.urls"):
        settings.ROOT_URLCONF = urls
        found = report()
        Draft202012Validator(closed(SCHEMA)).validate(found)
        assert found["opportunities"]
        assert found["waste"]
        assert bool(found["useless_loads"]) is (urls == CASES)


@pytest.mark.django_db
@pytest.mark.parametrize("section", SECTIONS)
def test_so_does_the_report_of_one_section(settings, section):
    settings.ROOT_URLCONF = CASES
    Draft202012Validator(closed(SCHEMA)).validate(report(sections=[section], app_labels=["series"]))


def test_it_refuses_what_is_no_report(of_rows):
    validator = Draft202012Validator(SCHEMA)
    for field in SCHEMA["required"]:
        with pytest.raises(ValidationError):
            validator.validate({key: value for key, value in of_rows.items() if key != field})
        assert not validator.is_valid({**of_rows, field: 1.5})


def type_of(schema):
    if "oneOf" in schema:
        return " or ".join(type_of(one) for one in schema["oneOf"])
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2].replace("_", " ")
        return f"[{name}](#{name.replace(' ', '-')})"
    if "const" in schema:
        return f"`{json.dumps(schema['const'])}`"
    if "enum" in schema:
        return ", ".join(f"`{json.dumps(value)}`" for value in schema["enum"])
    if "items" in schema:
        return f"list of {type_of(schema['items'])}"
    return " or ".join([schema["type"]] if isinstance(schema["type"], str) else schema["type"])


def page():
    """The fields of the report and of what is in it, as docs/analyze-queries-json.md has them."""
    parts = [SCHEMA, *DEFINITIONS.values()]
    names = ["The report", *(name.replace("_", " ").capitalize() for name in DEFINITIONS)]
    for name, part in zip(names, parts, strict=True):
        fields = "\n".join(
            f"| `{field}` | {type_of(one)} | {one['description']} |" for field, one in part["properties"].items()
        )
        yield f"## {name}\n\n{part['description']}\n\n| field | type | meaning |\n|---|---|---|\n{fields}\n"


@pytest.mark.parametrize("part", [*page()], ids=lambda part: part.partition("\n")[0])
def test_the_docs_are_the_schema(part):
    assert part in DOCS, f"docs/analyze-queries-json.md wants this:\n{part}"
