"""Does the demo site run as it is delivered: with its own settings, its own database and real requests?"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from demo_site.tour.breaking import broken

from .written_list import LISTS, OWN_PROGRESS, PAGES, TASK, place_of_mark

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


def test_the_tour_compares_each_action_of_the_six_viewsets_with_its_fix(printed):
    row = re.compile(r"^(\S*) +(\S[\w ]*\w) +(\d+) → +(\d+) +([\d.]+) → +([\d.]+) +(\d+) → (\d+) *$", re.MULTILINE)
    compared, group = {}, ""
    for shown, action, naive, optimized, _ms, _less, found, left in row.findall(printed):
        group = shown or group
        compared[group, action] = tuple(int(number) for number in (naive, optimized, found, left))
    assert compared["students", "list"] == (22, 2, 1, 0)
    assert compared["materials", "list"] == (102, 3, 5, 0)
    assert compared["chat-rooms", "active"][1] == 3  # one of them is about who asks
    actions = {
        "students": {"list", "one", "stats"},
        "submissions": {"list", "one", "by assignment"},
        "messages": {"of a room", "one", "by thread"},
        "materials": {"list", "one", "by subject"},
        "chat-rooms": {"list", "one", "active"},
        "reports": {"list", "one", "by period"},
    }
    for endpoint, names in actions.items():
        assert {action for group, action in compared if group == endpoint} == names
    for naive, optimized, _found, left in compared.values():
        assert optimized < naive
        assert left == 0


def test_the_tour_shows_every_finding(printed):
    written = [expected for listed in (*LISTS.values(), *PAGES.values(), TASK) for expected in listed]
    for expected in written:
        if expected is not OWN_PROGRESS:  # the tour is not signed in where it need not be
            assert expected.label in printed
            assert place_of_mark(expected.mark) in printed


def test_the_tour_leaves_the_database_as_it_was(manage, tours):
    def written():
        rows = "TutorWeeklyReport.objects.order_by('id').values_list()"
        code = f"from demo_site.reports.models import TutorWeeklyReport; print(list({rows}))"
        return manage("shell", "--no-imports", "-c", code).stdout

    before = written()
    assert "datetime.date" in before
    assert manage("demo").returncode == 0
    assert written() == before


def test_the_addresses_to_try_name_the_demo_user(manage, tours):
    printed = manage("addresses").stdout
    assert "demo@example.org, password demo" in printed
    assert "/api/naive/chat-rooms/active/" in printed


def test_the_task_runs_from_the_command_line(manage, tours):
    naive = manage("write_tutor_reports", "--week=2025-09-03", "--naive")
    assert naive.stdout == "20 reports about the week of 2025-09-01.\n"
    assert {json.loads(line)["label"] for line in naive.stderr.splitlines()} == {one.label for one in TASK}
    optimized = manage("write_tutor_reports", "--week=2025-09-03")
    assert optimized.stdout == naive.stdout
    assert optimized.stderr == ""


def test_the_tour_fits_eighty_columns_without_colour(printed):
    assert "\x1b[3" not in printed
    # What is to be copied stays on one line: the log event, the headers, the command.
    copied = ("{", "X-NPlusOne", "Server-Timing", "curl")
    assert [line for line in printed.splitlines() if len(line) > 80 and not line.startswith(copied)] == []


def test_a_long_fix_is_broken_between_its_calls_and_arguments():
    short = 'select_related("user")  # or fetch_mode(models.FETCH_PEERS)'
    assert broken(short) == short
    long = (
        'select_related("user").prefetch_related("files", Prefetch("comments", '
        'queryset=Comment.objects.filter(…), to_attr="wanted_comments"))'
        '.annotate(count=Count("progress", distinct=True))  # with the filter'
    )
    assert broken(long).splitlines() == [
        'select_related("user")',
        ".prefetch_related(",
        '  "files",',
        "  Prefetch(",
        '    "comments",',
        "    queryset=Comment.objects.filter(…),",
        '    to_attr="wanted_comments",',
        "  ),",
        ")",
        '.annotate(count=Count("progress", distinct=True))',
        "# with the filter",
    ]


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
