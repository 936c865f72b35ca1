"""What the tests find becomes one results object, the same with workers, reruns and whatever else ends a test."""

from __future__ import annotations

import ast
import textwrap

import pytest

TESTS = """
    import pytest
    from django.test import TestCase

    from factories import stock

    def test_list(client, books):
        client.get("/authors/")

    @pytest.mark.parametrize("number", [2, 7])
    def test_sizes(client, db, number):
        stock(number)
        client.get("/authors/")

    def test_two_endpoints(client, books):
        for book in books:
            client.get(f"/loans/{book.pk}/")
            client.get(f"/re/{book.pk}/")

    def test_own_failure(client, books):
        client.get("/stream/").getvalue()
        assert "mine" == "yours"

    def test_skipped(client, books):
        client.get("/skipped/")
        pytest.skip("later")

    @pytest.mark.xfail(reason="known")
    def test_xfailed(client, books):
        client.get("/xfailed/")

    class CaseTests(TestCase):
        def test_case(self):
            stock(3)
            self.client.get("/authors/")

    def test_clean(client, books):
        client.get("/fixed/")
"""
VIEWS = """
    from django.http import HttpResponse, StreamingHttpResponse

    from .models import Book

    def authors(request, pk=None):
        return HttpResponse([book.author.name for book in Book.objects.all()])

    def skipped(request):
        return HttpResponse([book.author.name for book in Book.objects.all()])

    def xfailed(request):
        return HttpResponse([book.author.name for book in Book.objects.all()])

    def fixed(request):
        return HttpResponse([book.author.name for book in Book.objects.select_related("author")])

    def stream(request):
        return StreamingHttpResponse(book.author.name for book in Book.objects.all())
"""
URLS = """
    from django.urls import path, re_path

    from . import views

    urlpatterns = [
        path("authors/", views.authors),
        path("loans/<int:pk>/", views.authors),
        re_path(r"^re/(?P<pk>[0-9]+)/$", views.authors),
        path("skipped/", views.skipped),
        path("xfailed/", views.xfailed),
        path("fixed/", views.fixed),
        path("stream/", views.stream),
    ]
"""
CONFTEST = """
    import pytest

    @pytest.fixture
    def books(db):
        from factories import stock

        return stock()

    class Told:
        '''Prints the results, as a report would read them.'''

        @pytest.hookimpl(trylast=True)
        def pytest_terminal_summary(self, terminalreporter):
            results = terminalreporter.config.pluginmanager.get_plugin("nplusone-run-end").results
            told = [
                (
                    one.finding.culprit.function.partition(".")[0] if one.finding.culprit else one.finding.label,
                    one.finding.count,
                    one.fails,
                    sorted((seen.test.partition("::")[2], seen.count, seen.where) for seen in one.seen),
                )
                for one in results.results
            ]
            print("RESULTS", results.tests, told)

    def pytest_configure(config):
        if not hasattr(config, "workerinput"):
            config.pluginmanager.register(Told())
"""


@pytest.fixture(scope="module")
def project(make_project):
    files = {"library/views": VIEWS, "library/urls": URLS, "conftest": CONFTEST}
    return make_project(test_them=TESTS, **files)


@pytest.fixture(scope="module")
def strict(project):
    return project.run("--nplusone-strict")


def joined(*sources):
    return "\n".join(map(textwrap.dedent, sources))


def results_of(run):
    """How many tests were watched, and the findings by the function that has them."""
    (line,) = [line for line in run.text.splitlines() if line.startswith("RESULTS ")]
    _, tests, told = line.split(" ", 2)
    return int(tests), ast.literal_eval(told)


def test_a_finding_is_there_once_with_all_who_saw_it_and_its_worst_count(strict):
    tests, told = results_of(strict)
    assert tests == 9
    found = {function: rest for function, *rest in told}
    assert found["authors"] == [
        7,
        True,
        [
            ("CaseTests::test_case", 3, "GET /authors/"),
            ("test_list", 4, "GET /authors/"),
            ("test_sizes[2]", 2, "GET /authors/"),
            ("test_sizes[7]", 7, "GET /authors/"),
            ("test_two_endpoints", 4, "GET /loans/<int:pk>/"),
            ("test_two_endpoints", 4, "GET /re/<pk>/"),
        ],
    ]
    assert set(found) == {"authors", "stream", "skipped", "xfailed"}


def test_the_order_is_what_fails_and_then_what_wastes_most(strict):
    _, told = results_of(strict)
    assert [(function, fails) for function, _, fails, _ in told][:2] == [("authors", True), ("stream", True)]
    assert {function: fails for function, _, fails, _ in told[2:]} == {"skipped": False, "xfailed": False}


def test_workers_hand_over_the_same(project, strict):
    assert results_of(project.run("--nplusone-strict", "-n", "2")) == results_of(strict)


def test_a_run_that_stops_early_tells_what_was_found_until_then(project):
    run = project.run("--nplusone-strict", "--maxfail=2")
    assert run.code == 1
    tests, told = results_of(run)
    assert tests == 2
    assert [(function, count) for function, count, _, _ in told] == [("authors", 4)]


def test_of_a_test_that_runs_again_the_last_run_counts(make_project):
    again = """
        import pytest
        from _pytest.runner import runtestprotocol

        # What pytest-rerunfailures does, which is not installed everywhere.
        def pytest_runtest_protocol(item, nextitem):
            item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
            for turn in range(3):
                item._initrequest()
                reports = runtestprotocol(item, nextitem=nextitem, log=False)
                bad = any(report.failed for report in reports)
                for report in reports:
                    if bad and turn < 2 and report.failed:
                        report.outcome = "rerun"
                    item.ihook.pytest_runtest_logreport(report=report)
                if not bad:
                    break
            item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
            return True
    """
    tests = """
        turns = []

        def test_flaky(client, books):
            turns.append(1)
            if len(turns) < 3:
                client.get("/authors/")
            client.get("/fixed/")

        def test_never_right(client, books):
            client.get("/stream/").getvalue()
    """
    files = {"library/views": VIEWS, "library/urls": URLS}
    project = make_project(test_them=tests, conftest=joined(CONFTEST, again), **files)
    run = project.run("--nplusone-strict")
    assert run.code == 1
    tests, told = results_of(run)
    assert tests == 2
    assert [function for function, *_ in told] == ["stream"]


def test_findings_of_the_whole_run_join_those_of_the_tests(make_project):
    elsewhere = """
        def pytest_nplusone_results(config):
            from nplusone_guard.findings import Finding
            from pytest_nplusone.results import Result, Seen

            finding = Finding(
                "0123456789ab", "unused_eager_load", "warning", "library.Book.author", None, None, 9, 1, 0, 0,
                "0123456789ab", "SELECT 1", "leave select_related() out",
            )
            return [Result(finding, (Seen("test_them.py::test_clean", 9),), fails=False)]
    """
    files = {"library/views": VIEWS, "library/urls": URLS, "conftest": joined(CONFTEST, elsewhere)}
    project = make_project(test_them="def test_clean(client, books): client.get('/fixed/')", **files)
    for arguments in ((), ("-n", "2")):
        run = project.run("--nplusone-strict", *arguments)
        assert run.code == 0
        assert results_of(run) == (1, [("library.Book.author", 9, False, [("test_clean", 9, "")])])


def test_no_report_carries_anything_before_the_first_that_has_something_to_tell(make_project):
    conftest = """
        carried = {}

        def pytest_runtest_logreport(report):
            if report.when == "call" and hasattr(report, "nplusone"):
                carried[report.nodeid.partition("::")[2]] = id(report.nplusone)

        def pytest_terminal_summary(terminalreporter):
            reports, records = " ".join(carried), len(set(carried.values()))
            terminalreporter.write_line(f"carried by {reports}: {records} records")
    """
    tests = """
        def test_one(db):
            pass

        def test_two(client, books):
            client.get("/authors/")

        def test_three(db):
            pass

        def test_four(db):
            pass
    """
    project = make_project(test_silent=tests, conftest=joined(CONFTEST, conftest))
    run = project.run("--nplusone-strict")
    assert results_of(run)[0] == 4
    assert "carried by test_two test_three test_four: 2 records" in run.text
    silent = project.run("--nplusone-strict", "-k", "not two")
    assert "carried by : 0 records" in silent.text
