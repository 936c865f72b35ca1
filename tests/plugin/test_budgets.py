"""`assert_max_queries` and `@pytest.mark.max_queries`."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections

from nplusone_guard import watch
from tests.library.models import Book
from tests.library.rows import stock

pytestmark = pytest.mark.django_db(databases=["default", "other"])


def select_one(using="default"):
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT 1")


def failure_of(block):
    with pytest.raises(pytest.fail.Exception) as failed:
        block()
    return str(failed.value).splitlines()


def test_a_block_may_do_as_many_as_allowed(assert_max_queries):
    with assert_max_queries(2) as queries:
        select_one()
        assert len(queries) == 1
        select_one()
    select_one()
    assert len(queries) == queries.statements == 2
    assert [(shape.sql, shape.count) for shape in queries] == [("SELECT ?", 2)]
    assert queries.report.statements == 2


def test_one_more_fails_in_the_words_of_pytest_django(assert_max_queries, django_assert_max_num_queries):
    def theirs():
        with django_assert_max_num_queries(0, info="why"):
            select_one()

    def ours():
        with assert_max_queries(0, info="why"):
            select_one()

    words = failure_of(theirs)[0].removesuffix(" (add -v option to show queries)")
    assert (
        failure_of(ours)[:2] == [words, "why"] == ["Expected to perform 0 queries or less but 1 was done", "why"]
    )


def test_the_failure_lists_the_shapes_with_the_loops_first(assert_max_queries):
    stock(6)

    def block():
        with assert_max_queries(5):
            for _ in range(9):
                select_one()
            for book in Book.objects.all():
                str(book.author)

    lines = failure_of(block)
    assert lines[0] == "Expected to perform 5 queries or less but 16 were done"
    assert lines[2] == "    6 × library.Book.author (n_plus_one)"
    assert lines[3].startswith("        SELECT … FROM ")
    assert lines[4].startswith("        tests/plugin/test_budgets.py:")
    assert lines[5] == "          str(book.author)"
    # Django 6.1 has another way, which is told behind it.
    assert lines[6].startswith('        fix: select_related("author")')
    assert "    9 × SELECT (duplicate_query)" in lines[8:10]
    assert max(map(len, lines)) <= 72


def test_the_list_is_cut_where_nobody_reads_on(assert_max_queries):
    def block():
        with assert_max_queries(5):
            with connection.cursor() as cursor:
                for number in range(14):
                    cursor.execute(f"SELECT 1 AS column_{'x' * number}")

    lines = failure_of(block)
    assert lines[-1] == "… and 4 queries of 4 more shapes (-v shows all)"


def test_every_database_counts_unless_one_is_named(assert_max_queries):
    with assert_max_queries(3) as every, assert_max_queries(2, using="other") as other:
        with assert_max_queries(3, using=["default", "other"]) as both:
            select_one()
            select_one("other")
            select_one("other")
    assert (len(every), len(other), len(both)) == (3, 2, 3)
    assert [shape.count for shape in other] == [2]

    def block():
        with assert_max_queries(1, using="other"):
            select_one()
            select_one("other")
            select_one("other")

    assert failure_of(block)[0] == "Expected to perform 1 queries or less but 2 were done on other"


def test_an_exception_of_the_block_is_not_masked(assert_max_queries):
    with pytest.raises(ZeroDivisionError):
        with assert_max_queries(0):
            select_one()
            raise ZeroDivisionError


def test_threads_that_were_there_before_count_too(assert_max_queries):
    asked, answered = threading.Event(), threading.Event()

    def serve():
        asked.wait(10)
        select_one()
        connections.close_all()
        answered.set()

    server = threading.Thread(target=serve)
    server.start()
    with assert_max_queries(1) as queries:
        asked.set()
        answered.wait(10)
    server.join()
    assert len(queries) == 1


def test_blocks_nest_with_each_other_and_with_watch(assert_max_queries):
    with watch() as report, assert_max_queries(2) as outer:
        select_one()
        with assert_max_queries(1) as inner:
            select_one()
    assert (report.statements, len(outer), len(inner)) == (2, 2, 1)


def test_numbers_stay_those_of_pytest_django(assert_max_queries, django_assert_num_queries):
    stock(3)
    with django_assert_num_queries(4), assert_max_queries(4) as queries:
        for book in Book.objects.all():
            str(book.author)
    assert len(queries) == 4


@pytest.mark.parametrize("wrong", [-1, 1.5, "5", True], ids=repr)
def test_the_number_must_be_one(assert_max_queries, wrong):
    with pytest.raises(
        pytest.UsageError, match=r"assert_max_queries is .*, expected a whole number of at least 0"
    ):
        assert_max_queries(wrong)


def test_an_unknown_alias_is_answered_with_the_nearest(assert_max_queries):
    with pytest.raises(
        pytest.UsageError, match=r"the database 'othr', which is not in DATABASES; did you mean 'other'\?"
    ):
        assert_max_queries(1, using="othr")


@pytest.mark.max_queries(2)
def test_a_test_may_have_a_budget():
    select_one()
    select_one()


MARKED = """
    import asyncio
    import urllib.request

    import pytest
    from django.test import TestCase

    from factories import stock
    from library.models import Author, Book

    @pytest.mark.max_queries(1)
    def test_fixtures_do_not_count_passes(books):
        Author.objects.count()

    @pytest.mark.max_queries(1)
    def test_fixture_asked_for_in_the_body_does_not_count_passes(request, db):
        request.getfixturevalue("books")
        Author.objects.count()

    @pytest.mark.max_queries(1, info="one for the list")
    def test_too_many_fail(books, client):
        client.get("/authors/")

    @pytest.mark.max_queries(9)
    @pytest.mark.max_queries(0, using="other")
    @pytest.mark.django_db(databases=["default", "other"])
    def test_each_database_may_have_its_own_fails():
        Author.objects.using("other").count()

    @pytest.mark.max_queries(0)
    class TestBudgets:
        @pytest.mark.max_queries(1)
        def test_nearest_passes(self, db):
            Author.objects.count()

        def test_inherited_fails(self, db):
            Author.objects.count()

    @pytest.mark.max_queries(1)
    class CaseTests(TestCase):
        def setUp(self):
            stock()

        def test_case_passes(self):
            Author.objects.count()

        def test_case_fails(self):
            [book.author for book in Book.objects.all()]

    @pytest.mark.max_queries(1)
    @pytest.mark.django_db(transaction=True)
    async def test_async_fails():
        await Author.objects.acount()
        await Author.objects.acount()

    @pytest.mark.django_db(transaction=True)
    async def test_async_block_passes(assert_max_queries):
        async with assert_max_queries(1) as queries:
            await Author.objects.acount()
        assert len(queries) == 1

    @pytest.mark.django_db(transaction=True)
    async def test_async_block_fails(assert_max_queries):
        async with assert_max_queries(1):
            await Author.objects.acount()
            await Author.objects.acount()

    @pytest.mark.django_db(transaction=True)
    async def test_blocks_at_once_pass(assert_max_queries):
        async def counted(number):
            async with assert_max_queries(number) as queries:
                for _ in range(number):
                    await Author.objects.acount()
            return len(queries)

        assert await asyncio.gather(counted(3), counted(1), counted(2)) == [3, 1, 2]

    def test_live_server_fails(live_server, transactional_db, assert_max_queries):
        stock()
        with assert_max_queries(4):
            urllib.request.urlopen(f"{live_server.url}/authors/", timeout=10)
"""


def test_the_body_of_a_test_counts_and_whatever_serves_it(make_project):
    run = make_project(test_marked=MARKED).run()
    wrong = {name: outcome for name, outcome in run.outcomes.items() if ("pass" in name) != (outcome == "passed")}
    assert len(run.outcomes) == 13
    assert not wrong
    assert run.failures["test_too_many_fail"].splitlines()[:4] == [
        "Expected to perform 1 queries or less but 5 were done",
        "one for the list",
        "",
        "    4 × library.Book.author (n_plus_one)",
    ]
    for name in ("test_async_fails", "test_async_block_fails"):
        assert "Expected to perform 1 queries or less but 2 were done" in run.failures[name]
    assert "Expected to perform 4 queries or less but 5 were done" in run.failures["test_live_server_fails"]
    assert run.failures["test_each_database_may_have_its_own_fails"].startswith(
        "Expected to perform 0 queries or less but 1 was done on other"
    )
