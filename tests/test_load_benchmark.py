"""`make bench-load` computes what it says, and runs. No measured figure is asserted: those are for people."""

import itertools
import math
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from benchmarks.load.figures import (
    Spread,
    error_texts,
    extra,
    figures,
    p95_times,
    percentile,
    processor_milliseconds,
    server_milliseconds,
)
from benchmarks.load.measuring import SIDES, Measured, to_and_fro
from benchmarks.load.phases import Outcome
from benchmarks.load.scenario import Endpoint, walk, widened
from benchmarks.load.statements import Counts
from benchmarks.load.targets import judged

ROOT = Path(__file__).parent.parent
LIST, ONE = Endpoint("books, list", "list", ["books/"]), Endpoint("books, one", "detail", ["books/1/", "books/2/"])
MISSING = [name for name in ("locust", "gunicorn") if find_spec(name) is None]


def outcome(books=(), one=(), *, seconds=1.0, errors=None, server_seconds=0.0):
    times = {LIST.name: list(books), ONE.name: list(one)}
    return Outcome(seconds, times, errors or {}, server_seconds, users_seconds=0.0)


def test_a_percentile_is_a_value_that_was_measured():
    assert percentile([4, 1, 3, 2], 50) == 2
    assert percentile(range(1, 101), 95) == 95
    assert percentile([1, 2, 3], 50) == 2
    assert percentile([7], 99) == 7
    assert math.isnan(percentile([], 50))


def test_rounds_are_put_together_before_percentiles_are_taken():
    rounds = [outcome(books=[1] * 94, seconds=2), outcome(books=[9] * 6, one=[500], seconds=3)]
    found = figures(rounds, [LIST.name])
    assert (found.answers, found.per_second) == (100, 20)
    assert (found.p50, found.p95, found.p99) == (1, 9, 9)


def test_what_failed_is_no_answer():
    rounds = [outcome(books=[1], errors={LIST.name: {"timed out": 2, "500": 1}, ONE.name: {"timed out": 4}})]
    found = figures(rounds, [LIST.name])
    assert (found.answers, found.errors, found.per_second) == (1, 3, 1)
    assert error_texts(rounds).most_common() == [("timed out", 6), ("500", 1)]


def test_the_guard_is_compared_within_a_round():
    assert extra([11, 24, 30.9], [10, 20, 30]) == Spread(*map(pytest.approx, (10, 3, 20)))


def test_the_sides_are_compared_within_a_round():
    naive, optimized = ([outcome(books=[ms], one=[1]) for ms in side] for side in ((100, 90, 70), (10, 30, 10)))
    assert p95_times(naive, optimized, [LIST.name]) == Spread(7, 3, 10)


def test_the_processor_time_is_divided_by_all_answers():
    assert server_milliseconds(outcome(books=[1, 1, 1], one=[1], server_seconds=0.1)) == pytest.approx(25)


def test_the_processor_time_of_an_answer_is_told_apart():
    rounds = [
        Outcome(1, {ONE.name: [1, 1]}, {}, 0.004, 0.001, 0.003),
        Outcome(1, {ONE.name: [1]}, {}, 0.002, 0.002),
    ]
    assert processor_milliseconds(rounds) == {
        "the site's workers": pytest.approx(2),
        "the database": pytest.approx(1),
        "the users": pytest.approx(1),
        "all": pytest.approx(4),
    }


def test_a_user_goes_the_same_way_for_the_same_seed():
    def way(seed):
        return list(itertools.islice(walk([LIST, ONE], seed), 50))

    assert way("1/7") == way("1/7") != way("1/8")
    assert set(way("1/7")) == {(LIST.name, "books/"), (ONE.name, "books/1/"), (ONE.name, "books/2/")}


def test_a_wide_list_is_asked_for_from_its_first_page():
    lists = Endpoint("books, list", "list", ["books/?page=2", "books/?room=7", "books/"])
    assert [endpoint.paths for endpoint in widened([lists, ONE], 100)] == [
        ["books/?page_size=100", "books/?room=7&page_size=100", "books/?page_size=100"],
        ONE.paths,
    ]


def measured(
    *,
    statements=(40.0, 4),
    only_lists=(1000, 200),
    lists=(1000, 200),
    ones=(70, 70),
    wide=(1000, 200),
    patient=(5, 5),
    errors=None,
):
    naive, optimized = statements
    counts = {
        "naive": {name: Counts(naive, 99, 1) for name in (LIST.name, ONE.name)},
        "optimized": {name: Counts(optimized, optimized, 0) for name in (LIST.name, ONE.name)},
    }
    crowd = {
        (side, guard): [outcome(books=[books], one=[one])]
        for side, books, one in zip(SIDES, lists, ones, strict=True)
        for guard in ("on", "off")
    }
    return Measured(
        endpoints=[LIST, ONE],
        counts=counts,
        wide_counts={LIST.name: counts["optimized"][LIST.name]},
        alone={side: [outcome()] for side in SIDES},
        crowd=crowd,
        list_crowd={side: [outcome(books=[ms])] for side, ms in zip(SIDES, only_lists, strict=True)},
        wide_crowd={side: [outcome(books=[ms], one=[ms])] for side, ms in zip(SIDES, wide, strict=True)},
        patient=outcome(books=patient[:1], one=patient[1:], errors=errors),
    )


@pytest.mark.parametrize(
    ("changed", "missed"),
    [
        ({}, []),
        ({"statements": (60.0, 5)}, [0]),
        ({"statements": (60.0, 6)}, [0, 1]),
        ({"statements": (39.0, 4)}, [2]),
        ({"only_lists": (1000, 201)}, [3]),
        ({"only_lists": (99, 99)}, []),
        ({"lists": (1000, 201)}, [4]),
        ({"lists": (99, 99)}, []),
        ({"ones": (390, 80)}, [5]),
        ({"ones": (400, 80)}, []),
        ({"wide": (1000, 201)}, [6, 7]),
        ({"wide": (90, 90)}, [7]),
        ({"patient": (100, 79)}, [8]),
        ({"patient": (99, 80)}, [9]),
        ({"errors": {ONE.name: {"timed out": 1}}}, [10]),
    ],
    ids=str,
)
def test_a_target_that_is_missed_is_said_to_be(changed, missed):
    verdicts = [target.verdict for target in judged(measured(**changed))]
    assert [number for number, verdict in enumerate(verdicts) if verdict == "no"] == missed
    assert len(verdicts) == 11


def test_each_variant_has_its_turn_in_each_round_to_and_fro():
    turns = list(to_and_fro("abc", rounds=3))
    assert turns == ["a", "b", "c", "c", "b", "a", "a", "b", "c"]


@pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)} (pip install --group load)")
def test_a_tiny_run_fills_every_table(tmp_path):
    output = tmp_path / "load.md"
    few = "--users 4 --rounds 1 --seconds 1 --alone-rounds 1 --alone-seconds 1 --warm-up-seconds 0.5"
    patient = "--patient-users 4 --thinking-seconds 0.1 0.2 --patient-seconds 1"
    database = ["--size", "small", "--database", "sqlite", "--database-name", str(tmp_path / "load.sqlite3")]
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "NPLUSONE_"))
    }
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load", *database, *few.split(), *patient.split(), "--output", output],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    text = output.read_text()
    assert re.findall(r"^## (.+)", text, re.MULTILINE) == [
        "Targets",
        "Statements of a request",
        "One user at a time",
        "4 users without think time, lists",
        "4 users, lists and single rows",
        "4 users, single rows and lists of 100",
        "Whose time an answer takes",
        "What the guard costs a request",
        "4 users who think",
    ]
    assert "| chat-rooms, list | 62.0 | 2.0 | 97 % | 2 | 3 → 0 |" in text
    assert "| no error, no time-out | 0 errors in" in text
    assert len(re.findall(r"^\| naive, guard on \| \d", text, re.MULTILINE)) == 1
