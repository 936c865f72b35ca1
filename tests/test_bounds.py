"""A scope holds little, whatever runs in it, and says when it had to forget."""

from __future__ import annotations

import random
import tracemalloc

import pytest
from django.db import connection

from nplusone_guard import callpath, watch
from nplusone_guard.callpath import CallPath
from nplusone_guard.capture import capture
from nplusone_guard.conf import get_settings
from nplusone_guard.fingerprint import clear_cache
from nplusone_guard.lifecycle import close_scope, open_scope
from nplusone_guard.scope import Watchfulness, entered

from .library.models import Book
from .library.rows import stock

MOST_BYTES = 10_000_000


def light_scope(**bounds):
    return scope_of("light", **bounds)


def scope_of(depth, **bounds):
    watchfulness = Watchfulness.of(get_settings(), deep=depth == "deep")
    return open_scope("request", "/", watchfulness._replace(**bounds))


both_depths = pytest.mark.parametrize("depth", ["light", "deep"])


def execute(sql, params=None):
    """A statement that costs no database: only what the guard does with it is of interest here."""
    capture(lambda *_: None, sql, params, False, {"connection": connection})


def test_twenty_times_more_shapes_than_are_remembered_stay_below_ten_megabytes():
    """In random order; `python -m benchmarks.memory` runs it with a million statements of 100,000 shapes."""
    order = random.Random(1)
    clear_cache()
    tracemalloc.start()
    try:
        scope = light_scope()
        before = tracemalloc.get_traced_memory()[0]
        with entered(scope):
            for _ in range(50_000):
                column = order.randrange(40_000)
                execute(f'SELECT "library_book"."column_{column}" FROM "library_book" WHERE "id" = %s', (1,))
        held = tracemalloc.get_traced_memory()[0] - before
        summary = close_scope(scope)
    finally:
        tracemalloc.stop()
    assert held < MOST_BYTES
    assert summary.statements == 50_000
    assert summary.truncated


@both_depths
@pytest.mark.parametrize("again", [1, 2, 40])
def test_no_more_shapes_are_remembered_than_allowed_however_soon_they_come_again(again, depth):
    scope = scope_of(depth, max_shapes=50)
    most = 0
    with entered(scope):
        for number in range(400):
            for earlier in (number, max(number - again, 0)):
                execute(f'SELECT "library_book"."column_{earlier}" FROM "library_book"')
            most = max(most, len(scope.shapes) + len(scope.once) + len(scope.firsts))
    assert most <= 50
    assert close_scope(scope).statements == 800


def test_many_call_paths_and_parameters_stay_below_ten_megabytes():
    functions = []
    for number in range(1_500):
        namespace = {"execute": execute}
        exec(f"def loop_{number}(value):\n    execute('SELECT %s', (value,))", namespace)
        functions.append(namespace[f"loop_{number}"])
    clear_cache()
    tracemalloc.start()
    try:
        scope = light_scope()
        before = tracemalloc.get_traced_memory()[0]
        with entered(scope):
            for function in functions:
                for value in range(12):
                    function(f"{function.__name__} {value}")
        held = tracemalloc.get_traced_memory()[0] - before
        summary = close_scope(scope)
    finally:
        tracemalloc.stop()
    assert held < MOST_BYTES
    assert summary.truncated
    assert summary.statements == 18_000


@both_depths
def test_a_loop_that_comes_after_too_many_shapes_is_still_found(depth):
    scope = scope_of(depth, max_shapes=50)
    with entered(scope):
        for number in range(500):
            execute(f"SELECT column_{number} FROM library_book")
        for value in range(20):
            execute("SELECT late FROM library_book WHERE id = %s", (value,))
    summary = close_scope(scope)
    assert summary.truncated
    assert [(finding.count, finding.label) for finding in summary.findings] == [(20, "SELECT library_book")]


def test_the_stack_is_looked_at_a_bounded_number_of_times(monkeypatch):
    looks = []
    monkeypatch.setattr("nplusone_guard.capture._MOST_LOOKS", 100)

    def another_path(*_, **__):
        looks.append(1)
        path = CallPath([], [], 0)
        path.key = path.walk = len(looks)
        return path

    monkeypatch.setattr("nplusone_guard.capture.path_of", another_path)
    scope = light_scope(max_call_paths=10)
    with entered(scope):
        for value in range(1_000):
            execute("SELECT a FROM library_book WHERE id = %s", (value,))
    assert len(looks) == 100
    assert close_scope(scope).statements == 1_000


@both_depths
def test_when_everything_repeats_no_shape_is_forgotten_and_counts_go_on(depth):
    scope = scope_of(depth, max_shapes=10)
    with entered(scope):
        for _ in range(3):
            for number in range(20):
                execute(f"SELECT column_{number} FROM library_book")
    summary = close_scope(scope)
    assert summary.truncated
    assert summary.statements == 60
    assert len(summary.shapes) <= 10


@both_depths
def test_a_healthy_scope_is_not_truncated(depth):
    scope = scope_of(depth)
    with entered(scope):
        for number in range(200):
            execute(f"SELECT column_{number} FROM library_book")
    summary = close_scope(scope)
    assert not summary.truncated
    assert len(summary.shapes) == 200


@pytest.mark.django_db
def test_the_sql_that_is_shown_has_a_length_limit(settings):
    settings.NPLUSONE_GUARD = {"SQL_LENGTH": 40}
    stock(6)
    with watch() as report:
        for book in Book.objects.all():
            str(book.author)
    assert {len(report.findings[0].sql), max(len(shape.sql) for shape in report.shapes)} == {40}


def test_a_call_path_is_kept_from_its_second_time_on(monkeypatch):
    monkeypatch.setattr(callpath, "_paths", {})
    monkeypatch.setattr(callpath, "_met", set())
    held = []

    def ask():
        path = callpath.kept(callpath.path_of(0))
        held.append(len(callpath._paths))
        return path

    first, second, third = [ask() for _ in range(3)]
    assert held == [0, 1, 1]
    assert first is not second is third
    assert first.key == second.key


def test_of_a_path_that_comes_once_nothing_is_worked_out_but_its_frames():
    scope = open_scope("test", "test_something", Watchfulness.of(get_settings(), deep=True))
    with entered(scope):
        execute("INSERT INTO library_author (name) VALUES (%s)", ("Ann",))
        scope.count_all()
        (stats,) = scope.shapes.values()
        assert not any(is_worked_out(stats.came, name) for name in ("key", "nearest", "walk"))
        assert stats.line.function == "execute"
        assert is_worked_out(stats.came, "nearest")


def is_worked_out(path, name):
    try:
        vars(CallPath)[name].__get__(path)
    except AttributeError:
        return False
    return True
