"""Does the demo site run as it is delivered: with its own settings, its own database and real requests?"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from .written_list import LISTS, place_of_mark

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def manage(tmp_path_factory):
    """Runs `manage.py` as a user does, on an SQLite file of its own."""
    database = tmp_path_factory.mktemp("demo") / "demo.sqlite3"
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DEMO_", "DJANGO_", "FORCE_COLOR"))
    }
    environment |= {"DEMO_DATABASE_NAME": str(database), "NO_COLOR": "1", "COLUMNS": "80"}

    def run(*arguments, **other):
        return subprocess.run(
            [sys.executable, "demo_site/manage.py", *arguments],
            cwd=ROOT,
            env=environment | other,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return run


@pytest.fixture(scope="module")
def tours(manage):
    """What `demo` does before `migrate`, before `seed`, and when everything is there."""
    results = [manage("demo")]
    for arguments in (["migrate", "--verbosity=0"], ["seed"]):
        result = manage(*arguments)
        assert result.returncode == 0, result.stderr
        results.append(manage("demo"))
    return results


@pytest.fixture
def printed(tours):
    """What `demo` prints."""
    assert tours[-1].returncode == 0, tours[-1].stderr
    assert tours[-1].stderr == ""
    return tours[-1].stdout


def test_the_project_passes_the_checks_of_django_and_has_all_migrations(manage):
    for arguments in (["check", "--fail-level=WARNING"], ["makemigrations", "--check", "--dry-run"]):
        result = manage(*arguments)
        assert result.returncode == 0, result.stdout + result.stderr


def test_without_tables_or_rows_the_tour_says_what_to_run(tours):
    for result, wanted in zip(tours, ("migrate", "seed"), strict=False):
        assert result.returncode != 0
        assert f"Run `manage.py {wanted}`" in result.stderr
        assert "Traceback" not in result.stderr


def test_without_tables_seeding_says_what_to_run(manage, tmp_path):
    result = manage("seed", DEMO_DATABASE_NAME=str(tmp_path / "empty.sqlite3"))
    assert result.returncode != 0
    assert "Run `manage.py migrate` first." in result.stderr
    assert "Traceback" not in result.stderr


def test_the_tour_shows_every_finding(printed):
    for mark in "1234567":
        (expected,) = {expected for listed in LISTS.values() for expected in listed if expected.mark == mark}
        assert place_of_mark(mark) in printed
        assert expected.label in printed


def test_the_tour_fits_eighty_columns_without_colour(printed):
    assert "\x1b[3" not in printed
    # What is to be copied stays on one line: the log event, the headers, the command.
    copied = ("{", "X-NPlusOne", "Server-Timing", "curl")
    assert [line for line in printed.splitlines() if len(line) > 80 and not line.startswith(copied)] == []


def test_the_tour_shows_one_log_event_as_a_line_of_json(printed):
    (line,) = [line for line in printed.splitlines() if line.startswith("{")]
    event = json.loads(line)
    assert event["event"] == "nplusone.detected"
    assert event["label"] == "accounts.StudentProfile.user"
    assert event["level"] == "warning"


def test_the_tour_shows_the_headers_of_a_response(printed):
    assert re.search(r"^X-NPlusOne: findings=1, queries=22, db-ms=[\d.]+$", printed, re.MULTILINE)
    assert re.search(r"^X-NPlusOne-Findings: .*accounts\.StudentProfile\.user", printed, re.MULTILINE)
    assert re.search(r"^Server-Timing: ", printed, re.MULTILINE)


def test_the_tour_fails_when_the_guard_fails(manage, tours, tmp_path):
    breaking = "from nplusone_guard import capture\ncapture.fingerprint = None\n"
    (tmp_path / "broken_guard_settings.py").write_text(f"from demo_site.settings import *\n{breaking}")
    result = manage("demo", f"--pythonpath={tmp_path}", "--settings=broken_guard_settings")
    assert result.returncode != 0
    assert "The guard did not work as it should" in result.stderr
    assert result.stdout == ""
