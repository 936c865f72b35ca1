"""Statements are seen on every alias, thread and connection, and nobody else's wrapper is disturbed."""

from __future__ import annotations

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from nplusone_guard import watch
from nplusone_guard.capture import capture, install
from nplusone_guard.lifecycle import close_scope, open_scope
from nplusone_guard.scope import entered

from .library.models import Author, Book
from .library.rows import stock


def select_one(alias="default"):
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT 1")


def pass_through(execute, sql, params, many, context):
    return execute(sql, params, many, context)


@pytest.mark.django_db(databases=["default", "other"])
def test_every_alias_is_watched():
    with watch() as report:
        select_one("default")
        select_one("other")
    assert report.statements == 2


@pytest.mark.django_db
def test_installing_twice_is_installing_once():
    select_one()
    install()
    install()
    assert connection.execute_wrappers.count(capture) == 1


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_is_opened_inside_somebodys_wrapper_keeps_ours_and_loses_theirs():
    fresh = connection.copy()
    assert fresh.execute_wrappers == []
    with fresh.execute_wrapper(pass_through):
        fresh.ensure_connection()  # our wrapper is installed while theirs is the last
        assert fresh.execute_wrappers == [capture, pass_through]
    assert fresh.execute_wrappers == [capture]
    fresh.close()


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_is_closed_and_reopened_stays_watched():
    with watch() as report:
        select_one()
        connection.close()
        select_one()
    assert report.statements >= 2
    assert connection.execute_wrappers.count(capture) == 1


def block(kind):
    return {
        "watch": watch,
        "wrapper": lambda: connection.execute_wrapper(pass_through),
        "capture": lambda: CaptureQueriesContext(connection),
    }[kind]()


@pytest.mark.django_db
@pytest.mark.parametrize("order", [*itertools.permutations(["watch", "wrapper", "capture"])], ids="-".join)
def test_other_contexts_may_be_opened_and_closed_around_ours_in_every_order(order):
    select_one()
    before = list(connection.execute_wrappers)
    opened = []
    seen = {}
    for kind in order:
        context = block(kind)
        opened.append(context)
        seen[kind] = context.__enter__()
    select_one()
    for context in reversed(opened):
        context.__exit__(None, None, None)
    select_one()
    assert seen["watch"].statements == 1
    assert len(seen["capture"]) == 1
    assert connection.execute_wrappers == before


@pytest.mark.django_db
def test_a_scope_may_end_before_a_wrapper_that_was_opened_inside_it():
    select_one()
    outer, inner = watch(), connection.execute_wrapper(pass_through)
    report = outer.__enter__()
    inner.__enter__()
    select_one()
    outer.__exit__(None, None, None)
    inner.__exit__(None, None, None)
    select_one()
    assert report.statements == 1
    assert connection.execute_wrappers.count(capture) == 1


@pytest.mark.django_db
def test_a_failing_statement_counts_and_its_error_is_the_databases():
    from django.db import DatabaseError, transaction

    with watch() as report, pytest.raises(DatabaseError), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT nothing FROM nowhere")
    assert any("nowhere" in shape.sql for shape in report.shapes)


@pytest.mark.django_db
def test_executemany_is_one_statement_and_its_parameters_are_not_consumed():
    stock(1)
    author = Author.objects.get()
    with watch() as report, connection.cursor() as cursor:
        rows = ([f"x{index}", author.pk] for index in range(20))
        cursor.executemany("UPDATE library_author SET bio = %s WHERE id = %s", rows)
    assert report.statements == 1
    assert report.findings == ()
    assert Author.objects.get().bio == "x19"


@pytest.mark.django_db(transaction=True)
def test_a_thread_started_in_a_scope_belongs_to_it():
    def work():
        try:
            select_one()
        finally:
            connection.close()

    class Worker(threading.Thread):
        def run(self):
            work()

    with watch() as report:
        threads = [threading.Thread(target=work), Worker(), threading.Timer(0, work)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with ThreadPoolExecutor(2) as pool:
            pool.submit(work).result()
            list(pool.map(lambda _: work(), range(2)))
    assert sum(shape.count for shape in report.shapes if shape.sql.startswith("SELECT")) == 6


@pytest.mark.django_db(transaction=True)
def test_a_pools_worker_does_not_stay_in_the_scope_that_started_it():
    def work():
        try:
            select_one()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with watch() as first:
            pool.submit(work).result()
        with watch() as second:
            pool.submit(work).result()
        pool.submit(work).result()
    assert first.shapes[-1].count == second.shapes[-1].count == 1


@pytest.mark.django_db(transaction=True)
def test_threads_can_be_left_alone(settings):
    settings.NPLUSONE_GUARD = {"FOLLOW_THREADS": False}
    with watch() as report:
        thread = threading.Thread(target=lambda: (select_one(), connection.close()))
        thread.start()
        thread.join()
    assert report.statements == 0


@pytest.mark.django_db(transaction=True)
def test_two_threads_with_scopes_of_their_own_do_not_mix():
    barrier = threading.Barrier(2, timeout=10)
    counts = {}

    def work(number):
        try:
            with watch() as report:
                for _ in range(number):
                    barrier.wait()
                    select_one()
                    barrier.wait()
            counts[number] = report
        finally:
            connection.close()

    def run(number):
        work(number)

    threads = [threading.Thread(target=run, args=(3,)), threading.Thread(target=run, args=(3,))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [shape.count for shape in counts[3].shapes if shape.sql.startswith("SELECT")] == [3]


@pytest.mark.django_db(transaction=True)
def test_a_half_consumed_iterator_is_not_kept_alive():
    """Its cursor would be closed after the transaction it belongs to, which PostgreSQL does not forgive."""
    import gc
    import weakref

    stock(8)

    class Witness:
        pass

    def use():
        witness = Witness()
        rows = Book.objects.iterator(chunk_size=2)
        for book in itertools.islice(rows, 6):
            str(book.author)
        return weakref.ref(witness), weakref.ref(rows)

    with watch() as report:
        witness, rows = use()
        gc.collect()
        assert witness() is None
        assert rows() is None
    assert report.findings


def in_a_request(work, **thresholds):
    """What `work` is found to do in a request in production."""
    scope = open_scope("request", "/", thresholds=thresholds)
    with entered(scope):
        work()
    return close_scope(scope)


@pytest.mark.django_db
def test_a_loop_behind_a_long_one_of_its_shape_is_found_at_its_first_statement():
    """Between two looks at the stack, it is checked that the same line asks."""
    stock(60)

    def long():
        for book in Book.objects.all():
            str(book.author)

    def short():
        for book in Book.objects.all()[:7]:
            str(book.author)

    summary = in_a_request(lambda: (long(), short()))
    assert sorted(finding.count for finding in summary.findings) == [7, 60]
    assert summary.statements == 69


@pytest.mark.django_db
def test_statements_that_are_counted_aside_are_all_counted():
    stock(40)

    def work():
        for number in range(300):
            list(Author.objects.extra(select={f"column_{number}": "1"}).filter(pk=1))
        for book in Book.objects.all():
            str(book.author)
        for number in range(300):
            list(Author.objects.extra(select={f"column_{number}": "1"}).filter(pk=2))

    summary = in_a_request(work)
    assert summary.statements == 641
    assert summary.db_time_ms > 0
    assert len(summary.shapes) == 302
    assert sum(shape.count for shape in summary.shapes) == 641
    assert [finding.count for finding in summary.findings] == [40]


@pytest.mark.django_db
def test_a_threshold_of_one_still_looks_where_the_loop_is():
    stock(3)

    def work():
        for book in Book.objects.all():
            str(book.author)

    (finding,) = in_a_request(work, n_plus_one=1).findings
    assert finding.count == 3
    assert finding.culprit.source == "str(book.author)"


@pytest.mark.django_db
def test_the_next_request_is_told_the_same_of_what_is_remembered_and_its_own_numbers():
    stock(30)

    def work(books):
        for book in Book.objects.all()[:books]:
            str(book.author)

    (first,) = in_a_request(lambda: work(20)).findings
    (second,) = in_a_request(lambda: work(30)).findings
    assert (first.count, second.count) == (20, 30)
    for name in ("id", "label", "culprit", "origin", "suggestion", "shape_id"):
        assert getattr(first, name) == getattr(second, name)
