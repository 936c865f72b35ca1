"""`assert_constant_queries`: what grows with the rows fails, whatever the numbers are."""

from __future__ import annotations

import os

import pytest

from tests.__main__ import missing

from .project import FILES, Run

GROWTH = """
    import pytest
    from asgiref.sync import sync_to_async
    from django.contrib.contenttypes.models import ContentType
    from django.core.cache import cache
    from django.db import connection, transaction
    from django.test import TestCase

    from factories import stock
    from library.models import Author, Book
    from library.services import author_names, author_name_async

    def authors(n):
        return Author.objects.bulk_create(Author(name=str(index)) for index in range(n))

    def test_grows_fails(client, db, assert_constant_queries):
        assert_constant_queries(lambda: client.get("/authors/"), populate=stock, info="the front page")

    def test_fixed_passes(client, db, assert_constant_queries):
        reports = assert_constant_queries(lambda: client.get("/fixed/"), populate=stock)
        assert list(reports) == [2, 3, 5]
        assert [report.statements for report in reports.values()] == [1, 1, 1]

    def test_scales_are_the_callers_passes(db, assert_constant_queries):
        asked = []

        def populate(n):
            asked.append((n, Book.objects.count()))
            stock(n)

        seen = assert_constant_queries(lambda: list(Book.objects.all()), populate=populate, scales=[1, 4])
        assert asked == [(1, 0), (1, 0), (4, 0)]
        assert list(seen) == [1, 4]
        asked.clear()
        assert_constant_queries(lambda: list(Book.objects.all()), populate=populate, scales=[1, 4], warmup=False)
        assert asked == [(1, 0), (4, 0)]

    def test_rows_are_rolled_back_passes(books, assert_constant_queries):
        assert_constant_queries(lambda: Book.objects.count(), populate=stock)
        assert Book.objects.count() == len(books) == 4

    @pytest.mark.django_db(transaction=True)
    def test_rows_of_a_transactional_test_are_rolled_back_passes(assert_constant_queries):
        stock(1)
        assert_constant_queries(lambda: Book.objects.count(), populate=stock)
        assert Book.objects.count() == 1

    @pytest.mark.django_db(databases=["default", "other"])
    def test_rows_of_every_alias_are_rolled_back_passes(assert_constant_queries):
        def populate(n):
            for index in range(n):
                Author.objects.using("other").create(name=str(index))

        assert_constant_queries(lambda: Author.objects.using("other").count(), populate=populate)
        assert Author.objects.using("other").count() == 0

    @pytest.mark.django_db(databases=["default", "other"])
    def test_only_the_named_alias_counts_passes(assert_constant_queries):
        def block():
            Author.objects.using("other").count()
            author_names()

        assert_constant_queries(block, populate=stock, using="other")

    @pytest.mark.django_db(databases=["default", "other"])
    def test_the_named_alias_fails(assert_constant_queries):
        assert_constant_queries(author_names, populate=stock, using=["other", "default"])

    def test_the_block_gets_what_was_made_passes(db, assert_constant_queries):
        def block(books):
            assert len(books) == Book.objects.count()

        assert_constant_queries(block, populate=stock)

    def test_the_block_gets_what_was_made_fails(db, assert_constant_queries):
        assert_constant_queries(lambda books: [Book.objects.get(pk=book.pk) for book in books], populate=stock)

    def test_populate_does_not_count_passes(db, assert_constant_queries, assert_max_queries):
        with assert_max_queries(3 + 1):
            assert_constant_queries(lambda: Book.objects.count(), populate=stock)

    @pytest.mark.max_queries(3 + 1)
    def test_populate_does_not_count_in_a_marked_test_passes(db, assert_constant_queries):
        assert_constant_queries(lambda: Book.objects.count(), populate=stock)

    def test_caches_are_warm_passes(db, assert_constant_queries):
        ContentType.objects.clear_cache()
        reports = assert_constant_queries(
            lambda: (ContentType.objects.get_for_model(Book), Book.objects.count()), populate=stock
        )
        assert {report.statements for report in reports.values()} == {1}

    def test_a_cold_cache_hides_no_growth_fails(db, assert_constant_queries):
        done = []

        def block():
            if not done:
                done.extend(Author.objects.filter(pk=number).count() for number in range(9))
            author_names()

        assert_constant_queries(block, populate=stock, warmup=False)

    def test_chunks_pass(db, assert_constant_queries):
        def block(rows):
            keys = [row.pk for row in rows]
            for start in range(0, len(keys), 4):
                list(Author.objects.filter(pk__in=keys[start:start + 4]))

        assert_constant_queries(block, populate=authors, scales=(4, 8, 16))

    def test_chunks_are_explained_fails(db, assert_constant_queries):
        def block(rows):
            keys = [row.author_id for row in rows]
            for start in range(0, len(keys), 4):
                list(Author.objects.filter(pk__in=keys[start:start + 4]))
            author_names()

        assert_constant_queries(block, populate=stock, scales=(4, 8, 16))

    def test_lists_for_each_row_fail(db, assert_constant_queries):
        def block(rows):
            for row in rows:
                list(Author.objects.filter(pk__in=[row.pk, row.pk + 1]))

        assert_constant_queries(block, populate=authors)

    def test_shapes_that_take_turns_pass(db, assert_constant_queries):
        def block(rows):
            list(Author.objects.filter(name="x", **{"pk" if len(rows) > 2 else "name__startswith": 1}))

        assert_constant_queries(block, populate=authors)

    def test_a_step_is_explained_fails(db, assert_constant_queries):
        def block(rows):
            if len(rows) > 3:
                Author.objects.count()
            author_names()

        assert_constant_queries(block, populate=stock)

    def test_every_row_has_its_own_sql_fails(db, assert_constant_queries):
        def block(rows):
            with connection.cursor() as cursor:
                for number, row in enumerate(rows):
                    cursor.execute(f"SELECT 1 AS column_{'x' * number}")

        assert_constant_queries(block, populate=authors)

    def test_writes_fail(db, assert_constant_queries):
        def block(rows):
            for row in rows:
                row.save()

        assert_constant_queries(block, populate=authors)

    def test_durable_blocks_pass(db, assert_constant_queries):
        def block():
            with transaction.atomic(durable=True):
                Author.objects.count()

        assert_constant_queries(block, populate=stock)

    def test_a_failed_statement_leaves_no_mark_passes(db, assert_constant_queries):
        def block():
            try:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT nothing_like_it")
            except Exception:
                pass

        assert_constant_queries(block, populate=stock)
        assert Book.objects.count() == 0

    def test_exception_of_the_block_fails(db, assert_constant_queries):
        def block(rows):
            if len(rows) == 3:
                raise ZeroDivisionError("mine")

        try:
            assert_constant_queries(block, populate=stock)
        finally:
            assert Book.objects.count() == 0

    def test_skip_in_the_block_is_skipped(db, assert_constant_queries):
        assert_constant_queries(lambda: pytest.skip("later"), populate=stock)

    class TestClass(TestCase):
        @pytest.fixture(autouse=True)
        def _growth(self, assert_constant_queries):
            self.growth = assert_constant_queries

        def test_case_passes(self):
            self.growth(lambda: self.client.get("/fixed/"), populate=stock)
            assert not Book.objects.exists()

        def test_case_fails(self):
            self.growth(lambda: self.client.get("/authors/"), populate=stock)

        async def test_async_case_passes(self):
            await self.growth(lambda: self.async_client.get("/fixed/"), populate=stock)
            assert not await Book.objects.aexists()

        async def test_async_case_fails(self):
            await self.growth(lambda: self.async_client.get("/authors-async/"), populate=stock)

    @pytest.mark.django_db(transaction=True)
    async def test_async_fixed_passes(async_client, assert_constant_queries):
        reports = await assert_constant_queries(lambda: async_client.get("/fixed/"), populate=stock)
        assert [report.statements for report in reports.values()] == [1, 1, 1]
        assert await Book.objects.acount() == 0

    @pytest.mark.django_db(transaction=True)
    async def test_async_fails(async_client, assert_constant_queries):
        await assert_constant_queries(lambda: async_client.get("/authors-async/"), populate=stock)

    @pytest.mark.django_db(transaction=True)
    async def test_async_populate_and_block_fail(assert_constant_queries):
        async def populate(n):
            return [await Author.objects.acreate(name=str(index)) for index in range(n)]

        async def block(authors):
            for author in authors:
                await author_name_async(author.pk)

        await assert_constant_queries(block, populate=populate)
"""


MISTAKES = """
    import urllib.request

    import pytest

    from factories import stock
    from library.models import Author, Book

    def count():
        return Book.objects.count()

    def unsaved(n):
        return [Author(name=str(index)) for index in range(n)]

    def test_no_rows(db, assert_constant_queries):
        assert_constant_queries(count, populate=unsaved)

    def test_rows_that_fail(db, assert_constant_queries):
        assert_constant_queries(count, populate=lambda n: 1 / 0)

    @pytest.mark.parametrize("scales", [(5, 3), (2, 2), (2,), (), (0, 1), (1.5, 2), (True, 2), 5, "25"], ids=repr)
    def test_scales(db, assert_constant_queries, scales):
        assert_constant_queries(count, populate=stock, scales=scales)

    def test_block_that_was_called_already(db, client, assert_constant_queries):
        assert_constant_queries(client.get("/fixed/"), populate=stock)

    def test_rows_that_were_made_already(db, assert_constant_queries):
        assert_constant_queries(count, populate=stock(2))

    def test_nobody_evaluates(db, assert_constant_queries):
        assert_constant_queries(lambda: Book.objects.all(), populate=stock)

    def test_page_that_is_not_there(db, client, assert_constant_queries):
        assert_constant_queries(lambda: client.get("/authorz/"), populate=stock)

    def test_page_that_is_meant_not_to_be_there(db, client, assert_constant_queries):
        def block():
            count()
            assert client.get("/authorz/").status_code == 404

        assert_constant_queries(block, populate=stock)

    def test_alias(db, assert_constant_queries):
        assert_constant_queries(count, populate=stock, using="othr")

    def test_asynchronous_block(db, async_client, assert_constant_queries):
        assert_constant_queries(lambda: async_client.get("/fixed/"), populate=stock)

    def test_asynchronous_rows(db, assert_constant_queries):
        async def populate(n):
            pass

        assert_constant_queries(count, populate=populate)

    def test_no_database(assert_constant_queries):
        assert_constant_queries(count, populate=stock)

    def test_live_server(live_server, transactional_db, assert_constant_queries):
        assert_constant_queries(
            lambda: urllib.request.urlopen(f"{live_server.url}/authors/", timeout=10), populate=stock
        )
"""

SAID = {
    "test_no_rows": "populate(2) made no rows: no statement of it wrote to a database. Does it get the number, ",
    "test_rows_that_fail": "ZeroDivisionError: division by zero",
    "test_scales[(5, 3)]": "scales is (5, 3), expected at least 2 whole numbers from 1 on that grow, such as (2, ",
    "test_scales[(2, 2)]": "scales is (2, 2), expected",
    "test_scales[(2,)]": "scales is (2,), expected",
    "test_scales[()]": "scales is (), expected",
    "test_scales[(0, 1)]": "scales is (0, 1), expected",
    "test_scales[(1.5, 2)]": "scales is (1.5, 2), expected",
    "test_scales[(True, 2)]": "scales is (True, 2), expected",
    "test_scales[5]": "scales is 5, expected",
    "test_scales['25']": "scales is '25', expected",
    "test_block_that_was_called_already": 'expected a function to call, such as lambda: client.get("/authors/")',
    "test_rows_that_were_made_already": "populate is [<Book: Book object (1)>, <Book: Book object (2)>], expected",
    "test_nobody_evaluates": "The block did no query at any size, so there is nothing to compare.",
    "test_page_that_is_not_there": "The block's response to GET /authorz/ is 404 (Not Found), whose queries say",
    "test_alias": "using names the database 'othr', which is not in DATABASES; did you mean 'other'?",
    "test_asynchronous_block": "is asynchronous and the test is not; write the test as `async def` and",
    "test_asynchronous_rows": "is asynchronous and the test is not; write the test as `async def` and",
    "test_no_database": "Database access not allowed",
    # Its database is in memory, where all threads share one connection.
    "test_live_server": "2 → 3 → 5 rows: 3, 4, 6 statements, +1 statement a row",
}


@pytest.fixture(scope="module")
def growth(make_project):
    return make_project(test_growth=GROWTH).run()


@pytest.fixture(scope="module")
def mistakes(make_project):
    return make_project(test_mistakes=MISTAKES).run()


def promised(run):
    words = (("skipped", "skipped"), ("pass", "passed"))
    return {name: next((outcome for word, outcome in words if word in name), "failed") for name in run.outcomes}


def test_what_grows_fails_and_nothing_else(growth):
    assert len(growth.outcomes) == 32
    assert growth.outcomes == promised(growth), growth.text


def test_the_failure_shows_what_grows_how_fast_and_the_fix(growth):
    lines = growth.failures["test_grows_fails"].partition("\n\n/")[0].splitlines()
    first = lines.index("E       Failed: Expected as many queries for more rows but their number grows")
    lines = [line.removeprefix("E").strip() for line in lines[first:]]
    assert lines[1:7] == [
        "2 → 3 → 5 rows: 3, 4, 6 statements, +1 statement a row",
        "the front page",
        "",
        "2, 3, 5 × library.Book.author (n_plus_one)",
        "+1 statement a row",
        'SELECT … FROM "library_author" WHERE "library_author"."id" = ? …',
    ]
    assert lines[7:9] == ["library/views.py:8", "names.append(book.author.name)"]
    # Django 6.1 has another way, which is told behind it.
    assert lines[9].startswith('fix: select_related("author")')


def test_the_failure_points_at_the_tests_line(growth):
    # Frames of ours would be between the call and the message.
    assert "growth.py" not in growth.failures["test_grows_fails"].replace("test_growth.py", "")
    assert "growth.py" not in growth.failures["test_exception_of_the_block_fails"].replace("test_growth.py", "")


def test_an_exception_says_how_many_rows_there_were(growth):
    assert "in assert_constant_queries, with populate(3)" in growth.failures["test_exception_of_the_block_fails"]


@pytest.mark.parametrize(
    ("name", "explained"),
    [
        ("test_chunks_are_explained_fails", "1, 2, 4 × SELECT … the same load, its IN list cut in chunks"),
        ("test_a_step_is_explained_fails", "0, 0, 1 × SELECT … a step, and no slope: at most once at each size"),
        ("test_a_cold_cache_hides_no_growth_fails", "9, 0, 0 × SELECT … up and down, and no more in the end"),
    ],
)
def test_what_varies_without_growing_is_explained_and_not_accused(growth, name, explained):
    accused, _, left = growth.failures[name].partition("Not the same at each size either, but not what grows:")
    counts, reason = explained.split("SELECT … ")
    assert counts in left
    assert reason in left
    assert counts not in accused
    assert "library.Book.author (n_plus_one)" in accused


def test_rows_that_differ_in_their_sql_are_accused(growth):
    said = growth.failures["test_every_row_has_its_own_sql_fails"]
    assert said.count("× SELECT ? AS column_xx") == 3
    assert "but not what grows" not in said


def test_writes_are_named_and_have_their_fix(growth):
    assert "2, 3, 5 × library.Author.save() (write_in_loop)" in growth.failures["test_writes_fail"]
    assert "fix: " in growth.failures["test_writes_fail"]


@pytest.mark.parametrize("name", SAID)
def test_a_mistake_is_told_in_words(mistakes, name):
    assert mistakes.outcomes[name] == "failed"
    # As somebody reads it, wherever a line ends.
    words = " ".join(mistakes.failures[name].replace("\nE  ", " ").split())
    assert SAID[name] in words


def test_an_error_page_may_be_meant(mistakes):
    assert set(mistakes.outcomes) - set(SAID) == {"test_page_that_is_meant_not_to_be_there"}
    assert mistakes.outcomes["test_page_that_is_meant_not_to_be_there"] == "passed"


@pytest.mark.skipif(missing("postgresql") != "", reason=missing("postgresql"))
def test_savepoints_hold_on_a_server(make_project):
    settings = f"""
        DATABASES = {{
            alias: {{
                "ENGINE": "django.db.backends.postgresql",
                "NAME": f"growth_{{alias}}_{os.getpid()}",
                "HOST": os.environ.get("PGHOST", "127.0.0.1"),
                "PORT": os.environ.get("PGPORT", "5432"),
                "USER": os.environ.get("PGUSER", "postgres"),
                "PASSWORD": os.environ.get("PGPASSWORD", ""),
            }}
            for alias in ("default", "other")
        }}
    """
    # The worker thread of asynchronous tests keeps its connection, which is in the way of dropping the database.
    project = make_project(
        settings=FILES["settings.py"] + settings,
        test_growth=GROWTH,
        test_mistakes=MISTAKES,
    )
    run = project.run("-W", "ignore:Error when trying to teardown test databases")
    growth = {name: outcome for name, outcome in run.outcomes.items() if name not in SAID}
    growth.pop("test_page_that_is_meant_not_to_be_there")
    assert len(growth) == 32
    assert growth == promised(Run(0, growth, {}, "")), run.text
    assert "a live_server on 'default' cannot see them" in run.failures["test_live_server"]
