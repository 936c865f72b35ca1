"""At the end of a whole run the terminal tells which ignores did nothing."""

from __future__ import annotations

import pytest

TESTS = """
    def test_authors(client, books):
        assert client.get("/authors/").status_code == 200

    def test_fixed(client, books):
        assert client.get("/fixed/").status_code == 200
"""
SERVICES = """
    from .models import Book

    def author_names():
        names = []
        for book in Book.objects.all():
            names.append(book.author.name)  # nplusone: ignore[library.Book.author] nobody calls it
        return names
"""
VIEWS = """
    from django.http import JsonResponse

    from .models import Book

    def authors(request):
        names = []
        for book in Book.objects.all():
            names.append(book.author.name)  # nplusone: ignore[library.Book.author] four at most
        return JsonResponse({"names": names})

    def fixed(request):
        return JsonResponse({"names": [book.author.name for book in Book.objects.select_related("author")]})
"""
URLS = """
    from django.urls import path

    from . import views

    urlpatterns = [path("authors/", views.authors), path("fixed/", views.fixed)]
"""
SETTINGS = """
    from pathlib import Path

    BASE_DIR = Path(__file__).parent
    SECRET_KEY = "project"
    DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
    DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
    INSTALLED_APPS = ["django.contrib.contenttypes", "library"]
    ROOT_URLCONF = "library.urls"
    NPLUSONE_GUARD = {
        "IGNORE": ["library.Book.author", {"kind": "write_in_loop", "path": "library/*"}, "library.*.book_set"]
    }
"""
STALE = """\
nplusone: stale? In this run nothing was ignored by these 3 rules and comments:
  NPLUSONE_GUARD['IGNORE']: {'kind': 'write_in_loop', 'path': 'library/*'}
  NPLUSONE_GUARD['IGNORE']: 'library.*.book_set'
  library/services.py:6
"""


@pytest.fixture(scope="module")
def project(make_project):
    files = {"library/services": SERVICES, "library/views": VIEWS, "library/urls": URLS}
    return make_project(test_them=TESTS, settings=SETTINGS, **files)


def test_a_whole_run_tells_what_ignored_nothing(project):
    run = project.run("--nplusone-strict")
    assert run.outcomes == {"test_authors": "passed", "test_fixed": "passed"}
    assert STALE in run.text


def test_the_workers_of_xdist_tell_it_together(project):
    run = project.run("--nplusone-strict", "-n", "2")
    assert run.outcomes == {"test_authors": "passed", "test_fixed": "passed"}
    assert STALE in run.text


@pytest.mark.parametrize(
    "arguments",
    [
        ("-k", "fixed"),
        ("test_them.py::test_fixed",),
        ("test_them.py",),
        ("--deselect", "test_them.py::test_authors"),
        ("--ignore", "library"),
        ("--collect-only",),
    ],
)
def test_a_part_of_the_tests_tells_nothing(project, arguments):
    assert "stale" not in project.run("--nplusone-strict", *arguments).text


def test_a_run_that_failed_tells_nothing(make_project):
    run = make_project(test_them="def test_fails(): assert False\ndef test_passes(): pass", settings=SETTINGS).run(
        "--nplusone-strict"
    )
    assert run.outcomes == {"test_fails": "failed", "test_passes": "passed"}
    assert "stale" not in run.text


def test_without_strict_mode_nothing_is_told(project):
    assert "stale" not in project.run().text


def test_a_suite_in_a_folder_of_its_own_names_files_as_ever_and_leaves_those_beside_it_alone(make_project):
    project = make_project(**{"library/services": SERVICES})
    settings, suite = project.folder / "settings.py", project.folder / "suite"
    settings.write_text(settings.read_text().replace("Path(__file__)", "Path(__file__).resolve()"))
    suite.mkdir()
    (suite / "test_them.py").write_text('def test_authors(client, books):\n    assert client.get("/authors/")\n')
    (suite / "pytest.ini").write_text((project.folder / "pytest.ini").read_text().replace("= .", "= .."))
    (suite / "conftest.py").write_text((project.folder / "conftest.py").read_text())
    run = project.run("--nplusone-strict", "suite")
    assert "\n  library/views.py:8 in authors" in run.failures["test_authors"]
    assert "stale" not in project.run("--nplusone-strict", "--nplusone-threshold=9", "suite").text
