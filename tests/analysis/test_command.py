"""`manage.py analyze_queries`: one analysis in four formats, what it refuses, and when it fails."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.backends.dummy.base import DatabaseWrapper as NoDatabase

from nplusone_guard.analysis.obstacles import obstacle_to
from nplusone_guard.recording.file import add_to_file
from nplusone_guard.recording.tally import RecordedShape, Tally
from tests.analysis.schemas import rows
from tests.analysis.schemas.shop.models import Product

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(autouse=True)
def demo_urls(settings):
    settings.ROOT_URLCONF = "demo_site.urls"


def analyze(*options):
    told = StringIO()
    call_command("analyze_queries", *options, stdout=told)
    return told.getvalue()


@pytest.mark.django_db
def test_every_format_tells_the_same(tmp_path):
    found = json.loads(analyze("--format", "json"))
    texts = {name: analyze("--format", name) for name in ("text", "markdown")}
    file = tmp_path / "report.html"
    analyze("--format", "html", "--output", str(file))
    page = _Text(file.read_text(encoding="utf-8"))
    for text in (*texts.values(), page.text):
        assert found["summary"] in text
    for waste in found["waste"]:
        assert waste["name"] in texts["text"]
        assert waste["name"] in page.text
    for one in found["opportunities"]:
        place = f"{one['place']['path']}:{one['place']['line']}"
        assert all(place in text for text in (*texts.values(), page.text))
    assert [line for line in texts["text"].splitlines() if len(line) > 80 and len(line.split()) > 2] == []
    assert page.loads == ["data:,"]  # the empty icon, so that no server is asked for one


class _Text(HTMLParser):
    """The words of a page, and the addresses that it would load."""

    def __init__(self, page):
        super().__init__()
        self.words, self.loads = [], []
        self.feed(page)
        self.text = " ".join(" ".join(self.words).split())

    def handle_data(self, data):
        self.words.append(data)

    def handle_starttag(self, tag, attrs):
        self.loads += [value for name, value in attrs if name in ("src", "href") and not value.startswith("#")]


@pytest.mark.django_db
def test_only_what_was_asked_for_is_told():
    text = analyze("--section", "waste", "--app", "assignments")
    assert "INDEXES TO DROP" in text
    assert "INDEXES TO ADD" not in text
    assert "submission_student_idx" in text
    assert "message_sender_idx" not in text
    nothing = json.loads(analyze("--section", "waste", "--app", "series", "--format", "json"))
    assert (nothing["waste"], nothing["recommendations"], nothing["opportunities"]) == ([], [], [])


@pytest.mark.django_db
def test_an_empty_database_is_said_to_be_one():
    text = " ".join(analyze("--section", "indexes", "--app", "shop").split())
    assert "not judged, as no table has a row here" in text
    Product.objects.create(sku="1", name="one", price=1)
    text = " ".join(analyze("--section", "indexes", "--app", "shop").split())
    assert "not judged, as" in text
    assert "0 indexes to add." in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--fail-on", "redundant", "--section", "waste"], "indexes are needless"),
        (["--fail-on", "missing,nplusone", "--section", "nplusone"], "N+1s wait in the code"),
        (["--fail-on", "redundent"], "did you mean 'redundant'"),
        (["--format", "htm"], "did you mean 'html'"),
        (["--database", "defualt"], "did you mean 'default'"),
        (["--app", "asignments"], "did you mean 'assignments'"),
        (["--section", "index"], "did you mean 'indexes'"),
        (["--workload", "missing.json"], "missing.json"),
        (["--log", "missing.log"], "--log missing.log is no file"),
        (["--dry-run"], "--dry-run is for --write-migrations"),
    ],
)
def test_it_fails_with_one_sentence(options, sentence):
    with pytest.raises(CommandError) as failed:
        analyze(*options)
    assert sentence in str(failed.value)
    assert len(str(failed.value).splitlines()) == 1


@pytest.mark.django_db
def test_a_recorded_workload_comes_before_what_is_declared(tmp_path):
    by_price = rows.statement(Product.objects.filter(price=7), calls=70)
    tally = Tally(
        [
            RecordedShape(
                by_price.shape_id, by_price.sql, "default", connection.vendor, 70, 7.0, {"shop/a.py:3": 70}
            ),
            RecordedShape("unread", "SELECT FROM WHERE", "default", connection.vendor, 1, 1.0),
        ]
    )
    file = tmp_path / "workload.jsonl"
    add_to_file(file, tally)
    found = json.loads(analyze("--workload", str(file), "--app", "shop", "--format", "json"))
    assert found["workload"]["source"] == "recorded file"
    assert (found["workload"]["statements"], found["workload"]["not_understood"]) == (2, 1)
    (one,) = found["recommendations"]
    assert (one["model"], one["columns"], one["reads"], one["standing"]) == (
        "shop.Product",
        ["price"],
        70,
        "unverified",
    )
    assert one["statements"][0]["places"] == ["shop/a.py:3"]
    assert len(found["declared"]["candidates"]) > 1


@pytest.mark.django_db
def test_a_dry_run_shows_the_migrations_and_writes_none():
    folder = ROOT / "demo_site" / "assignments" / "migrations"
    before = sorted(folder.iterdir())
    text = analyze("--write-migrations", "--dry-run", "--section", "waste", "--app", "assignments")
    assert sorted(folder.iterdir()) == before
    assert "+++ " in text
    assert "submission_student_idx" in text.partition("MIGRATIONS")[2]
    assert "remove from Meta.indexes of AssignmentSubmission" in text


@pytest.mark.django_db
def test_it_does_not_fail_without_what_it_is_to_fail_on():
    assert analyze("--fail-on", "redundant", "--section", "waste", "--app", "series")


@pytest.mark.skipif(connection.vendor == "mysql", reason="MariaDB drops a foreign key's own index for a wider one")
@pytest.mark.django_db
def test_nobody_fails_for_indexes_of_models_that_are_not_theirs():
    text = analyze("--fail-on", "missing,redundant", "--section", "waste", "--app", "auth")
    assert "auth_group_permissions" in text
    assert "in tables of installed packages and of many-to-many relations" in " ".join(text.split())


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no users")
@pytest.mark.django_db
def test_a_user_who_may_not_read_is_told_so():
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE nplusone_nobody")
        cursor.execute("GRANT USAGE ON SCHEMA public TO nplusone_nobody")
        cursor.execute("SET LOCAL ROLE nplusone_nobody")
    told = obstacle_to(connection, ["shop"])
    assert "may not read 4 tables" in told
    assert "permission denied for table shop_customer" in told
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    assert obstacle_to(connection, ["shop"]) == ""


def test_a_database_that_is_not_known_here_is_told_so():
    told = obstacle_to(NoDatabase({}, "default"))
    assert "MariaDB/MySQL, PostgreSQL, SQLite" in told
    assert "--section nplusone" in told


def test_what_the_code_tells_needs_no_database():
    """Not even one that is known: the test has no mark django_db, so pytest-django refuses every statement."""
    text = analyze("--section", "nplusone")
    assert "N+1s in the code." in text
    with pytest.raises(CommandError, match="N\\+1s wait in the code"):
        analyze("--section", "nplusone", "--fail-on", "nplusone")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a process of its own, with a database of its own")
def test_a_database_without_tables_is_told_to_be_migrated(tmp_path):
    environment = {**os.environ, "DEMO_DATABASE": "sqlite", "DEMO_DATABASE_NAME": str(tmp_path / "none.sqlite3")}
    command = [sys.executable, "demo_site/manage.py", "analyze_queries"]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert run.stdout == ""
    assert run.stderr.startswith("CommandError: None of the ")
    assert "Run `manage.py migrate --database default`" in run.stderr
    assert "right to see" not in run.stderr  # SQLite has no users
    assert len(run.stderr.splitlines()) == 1
