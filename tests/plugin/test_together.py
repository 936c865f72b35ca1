"""The plugin beside everything else that runs in a test: inert when off, and never the reason of a red test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import browser

INERT = """
    import sys

    from django.core.handlers.base import BaseHandler
    from django.db import connection
    from django.db.models.sql import Query

    def test_nothing_of_ours_is_there(client, books, pytestconfig):
        client.get("/authors/")
        assert not pytestconfig.pluginmanager.has_plugin("nplusone-around-tests")
        ours = [name for name in sys.modules if name.split(".")[0] in ("nplusone_guard", "wrapt", "structlog")]
        assert not ours
        assert not connection.execute_wrappers
        for function in (BaseHandler.load_middleware, Query.__init__):
            assert type(function).__name__ == "function"
            assert not hasattr(function, "__wrapped__")
"""


def test_a_run_that_asks_for_nothing_has_nothing_of_ours(make_project):
    run = make_project(test_inert=INERT).run()
    assert run.outcomes == {"test_nothing_of_ours_is_there": "passed"}, run.text


WITHOUT_FILES = """
    import sys

    from library.models import Author

    def test_what_keeps_files_is_not_imported(db):
        Author.objects.count()
        kept = {f"pytest_nplusone.{name}" for name in ("baseline", "line_files", "ratchet", "recorded_budgets")}
        assert not kept & sys.modules.keys()
"""


@pytest.mark.parametrize("options", [(), ("--nplusone-strict",)], ids=["off", "strict"])
def test_what_keeps_files_is_imported_where_there_is_one(make_project, options):
    run = make_project(test_without=WITHOUT_FILES).run(*options)
    assert run.outcomes == {"test_what_keeps_files_is_not_imported": "passed"}, run.text


MARKED_LATE = """
    import pytest

    from library.models import Author

    @pytest.fixture
    def at_most_one(request):
        request.applymarker(pytest.mark.max_queries(1))

    def test_marked_by_a_fixture(at_most_one, db):
        Author.objects.count()
        Author.objects.exists()
"""


def test_a_marker_that_a_fixture_adds_counts_where_no_other_test_has_one(make_project):
    run = make_project(test_late=MARKED_LATE).run()
    assert run.outcomes == {"test_marked_by_a_fixture": "failed"}, run.text
    assert "but 2 were done" in run.failures["test_marked_by_a_fixture"]


BROKEN = """
    import asyncio
    import pkgutil

    import pytest
    from django.test import TestCase

    from factories import stock
    from library.models import Author
    from library.services import author_names

    PLACES = {places!r}

    @pytest.fixture
    def place(request):
        return request.param if hasattr(request, "param") else request.cls.place

    @pytest.fixture(autouse=True)
    def broken(request, monkeypatch, place):
        def fail(*args, **kwargs):
            raise ZeroDivisionError("broken")

        owner, _, name = place.rpartition(".")
        target = pkgutil.resolve_name(owner)
        monkeypatch.setattr(target, name, property(fail) if name == "found" else fail)

    @pytest.mark.parametrize("place", PLACES, indirect=True)
    class TestFunctions:
        def test_request(self, client, books):
            assert client.get("/authors/").status_code == 200

        def test_body(self, books):
            assert len(author_names()) == 4

        @pytest.mark.django_db(transaction=True)
        async def test_async(self, async_client):
            assert await Author.objects.acount() == 0
            assert (await async_client.get("/authors-async/")).status_code == 200

        def test_of_its_own(self):
            raise LookupError("mine")

    class Methods:
        def test_case(self):
            stock()
            author_names()
            assert self.client.get("/authors/").status_code == 200

    for number, place_ in enumerate(PLACES):
        name = f"CaseTests{{number}}"
        globals()[name] = type(name, (Methods, TestCase), {{"place": place_}})
"""

PLACES = [
    "pytest_nplusone.arrangement.Arrangement",
    "pytest_nplusone.arrangement.Arrangement.excuses",
    "pytest_nplusone.arrangement.enclosing_loop",
    "pytest_nplusone.checking.wishes_of",
    "pytest_nplusone.collecting.attach",
    "pytest_nplusone.failures.found_in_test",
    "pytest_nplusone.checking.Checks.of",
    "pytest_nplusone.requests.open_scope",
    "pytest_nplusone.requests.close_scope",
    "pytest_nplusone.strict.Judge",
    "pytest_nplusone.strict.Judge._add",
    "pytest_nplusone.strict.Judge.found",
    "pytest_nplusone.checking.begin_ambience",
    "pytest_nplusone.checking.close_scope",
    "nplusone_guard.detection.detect",
    "pytest_nplusone.checking.open_scope",
    "pytest_nplusone.checking.Check",
    "nplusone_guard.capture.count_closely",
    "nplusone_guard.lifecycle.summary_of",
    "nplusone_guard.scope.Scope.count",
    "nplusone_guard.scope.Scope.end",
]


def test_whatever_breaks_inside_reddens_no_test(make_project):
    run = make_project(test_broken=BROKEN.format(places=PLACES)).run("--nplusone-strict")
    assert len(run.outcomes) == 4 * len(PLACES) + 1  # the methods of all classes have one name
    own = {name for name, outcome in run.outcomes.items() if outcome != "passed" and "of_its_own" in name}
    assert len(own) == len(PLACES)
    assert all("LookupError: mine" in run.failures[name] for name in own)
    # What is found all the same is a failure; an error of ours is none.
    wrong = {name: text for name, text in run.failures.items() if "ZeroDivisionError" in text}
    assert not wrong, run.text
    assert "INTERNALERROR" not in run.text
    assert "the guard itself failed in test_broken.py::" in run.text


@pytest.mark.parametrize(
    "place",
    [
        "collecting.Collector.add",
        "collecting.merged",
        "collecting.Collector.results",
        "terminal.tell",
        "unused_loads.UnusedLoads._add",
        "unused_loads.UnusedLoads._results",
    ],
)
def test_whatever_breaks_at_the_end_is_told_and_changes_nothing(make_project, place):
    test = """
        from library.models import Author, Book
        from library.services import author_names

        def test_passes(db):  # and has something to tell: a latent finding
            Book.objects.create(title="one", author=Author.objects.create(name="author"))
            author_names()
    """
    project = make_project(test_passes=test)
    with (project.folder / "conftest.py").open("a") as conftest:
        conftest.write(
            "\nimport pkgutil, pytest\n"
            "@pytest.hookimpl(tryfirst=True)\n"
            "def pytest_collection_finish():\n"
            f"    owner, _, name = 'pytest_nplusone.{place}'.rpartition('.')\n"
            "    setattr(pkgutil.resolve_name(owner), name, lambda *args, **kwargs: 1 / 0)\n"
        )
    run = project.run("--nplusone-strict", "--nplusone-unused-loads")
    assert run.code == 0, run.text
    assert run.outcomes == {"test_passes": "passed"}
    assert "ZeroDivisionError: division by zero" in run.text
    assert "INTERNALERROR" not in run.text


SUB_TESTS = """
    import pytest
    from django.test import TestCase

    from factories import stock
    from library.models import Book
    from library.services import author_name, author_names

    class CaseTests(TestCase):
        @classmethod
        def setUpTestData(cls):
            cls.books = stock()
            author_names()

        def test_loop_of_sub_tests_passes(self):
            for book in self.books:
                with self.subTest(book=book.pk):
                    assert author_name(book.pk)

        def test_sub_test_with_a_finding_fails(self):
            with self.subTest("names"):
                author_names()

        def test_sub_test_of_its_own_fails(self):
            for number in range(3):
                with self.subTest(number=number):
                    self.assertNotEqual(number, 1, "mine")
            author_names()

        def test_rows_of_the_class_are_shared_passes(self):
            assert Book.objects.count() == 4
"""

BUILT_IN_SUB_TESTS = """
    import pytest

    from library.services import author_name, author_names

    def test_loop_of_sub_tests_passes(books, subtests):
        for book in books:
            with subtests.test(book=book.pk):
                assert author_name(book.pk)

    def test_request_in_a_sub_test_fails(books, client, subtests):
        with subtests.test("list"):
            client.get("/authors/")

    def test_service_in_a_sub_test_fails(books, subtests):
        with subtests.test("names"):
            author_names()

    def test_sub_test_of_its_own_fails(books, subtests):
        with subtests.test("mine"):
            assert "mine" == "yours"
        author_names()
"""


def failed(run):
    """The names of the tests that failed, those of sub-tests without what they are about."""
    return {name.partition(" ")[0] for name, outcome in run.outcomes.items() if outcome != "passed"}


def test_sub_tests_of_unittest_belong_to_their_test(make_project):
    run = make_project(test_sub_tests=SUB_TESTS).run("--nplusone-strict")
    assert failed(run) == {"test_sub_test_with_a_finding_fails", "test_sub_test_of_its_own_fails"}, run.text
    assert "n_plus_one: library.Book.author × 4" in run.failures["test_sub_test_with_a_finding_fails"]
    assert "mine" in run.text


@pytest.mark.skipif(pytest.version_tuple < (9,), reason="sub-tests came with pytest 9: pip install 'pytest>=9'")
def test_sub_tests_of_pytest_belong_to_their_test(make_project):
    run = make_project(test_sub_tests=BUILT_IN_SUB_TESTS).run("--nplusone-strict")
    assert failed(run) == {
        "test_request_in_a_sub_test_fails",
        "test_service_in_a_sub_test_fails",
        "test_sub_test_of_its_own_fails",
    }, run.text
    assert "in GET /authors/" in run.failures["test_request_in_a_sub_test_fails"]


FEW = """
    import pytest

    from factories import stock

    @pytest.mark.parametrize("number", range(6))
    def test_fixed_passes(books, client, number):
        client.get("/fixed/")

    @pytest.mark.parametrize("number", range(3))
    def test_fails(books, client, number):
        client.get("/authors/")

    def test_growth_fails(db, client, assert_constant_queries):
        assert_constant_queries(lambda: client.get("/authors/"), populate=stock)

    def test_growth_of_what_is_fixed_passes(db, client, assert_constant_queries):
        assert_constant_queries(lambda: client.get("/fixed/"), populate=stock)

    @pytest.mark.max_queries(4)
    def test_budget_fails(books, client):
        client.get("/authors/")
"""


# Project.run() is always without it.
CACHE = ("-p", "cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")


@pytest.mark.parametrize("arguments", [("-n", "auto"), CACHE], ids=["xdist", "cacheprovider"])
def test_other_plugins_change_no_outcome(make_project, arguments):
    project = make_project(test_few=FEW)
    alone = project.run("--nplusone-strict")
    beside = project.run("--nplusone-strict", *arguments)
    assert beside.outcomes == alone.outcomes
    assert failed(alone) == {name for name in alone.outcomes if "fails" in name}


def test_the_last_failures_run_again_and_fail_again(make_project):
    project = make_project(test_few=FEW)
    first = project.run("--nplusone-strict", *CACHE)
    again = project.run("--nplusone-strict", *CACHE, "--last-failed")
    assert set(again.outcomes) == failed(first) == failed(again) != set()


BROWSER = """
    import pytest

    from factories import stock
    from tests.browser import launched

    @pytest.fixture(scope="module")
    def page():
        with launched() as browser:
            yield browser.new_page()

    def test_page_fails(live_server, transactional_db, page):
        stock()
        page.goto(f"{live_server.url}/authors/")
        assert "author 3" in page.content()

    def test_fixed_page_passes(live_server, transactional_db, page):
        stock()
        page.goto(f"{live_server.url}/fixed/")
        assert "author 3" in page.content()

    @pytest.mark.max_queries(4)
    def test_budget_of_a_page_fails(live_server, transactional_db, page):
        stock()
        page.goto(f"{live_server.url}/authors/")
"""


def test_what_a_browser_asks_a_live_server_for_belongs_to_the_test(make_project):
    browser.require()
    # Playwright's event loop runs in the thread of the test, which Django takes for an asynchronous one.
    run = make_project(test_browser=BROWSER).run(
        "--nplusone-strict", DJANGO_ALLOW_ASYNC_UNSAFE="1", PYTHONPATH=str(Path(__file__).parents[2])
    )
    assert failed(run) == {"test_page_fails", "test_budget_of_a_page_fails"}, run.text
    assert "n_plus_one: library.Book.author × 4, in GET /authors/" in run.failures["test_page_fails"]
    # Eight of them made the rows.
    assert "Expected to perform 4 queries or less but 13 were done" in run.failures["test_budget_of_a_page_fails"]
