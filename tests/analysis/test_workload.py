"""What the guard records is what ran: by shape, with counts and lines, never a value, whoever writes at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from importlib.resources import files

import jsonschema
import pytest
from django.db import connection

from nplusone_guard import recording, watch
from nplusone_guard.analysis.workload import workload_of
from nplusone_guard.recording.file import WorkloadFileError, add_to_file, read_file
from nplusone_guard.recording.tally import MOST_SHAPES, RecordedShape, Tally
from tests.conftest import line_of
from tests.library.models import Author, Book
from tests.library.rows import stock

SCHEMA = json.loads((files("nplusone_guard") / "schemas" / "workload.json").read_text())
VIEWS = "tests/library/views.py"


@pytest.fixture
def file(tmp_path, settings):
    """A file that a workload is recorded in."""
    path = tmp_path / "workload.jsonl"
    settings.NPLUSONE_GUARD = {"RECORD_WORKLOAD": path}
    yield path
    recording._write_rest()


def lines(path):
    """The records of a file, after all is written and each fits the schema."""
    recording._write_rest()
    head, *shapes = [json.loads(line) for line in path.read_text().splitlines()]
    for record in (head, *shapes):
        jsonschema.validate(record, SCHEMA)
    return head, shapes


def about(shapes, table):
    return {
        one["sql"]: one for one in shapes if one["sql"].startswith(("SELECT", "INSERT")) and table in one["sql"]
    }


@pytest.mark.django_db
@pytest.mark.parametrize("depth", ["light", "deep"])
def test_requests_are_recorded_by_shape_with_counts_and_lines(client, file, settings, depth):
    settings.NPLUSONE_GUARD = {"RECORD_WORKLOAD": file, "DEPTH": depth}
    stock(8)
    client.get("/authors/")
    client.get("/authors/")
    client.get("/titles/")
    head, shapes = lines(file)
    assert (head["recorded_by"], head["truncated"]) == ("guard", False)
    (author,) = about(shapes, f"FROM {connection.ops.quote_name('library_author')}").values()
    assert author["calls"] == 16
    assert author["total_ms"] > 0
    assert (author["alias"], author["vendor"]) == ("default", connection.vendor)
    assert next(iter(author["places"].items())) == (f"{VIEWS}:{line_of(VIEWS, 'N+1')}", 16)
    books = about(shapes, f"FROM {connection.ops.quote_name('library_book')}")
    assert sum(one["calls"] for one in books.values()) == 3
    # Of what ran once in a light scope, nobody has looked on which of two databases.
    assert {one["alias"] for one in books.values()} == ({None} if depth == "light" else {"default"})
    assert not any("SAVEPOINT" in one["sql"] for one in shapes)


@pytest.mark.django_db
def test_no_value_is_recorded(file):
    with watch():
        Author.objects.create(name="Rosalind Personal", email="personal@example.org")
        list(Author.objects.raw("SELECT * FROM library_author WHERE name = 'Rosalind Personal' AND id > 4711"))
    _, shapes = lines(file)
    assert len(about(shapes, "library_author")) == 2
    assert not any(secret in file.read_text() for secret in ("Rosalind", "personal@", "4711"))


@pytest.mark.django_db
def test_the_analysis_reads_the_file_and_says_what_it_cannot_know(file):
    with watch():
        Book.objects.filter(title="x").count()
    recording._write_rest()
    for workload in (workload_of(connection), workload_of(connection, file=str(file))):
        assert workload.source == "recorded file"
        (one,) = [statement for statement in workload.statements if "library_book" in statement.sql]
        assert (one.calls, one.alias, one.vendor) == (1, "default", connection.vendor)
        assert one.places[0].startswith("tests/analysis/test_workload.py:")
        assert "the guard recorded in" in workload.remark
    tally = Tally([RecordedShape("0" * 16, "SELECT ? FROM `a`", None, "mysql", 2, 1.0)])
    tally.add_all(read_file(file).tally)
    add_to_file(file, tally)
    left_out = "1 was recorded on another kind of database and is left out."
    assert (left_out in workload_of(connection).remark) is (connection.vendor != "mysql")


@pytest.mark.django_db
def test_without_a_workload_only_the_models_are_known():
    workload = workload_of(connection)
    assert (workload.source, workload.statements) == ("models", ())
    assert "record one with the setting RECORD_WORKLOAD" in workload.remark


WRITER = """
import os, sys
import django
django.setup()
from pathlib import Path
from nplusone_guard import recording
from nplusone_guard.recording.tally import RecordedShape
path = sys.argv[1]
recording._recorder_of(path)._tally.add(RecordedShape("f" * 16, "SELECT ?", None, None, 1, 0.5, {}))
os.fork()  # a preloaded application, whose own request is not to be told by each worker
recorder = recording._recorder_of(path)
recorder._gap = 0
for turn in range(100):
    with recorder._lock:
        recorder._tally.add(RecordedShape("%016x" % (turn % 10), f"SELECT {'x' * 500}", None, None, 1, 0.5, {}))
    recorder.write()
"""


@pytest.mark.skipif(connection.vendor != "sqlite", reason="no database is asked")
def test_processes_that_write_at_once_lose_nothing_of_each_other(tmp_path):
    path = tmp_path / "workload.jsonl"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, path], env=environment) for _ in range(2)]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    # The forked halves may outlive those that were waited for.
    for _ in range(100):
        shapes = lines(path)[1]
        if sum(one["calls"] for one in shapes) == 402:
            break
        time.sleep(0.05)
    assert [(one["calls"], one["total_ms"]) for one in shapes] == [(40, 20.0)] * 10 + [(2, 1.0)]
    assert sorted(one.name for one in tmp_path.iterdir()) == [".workload.jsonl.lock", "workload.jsonl"]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", 'is no recorded workload: its first line is not {"nplusone_workload": 1, …}'),
        ("name,price\nshoes,7\n", "is no recorded workload"),
        ('{"nplusone_baseline": 1}\n', "is no recorded workload"),
        ('{"nplusone_workload": 2}\n', "is a workload of another version"),
        ("HEAD\n{half", "line 2: this is no JSON"),
        ('HEAD\n{"shape": "0"}', "line 2: there is no 'alias'"),
        (
            'HEAD\n{"shape": "0", "alias": null, "vendor": null, "calls": -1}',
            "line 2: 'calls' has a value that it cannot have",
        ),
        (b"\xff\xfe", "is no UTF-8 text"),
        (None, "does not exist; the setting RECORD_WORKLOAD writes it"),
    ],
)
def test_a_foreign_or_broken_file_is_a_clear_error(tmp_path, text, wrong):
    path = tmp_path / "workload.jsonl"
    add_to_file(path, Tally())
    head = path.read_text().strip()
    path.unlink()
    if isinstance(text, bytes):
        path.write_bytes(text)
    elif text is not None:
        path.write_text(text.replace("HEAD", head))
    with pytest.raises(WorkloadFileError, match="jsonl") as error:
        workload_of(connection, file=str(path))
    assert wrong in str(error.value)
    assert "shoes" not in str(error.value)


@pytest.mark.django_db
def test_somebody_elses_file_is_left_alone_and_the_application_goes_on(client, file, caplog):
    file.write_text("my notes\n")
    stock(2)
    assert client.get("/authors/").status_code == 200
    assert client.get("/authors/").status_code == 200
    assert file.read_text() == "my notes\n"
    (record,) = [one for one in caplog.records if "workload_not_recorded" in one.message]
    assert "is no recorded workload" in record.message
    assert "my notes" not in record.message


def test_past_its_bounds_a_tally_forgets_the_cheapest():
    tally = Tally(
        RecordedShape(f"{number:016x}", "SELECT ?", "default", "sqlite", 1, float(number))
        for number in range(MOST_SHAPES + 1)
    )
    assert tally.truncated
    assert len(tally) <= MOST_SHAPES
    assert tally.shapes[0].total_ms == MOST_SHAPES
    tally.add(RecordedShape("f" * 16, "SELECT " + "x" * 100_000, "default", "sqlite", 1, 1e9))
    assert tally.shapes[0].total_ms == MOST_SHAPES
