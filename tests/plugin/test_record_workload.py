"""A run records what the tests make the project run, and not what they ask for themselves."""

from __future__ import annotations

import json
from importlib.resources import files

import jsonschema
import pytest

SCHEMA = json.loads((files("nplusone_guard") / "schemas" / "workload.json").read_text())

TESTS = """
    import pytest
    from library.models import Author, Book
    from library.services import author_names

    @pytest.mark.parametrize("number", range(3))
    def test_request(client, books, number):
        client.get("/authors/")
        assert Book.objects.filter(title="only the test wants to know").exists() is False

    def test_service(books):
        Author.objects.create(name="arranged")
        author_names()
"""


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_what_the_project_runs_is_recorded_and_not_what_the_tests_ask_for(make_project, workers):
    project = make_project(test_it=TESTS)
    run = project.run("--nplusone-record-workload=out/workload.jsonl", *workers)
    assert run.code == 0
    run.lines.fnmatch_lines(["nplusone: workload: out/workload.jsonl, 2 statement shapes"])
    head, *shapes = [json.loads(line) for line in (project.folder / "out/workload.jsonl").read_text().splitlines()]
    for record in (head, *shapes):
        jsonschema.validate(record, SCHEMA)
    assert head["recorded_by"] == "pytest"
    recorded = {one["sql"].partition("FROM ")[2].split()[0]: one for one in shapes}
    author, book = recorded['"library_author"'], recorded['"library_book"']
    assert (author["calls"], author["alias"], author["vendor"]) == (16, "default", "sqlite")
    assert author["places"] == {"library/views.py:8": 12, "library/services.py:6": 4}
    assert (book["calls"], list(book["places"])) == (4, ["library/views.py:7", "library/services.py:5"])


def test_a_file_that_is_something_else_is_not_written(pytester):
    (pytester.path / "notes.txt").write_text("my notes\n")
    run = pytester.runpytest_inprocess("-p", "no:django", "--nplusone-record-workload=notes.txt")
    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines(["*--nplusone-record-workload notes.txt, line 1: this is no JSON*"])
    assert (pytester.path / "notes.txt").read_text() == "my notes\n"
