"""`--nplusone-strict` fails the tests that have an N+1 of the project's, and no others."""

from __future__ import annotations

import pytest

REQUESTS = """
    import threading
    import urllib.request
    import warnings

    import pytest
    from django.test import AsyncClient, Client, TestCase, TransactionTestCase

    from factories import stock
    from library.models import Book

    def test_request_fails(client, books):
        assert client.get("/authors/").status_code == 200

    def test_fixed_request_passes(client, books):
        client.get("/fixed/")

    def test_requests_in_a_loop_pass(client, books):
        for book in books:
            client.get(f"/author/{book.pk}/")

    def test_one_row_passes(client, db):
        stock(1)
        client.get("/authors/")

    def test_two_rows_fail(client, db):
        stock(2)
        client.get("/authors/")

    def test_stream_fails(client, books):
        assert len(list(client.get("/stream/").streaming_content)) == 4

    def test_view_that_raises_fails(client, books):
        client.raise_request_exception = False
        assert client.get("/broken/").status_code == 500

    def test_live_server_fails(live_server, transactional_db):
        stock()
        assert urllib.request.urlopen(f"{live_server.url}/authors/", timeout=10).status == 200

    def test_live_server_fixed_passes(live_server, transactional_db):
        stock()
        urllib.request.urlopen(f"{live_server.url}/fixed/", timeout=10)

    @pytest.mark.django_db(transaction=True)
    async def test_async_fails(async_client):
        from asgiref.sync import sync_to_async
        await sync_to_async(stock)()
        response = await async_client.get("/authors-async/")
        assert response.status_code == 200

    class TestPlainClass:
        def test_method_fails(self, client, books):
            client.get("/authors/")

    class CaseTests(TestCase):
        def setUp(self):
            stock()
            self.client.get("/authors/")

        def tearDown(self):
            self.client.get("/authors/")

        def test_case_fails(self):
            self.client.get("/authors/")

        def test_case_passes(self):
            self.client.get("/fixed/")

        async def test_async_case_fails(self):
            await self.async_client.get("/authors-async/")

        async def test_async_case_passes(self):
            await self.async_client.get("/fixed/")

    class TransactionTests(TransactionTestCase):
        def test_transaction_case_fails(self):
            stock()
            self.client.get("/authors/")

    @pytest.mark.nplusone(ignore=["library.Book.author"])
    def test_ignored_passes(client, books):
        client.get("/authors/")

    @pytest.mark.nplusone(ignore=["library.Book.*"])
    class TestIgnoredByItsClass:
        @pytest.mark.nplusone(ignore=["library.Author.*"])
        def test_wildcard_passes(self, client, books):
            client.get("/authors/")

    @pytest.mark.nplusone(ignore=["library.Author.*"])
    def test_other_label_fails(client, books):
        client.get("/authors/")

    @pytest.mark.nplusone(threshold=5)
    def test_higher_threshold_passes(client, books):
        client.get("/authors/")

    @pytest.mark.nplusone(threshold=5)
    class TestThresholds:
        @pytest.mark.nplusone(threshold=4)
        def test_nearest_threshold_fails(self, client, books):
            client.get("/authors/")

    def test_own_failure_is_kept(client, books):
        client.get("/authors/")
        assert "mine" == "yours"

    class OwnFailure(TestCase):
        def test_own_failure_in_a_case_is_kept(self):
            stock()
            self.client.get("/authors/")
            self.assertEqual("mine", "yours")

    def test_skip_is_skipped(client, books):
        client.get("/authors/")
        pytest.skip("later")

    @pytest.mark.xfail(reason="known")
    def test_xfail_is_xfailed(client, books):
        client.get("/authors/")
        raise ValueError

    def test_queries_are_counted_as_ever_passes(client, books, django_assert_num_queries):
        with django_assert_num_queries(1):
            client.get("/fixed/")

    def test_no_database_passes():
        assert True
"""

BODIES = """
    import asyncio
    from concurrent.futures import ThreadPoolExecutor
    from unittest import IsolatedAsyncioTestCase

    import pytest
    from asgiref.sync import sync_to_async
    from django.test import TestCase
    from hypothesis import HealthCheck, given, settings, strategies

    from factories import stock
    from library.models import Author, Book
    from library.services import author_name, author_name_async, author_names
    from nplusone_guard import watch

    def test_service_fails(books):
        author_names()

    def test_service_in_a_block_fails(books, assert_max_queries):
        with assert_max_queries(20):
            author_names()

    def test_service_called_in_a_loop_fails(books):
        for _ in range(2):
            author_names()

    def test_loop_around_a_service_passes(books):
        for book in books:
            author_name(book.pk)

    def test_while_around_a_service_passes(books):
        left = list(books)
        while left:
            author_name(left.pop().pk)

    def test_comprehension_around_a_service_passes(books):
        assert [author_name(book.pk) for book in books]

    def test_generator_around_a_service_passes(books):
        assert all(author_name(book.pk) for book in books)

    def test_map_around_a_service_passes(books):
        list(map(author_name, [book.pk for book in books]))

    def test_loop_around_a_helper_passes(books):
        def helper(pk):
            return author_name(pk)

        for book in books:
            helper(book.pk)

    def test_loop_around_a_block_passes(books, assert_max_queries):
        with assert_max_queries(20), watch():
            for book in books:
                author_name(book.pk)

    @pytest.mark.django_db(transaction=True)
    async def test_gathered_services_pass():
        books = await sync_to_async(stock)()
        await asyncio.gather(*(author_name_async(book.author_id) for book in books))

    @pytest.mark.django_db(transaction=True)
    async def test_loop_around_an_async_service_passes():
        for book in await sync_to_async(stock)():
            await author_name_async(book.author_id)

    def test_own_loop_passes(books):
        for book in Book.objects.all():
            book.author

    def test_factories_pass(db):
        stock(20)

    @pytest.fixture
    def slow(books):
        yield author_names()
        author_names()

    def test_fixtures_pass(slow):
        assert len(slow) == 4

    def test_fixture_asked_for_in_the_body_passes(request, db):
        assert len(request.getfixturevalue("slow")) == 4

    def test_model_saved_in_a_loop_passes(db):
        author = Author.objects.create(name="Ada")
        for index in range(12):
            Book(title=str(index), author=author).save()

    @settings(max_examples=20, suppress_health_check=list(HealthCheck), deadline=None)
    @given(number=strategies.integers())
    def test_examples_pass(books, number):
        author_name(books[0].pk)

    class CaseTests(TestCase):
        @classmethod
        def setUpTestData(cls):
            stock()
            author_names()

        def setUp(self):
            author_names()
            self.addCleanup(author_names)

        def test_method_passes(self):
            for book in Book.objects.all():
                author_name(book.pk)

        def test_sub_tests_pass(self):
            for book in Book.objects.all():
                with self.subTest(book=book.pk):
                    author_name(book.pk)

        def test_method_with_a_service_fails(self):
            author_names()

    class IsolatedTests(IsolatedAsyncioTestCase):
        async def asyncSetUp(self):
            self.ready = True

        async def test_isolated_passes(self):
            assert self.ready

        async def test_isolated_failure_is_kept(self):
            assert not self.ready
"""

FAILURES_OF_THEIR_OWN = {
    "test_own_failure_is_kept",
    "test_own_failure_in_a_case_is_kept",
    "test_isolated_failure_is_kept",
}


def expected(name):
    """What the test's name promises."""
    for words, outcome in (("skipped", "skipped"), ("xfailed", "xfailed"), ("pass", "passed")):
        if words in name:
            return outcome
    return "failed"


@pytest.fixture(scope="module")
def project(make_project):
    return make_project(test_requests=REQUESTS, test_bodies=BODIES)


@pytest.fixture(scope="module")
def strict(project):
    return project.run("--nplusone-strict")


def promised(run):
    return {name: expected(name) for name in run.outcomes}


def test_only_findings_of_the_project_fail_a_test(strict):
    assert len(strict.outcomes) == 50
    assert strict.outcomes == promised(strict)


def test_the_failure_shows_the_finding_the_line_and_the_fix(strict):
    lines = strict.failures["test_request_fails"].splitlines()
    assert lines == [
        "nplusone: library.Book.author × 4",
        "",
        "n_plus_one: library.Book.author × 4, in GET /authors/",
        "  library/views.py:8 in authors",
        "       6 | names = []",
        "       7 | for book in Book.objects.all():",
        "  >    8 |     names.append(book.author.name)",
        '       9 | return JsonResponse({"names": names})',
        "  rows loaded at library/views.py:7",
        lines[9],
        lines[-3],
        '  on purpose? @pytest.mark.nplusone(ignore=["library.Book.author"])',
        "           or # nplusone: ignore[library.Book.author] reason",
    ]
    # Django 6.1 has another way, which is told behind it.
    assert lines[9].partition("  #")[0] == '  fix: select_related("author")'
    assert lines[-3].startswith('  sql: SELECT … FROM "library_author" WHERE')
    assert max(map(len, lines)) <= 80


def test_a_stream_belongs_to_its_request(strict):
    assert ", in GET /stream/\n" in strict.failures["test_stream_fails"]


def test_a_finding_of_the_body_names_no_request(strict):
    assert (
        "n_plus_one: library.Book.author × 4\n  library/services.py:6 in author_names"
        in (strict.failures["test_service_fails"])
    )


@pytest.mark.parametrize("name", sorted(FAILURES_OF_THEIR_OWN - {"test_isolated_failure_is_kept"}))
def test_a_failure_of_the_tests_own_is_kept_and_the_finding_told_beside_it(strict, name):
    assert "yours" in strict.failures[name]
    assert "nplusone" not in strict.failures[name].splitlines()[0]
    part = strict.text.partition(f" {name} ")[2] or strict.text.partition(f".{name} ")[2]
    assert "n_plus_one: library.Book.author × 4, in GET /authors/" in part.partition("\n____")[0]


def test_one_line_at_the_end_tells_of_all(strict):
    failed = [name for name, outcome in strict.outcomes.items() if outcome == "failed"]
    # Of those that fail one does on its own, without a query. The one that is skipped and the one that is expected
    # to fail saw a finding too; the one with one row and the one with a higher threshold, the latent form of it.
    tests = len(failed) - 1 + 2 + 2
    strict.lines.fnmatch_lines([f"nplusone: 5 findings in {tests} tests, worst: library.*"])


@pytest.mark.parametrize("sample_rate", ["1.0", "0.0"])
def test_the_middleware_changes_nothing_and_keeps_its_headers(make_project, sample_rate):
    headers = f"""
        def test_headers_pass(client, db):
            response = client.get("/authors/")
            assert ("X-NPlusOne" in response.headers) is {sample_rate == "1.0"}
    """
    project = make_project(test_requests=REQUESTS, test_headers=headers)
    run = project.run("--nplusone-strict", PROJECT_MIDDLEWARE=sample_rate)
    assert run.outcomes["test_headers_pass"] == "passed"
    assert run.outcomes == promised(run)
    assert run.failures["test_request_fails"].count("n_plus_one") == 1


def test_raise_raises_first_and_listens_to_the_marker(make_project):
    requests = """
        import pytest

        def test_request_fails(client, books):
            client.get("/authors/")

        @pytest.mark.nplusone(ignore=["library.Book.*"])
        def test_ignored_passes(client, books):
            client.get("/authors/")

        @pytest.mark.nplusone(threshold=5)
        def test_higher_threshold_passes(client, books):
            client.get("/authors/")
    """
    run = make_project(test_requests=requests).run(
        "--nplusone-strict", PROJECT_MIDDLEWARE="1.0", PROJECT_RAISE="1"
    )
    assert run.outcomes == promised(run)
    assert "NPlusOneError" in run.failures["test_request_fails"]
    assert run.text.count("n_plus_one: library.Book.author × 2, in GET /authors/") == 1


def test_workers_hand_over_what_they_found(project, strict):
    run = project.run("--nplusone-strict", "-n", "2")
    assert run.outcomes == strict.outcomes
    (line,) = [line for line in strict.text.splitlines() if line.startswith("nplusone: ") and " tests, " in line]
    assert line in run.text.splitlines()


def test_without_the_option_only_their_own_failures_are_left(project):
    run = project.run("-q")
    failed = {name for name, outcome in run.outcomes.items() if outcome == "failed"}
    assert failed == FAILURES_OF_THEIR_OWN
    assert "nplusone" not in run.text
