"""`make bench` runs, and measures what it says. No figure is asserted: those are for people."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

RUN_ALL = """
from benchmarks.project import database, set_up
set_up()
from django.db import connection
from django.test.utils import CaptureQueriesContext
from benchmarks.cost import SMALL
from benchmarks.workloads import stock, workloads
with database():
    stock(SMALL)
    for workload in workloads(SMALL):
        with CaptureQueriesContext(connection) as captured:
            response = workload.respond(workload.request())
        print(workload.name, response.status_code, len(captured) == workload.statements)
"""


def run(*arguments):
    # With an environment of its own: the benchmarks have other settings, and SQLite.
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "NPLUSONE_"))
    }
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_each_workload_runs_as_many_statements_as_the_table_divides_by():
    assert run("-c", RUN_ALL).splitlines() == [
        "different 200 True",
        "N+1 200 True",
        "raw 200 True",
        "DRF list 200 True",
    ]


def test_time_and_memory_are_measured_for_every_recorder(tmp_path):
    output = tmp_path / "cost.md"
    run("-m", "benchmarks.cost", "--small", "--time-only", "--rounds", "1", "--output", str(output))
    text = output.read_text()
    for name in ("no tool", "no-op wrapper", "guard, no scope", "guard, light", "guard, deep", "CaptureQueries"):
        assert len(re.findall(rf"^\| {name}", text, re.MULTILINE)) == 2, text
    assert "cannot run" not in text.split("CaptureQueries")[0]


@pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind is not installed")
def test_instructions_are_counted_for_every_workload_and_the_guards_are_among_them():
    script = (
        "from benchmarks.project import database, set_up; set_up()\n"
        "from benchmarks import instructions\n"
        "from benchmarks.cost import SMALL\n"
        "from benchmarks.workloads import stock\n"
        "with database() as name:\n"
        "    stock(SMALL)\n"
        "    counts = instructions.count(name, SMALL, ['no tool', 'guard, light'], seeds=1)\n"
        "print(counts)\n"
    )
    counts = eval(run("-c", script))
    assert set(counts) == {"no tool", "guard, light"}
    assert all(count > 0 for by_workload in counts.values() for count in by_workload.values())
    # Only where the guard is a large part of it: elsewhere one hash seed is worth more than the guard.
    assert counts["guard, light"]["raw"] > counts["no tool"]["raw"]
