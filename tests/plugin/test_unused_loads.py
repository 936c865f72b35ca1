"""`--nplusone-unused-loads` tells, at the end of a whole run, what was loaded for nobody."""

from __future__ import annotations

import html

import pytest

SERVICES = """
    from .models import Author, Book

    def titles():
        return [book.title for book in Book.objects.select_related("author")]

    def shared():
        return Book.objects.select_related("author").order_by("pk")

    def authors():
        return [author.name for author in Author.objects.prefetch_related("book_set")]

    def meant():
        return [book.title for book in Book.objects.select_related("author")]  # nplusone: ignore[*.author] soon

    def helped_by_ignore():
        from nplusone_guard import ignore

        with ignore("library.Book.author"):
            return [book.title for book in Book.objects.select_related("author")]
"""
TESTS = """
    import pytest
    from library import services

    def test_titles(books):
        assert len(services.titles()) == 4

    def test_titles_again(books):
        services.titles()
        services.titles()

    def test_shared_without_authors(books):
        assert [book.title for book in services.shared()]

    def test_shared_with_authors(books):
        assert services.shared()[0].author.name

    def test_authors(books):
        services.authors()

    def test_meant(books):
        services.meant()
        services.helped_by_ignore()

    def test_loads_for_itself(books):
        from library.models import Book

        list(Book.objects.select_related("author"))
"""
TOLD = """\
library.Author.book_set × 1  unused_eager_load, does not fail
  library/services.py:10 in authors  return [author.name for author in
  test_them.py::test_authors
  fix: remove "book_set" from prefetch_related()  # 4 rows in 1 query, none read
library.Book.author × 3  unused_eager_load, does not fail
  library/services.py:4 in titles  return [book.title for book in
  2 tests, such as test_them.py::test_titles_again
  fix: remove "author" from select_related()  # 12 rows joined, none read
nplusone: 2 findings in 3 tests, worst: library.Author.book_set × 1
"""
OPTION = "--nplusone-unused-loads"
HEADING = "unused_eager_load"


def listed(text):
    """The findings that `text` tells, each with its line."""
    lines = text.splitlines()
    return {
        (one.split(" ")[0], lines[index + 1].split()[0])
        for index, one in enumerate(lines)
        if one.endswith("  unused_eager_load, does not fail")
    }


FOUND = {("library.Author.book_set", "library/services.py:10"), ("library.Book.author", "library/services.py:4")}


@pytest.fixture(scope="module")
def project(make_project):
    return make_project(**{"library/services": SERVICES, "test_them": TESTS})


def test_what_no_test_reads_is_told_with_the_line_that_loads_it(project):
    run = project.run(OPTION, "--nplusone-html=page.html")
    assert set(run.outcomes.values()) == {"passed"}
    assert run.code == 0
    assert HEADING in run.text
    assert listed(run.text) == FOUND
    for line in TOLD.splitlines():
        assert line in run.text
    page = (project.folder / "page.html").read_text(encoding="utf-8")
    assert page.count("<h5>Loaded ahead here</h5>") == len(FOUND)
    # There is no statement to show, and one that comes back as an N+1 is not meant.
    assert "<h5>Statement</h5>" not in page
    assert "saves 0" not in page
    assert '{"label": "library.Book.author", "kind": "unused_eager_load"}' in html.unescape(page)


def test_what_one_worker_of_xdist_reads_the_other_has_not_loaded_in_vain(make_project):
    in_worker = """
        import os
        from pathlib import Path

        from library import services

        def test_{0}(books):
            Path("{0}.worker").write_text(os.environ["PYTEST_XDIST_WORKER"])
            shared = list(services.shared())
            {1}
    """
    files = {
        "test_loads": in_worker.format("loads", "services.titles()"),
        "test_reads": in_worker.format("reads", "shared[0].author.name"),
    }
    project = make_project(**{"library/services": SERVICES}, **files)
    run = project.run(OPTION, "-n", "2", "--dist", "loadfile")
    workers = {(project.folder / f"{name}.worker").read_text() for name in ("loads", "reads")}
    assert workers == {"gw0", "gw1"}
    assert listed(run.text) == {("library.Book.author", "library/services.py:4")}


def test_the_workers_of_xdist_tell_the_same(project):
    run = project.run(OPTION, "-n", "2", "--dist", "load", "--maxschedchunk", "1")
    assert listed(run.text) == FOUND
    for line in TOLD.splitlines():
        assert line in run.text


def test_the_ini_file_asks_for_it_too_and_the_command_line_takes_it_back(project):
    assert HEADING in project.run("-o", "nplusone_unused_loads=true").text
    assert HEADING not in project.run().text


def test_it_goes_together_with_strict_mode(project):
    run = project.run(OPTION, "--nplusone-strict")
    assert set(run.outcomes.values()) == {"passed"}
    assert listed(run.text) == FOUND


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("-k", "titles"), "not all tests ran"),
        (("test_them.py::test_titles",), "not all tests ran"),
        (("--deselect", "test_them.py::test_authors"), "not all tests ran"),
    ],
)
def test_a_part_of_the_tests_lists_nothing_and_says_why(project, arguments, why):
    run = project.run(OPTION, *arguments)
    assert why in run.text
    assert listed(run.text) == set()


def test_quiet_runs_tell_less(project):
    assert "nplusone: 2 findings" in project.run(OPTION, "-q").text
    assert "nplusone:" not in project.run(OPTION, "-qq").text


BROKEN = """
    import unittest

    import pytest
    from django.test import TestCase
    from library import services

    def test_titles(books):
        services.titles()

    def test_fails_before_it_reads(books):
        {fails}
        services.shared()[0].author.name
"""


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
@pytest.mark.parametrize("stop", [(), ("-x",), ("--maxfail", "1")])
def test_a_run_with_a_test_that_broke_lists_nothing_and_says_why(make_project, stop, workers):
    project = make_project(**{"library/services": SERVICES, "test_them": BROKEN.format(fails="assert False")})
    run = project.run(OPTION, *stop, *workers)
    assert run.outcomes["test_fails_before_it_reads"] == "failed"
    assert listed(run.text) == set()
    assert "is not told, as" in run.text


def test_a_test_of_unittest_that_broke_counts_as_well(make_project):
    tests = """
        from django.test import TestCase
        from library import services

        class Tests(TestCase):
            def test_titles(self):
                from factories import stock

                stock()
                services.titles()

            def test_breaks(self):
                self.fail()
    """
    run = make_project(**{"library/services": SERVICES, "test_them": tests}).run(OPTION)
    assert "1 test did not come to the end: test_them.py::Tests::test_breaks" in run.text
    assert listed(run.text) == set()


def test_a_test_that_a_finding_fails_came_to_its_end(make_project):
    tests = """
        from library import services

        def test_titles(books):
            services.titles()

        def test_n_plus_one(books):
            services.names()
    """
    services = (
        SERVICES
        + """
    def names():
        return [book.author.name for book in Book.objects.all()]
"""
    )
    run = make_project(**{"library/services": services, "test_them": tests}).run(OPTION, "--nplusone-strict")
    assert run.outcomes == {"test_titles": "passed", "test_n_plus_one": "failed"}
    assert listed(run.text) == {("library.Book.author", "library/services.py:4")}


def test_skipped_and_xfailed_tests_do_not_make_a_run_partial(make_project):
    tests = """
        import pytest
        from library import services

        def test_titles(books):
            services.titles()

        @pytest.mark.xfail
        def test_not_yet(books):
            assert False

        @pytest.mark.skip
        def test_not_here(books):
            assert False
    """
    run = make_project(**{"library/services": SERVICES, "test_them": tests}).run(OPTION)
    assert listed(run.text) == {("library.Book.author", "library/services.py:4")}


AGAIN = """
    from _pytest.runner import runtestprotocol

    # What pytest-rerunfailures does, which is not installed everywhere.
    def pytest_runtest_protocol(item, nextitem):
        for turn in range(2):
            item._initrequest()
            reports = runtestprotocol(item, nextitem=nextitem, log=False)
            bad = any(report.failed for report in reports)
            for report in reports:
                if not turn and report.failed:
                    report.outcome = "rerun"
                item.ihook.pytest_runtest_logreport(report=report)
            if not bad:
                break
        return True
"""


def test_a_test_that_runs_again_and_passes_has_come_to_its_end(make_project):
    tests = """
        from library import services

        runs = []

        def test_titles(books):
            runs.append(1)
            books = list(services.shared())
            assert len(runs) > 1
            assert books[0].author.name
            services.titles()
    """
    project = make_project(**{"library/services": SERVICES, "test_them": tests, "again": AGAIN})
    run = project.run(OPTION, "-p", "again")
    assert run.code == 0
    assert listed(run.text) == {("library.Book.author", "library/services.py:4")}


def test_a_rule_about_this_kind_is_stale_only_where_it_is_looked_for(make_project):
    tests = """
        from library import services

        def test_titles(books):
            services.titles()
    """
    project = make_project(**{"library/services": SERVICES, "test_them": tests})
    settings = project.folder / "settings.py"
    rule = '{"kind": "unused_eager_load", "path": "library/*"}'
    settings.write_text(settings.read_text() + f"\nNPLUSONE_GUARD = {{'IGNORE': [{rule}]}}\n")
    assert "stale?" not in project.run("--nplusone-strict", "--ignore=none").text
    run = project.run(OPTION, "--nplusone-strict")
    assert HEADING not in run.text
    assert "unused_eager_load" not in run.text


def test_a_rule_of_the_settings_or_of_a_marker_takes_it_out(make_project):
    tests = """
        import pytest
        from library import services

        @pytest.mark.nplusone(ignore=["library.Book.author"])
        def test_titles(books):
            services.titles()

        @pytest.mark.nplusone(ignore=[{"kind": "unused_eager_load", "path": "library/*"}])
        def test_authors(books):
            services.authors()
    """
    project = make_project(**{"library/services": SERVICES, "test_them": tests})
    run = project.run(OPTION)
    assert HEADING not in run.text
    assert "nplusone: no unused eager loads" in run.text
    settings = project.folder / "settings.py"
    settings.write_text(settings.read_text() + '\nNPLUSONE_GUARD = {"IGNORE": ["library.Book.author"]}\n')
    tests = tests.replace('@pytest.mark.nplusone(ignore=["library.Book.author"])', "")
    (project.folder / "test_more.py").write_text(
        "from library import services\n\ndef test_it(books):\n    services.titles()\n"
    )
    assert HEADING not in project.run(OPTION).text


VIEWS = """
    from django.http import JsonResponse
    from django.views.generic import ListView

    from .models import Book

    class Books(ListView):
        queryset = Book.objects.select_related("author")

        def render_to_response(self, context):
            return JsonResponse({"titles": [book.title for book in context["object_list"]]})

    def authors(request):
        return JsonResponse({"names": [book.author.name for book in Book.objects.select_related("author")]})
"""
URLS = """
    from django.urls import path

    from . import views

    urlpatterns = [path("books/", views.Books.as_view()), path("authors/", views.authors)]
"""


def test_a_queryset_in_the_body_of_a_class_is_known_by_its_line(make_project):
    tests = """
        def test_books(client, books):
            assert client.get("/books/").status_code == 200

        def test_authors(client, books):
            assert client.get("/authors/").status_code == 200
    """
    project = make_project(**{"library/views": VIEWS, "library/urls": URLS, "test_them": tests})
    assert listed(project.run(OPTION).text) == {("library.Book.author", "library/views.py:7")}


def test_without_the_option_nothing_is_wrapped(make_project):
    tests = """
        from django.db.models import QuerySet, query

        def test_it():
            assert not hasattr(QuerySet.select_related, "__wrapped__")
            assert not hasattr(query.prefetch_one_level, "__wrapped__")
    """
    project = make_project(test_them=tests)
    assert project.run("--nplusone-strict").outcomes == {"test_it": "passed"}
    assert project.run(OPTION).outcomes == {"test_it": "failed"}


def test_a_run_without_django_is_left_alone(make_project):
    project = make_project(test_them="def test_it():\n    pass\n")
    (project.folder / "pytest.ini").write_text("[pytest]\n")
    (project.folder / "conftest.py").write_text("")
    run = project.run(OPTION, "-p", "no:django")
    assert run.outcomes == {"test_it": "passed"}
    assert "nplusone:" not in run.text


@pytest.mark.parametrize(
    "first", ["import django.db.models", "import nplusone_guard", "import nplusone_guard.findings"]
)
def test_whatever_is_imported_first_the_queries_are_watched(make_project, first):
    tests = """
        from library import services

        def test_titles(books):
            services.titles()
    """
    project = make_project(**{"library/services": SERVICES, "test_them": tests, "early": first})
    run = project.run(OPTION, "-p", "early")
    assert listed(run.text) == {("library.Book.author", "library/services.py:4")}
    assert "could not be told" not in run.text
