"""The section at the end of a run says what is wrong and how to fix it, in the room there is."""

from __future__ import annotations

import re

import pytest

TESTS = """
    import pytest

    from factories import stock

    def test_list(client, books):
        client.get("/authors/")

    def test_other_list(client, books):
        client.get("/authors/")

    def test_page(client, books):
        stock()
        client.get("/page/")
"""
VIEWS = """
    from django.http import HttpResponse

    from .models import Book, Loan

    def authors(request):
        names = []
        for book in Book.objects.all():
            names.append(book.author.name)
        return HttpResponse(names)

    def page(request):
        names = []
        for book in Book.objects.all():
            names.append(book.author.name)
            names.append(book.loan_set.count())
        return HttpResponse(names)
"""
MODELS = """
    from django.db import models

    class Author(models.Model):
        name = models.CharField(max_length=100)

    class Book(models.Model):
        title = models.CharField(max_length=100)
        author = models.ForeignKey(Author, models.CASCADE)

    class Loan(models.Model):
        book = models.ForeignKey(Book, models.CASCADE)
"""
URLS = """
    from django.urls import path

    from . import views

    urlpatterns = [path("authors/", views.authors), path("page/", views.page)]
"""


@pytest.fixture(scope="module")
def project(make_project):
    files = {"library/views": VIEWS, "library/models": MODELS, "library/urls": URLS}
    return make_project(test_them=TESTS, **files)


def section(run):
    """The lines between the heading and the next one."""
    return re.search(r"= nplusone =+\n(.*?)\n=", run.text, re.DOTALL)[1].splitlines()


@pytest.fixture(scope="module")
def told(project):
    return section(project.run("--nplusone-strict", "--tb=no", "-rN"))


def test_the_worst_comes_first_and_findings_of_one_query_stand_together(told):
    assert told == [
        "rows loaded at library/views.py:13: 2 findings, 14 too many",
        "  for book in Book.objects.all():",
        "  library.Book.author × 8  n_plus_one, 7 too many",
        "    library/views.py:14 in page  names.append(book.author.name)",
        "    in GET /page/; test_them.py::test_page",
        "  library.Book.loan_set × 8  n_plus_one, 7 too many",
        "    library/views.py:15 in page  names.append(book.loan_set.count())",
        "    in GET /page/; test_them.py::test_page",
        '  fix: select_related("author").annotate(loan_set_count=Count("loan",',
        told[9],
        "",
        "library.Book.author × 4  n_plus_one, 3 too many",
        "  library/views.py:8 in authors  names.append(book.author.name)",
        "  rows loaded at library/views.py:7 in authors  for book in Book.objects.all(…",
        "  in GET /authors/; 2 tests, such as test_them.py::test_list",
        told[-3],
        "",
        "nplusone: 3 findings in 3 tests, worst: library.Book.author × 8",
    ]
    # Django 6.1 and newer: a remark names the fetch mode as well.
    assert told[9].partition("  #")[0] == "       distinct=True))"
    assert told[-3].partition("  #")[0] == '  fix: select_related("author")'


@pytest.mark.parametrize("columns", ["80", "140"])
def test_only_code_to_copy_is_wider_than_the_terminal(project, columns):
    lines = section(project.run("--nplusone-strict", "--tb=no", "-rN", COLUMNS=columns))
    too_wide = [line for line in lines if len(line) > int(columns)]
    assert all("fix: " in line for line in too_wide)
    assert any(line.endswith("…") for line in lines) is (columns == "80")


def test_quiet_keeps_the_summary_and_quieter_nothing(project):
    quiet = project.run("--nplusone-strict", "--tb=no", "-q", "-rN").text
    assert "nplusone: 3 findings in 3 tests, worst: library.Book.author × 8\n" in quiet
    assert "= nplusone =" not in quiet
    assert "fix: " not in quiet
    quieter = project.run("--nplusone-strict", "--tb=no", "-qq", "-rN").text
    assert "nplusone" not in quieter


def test_verbose_names_every_test(project):
    lines = section(project.run("--nplusone-strict", "--tb=no", "-v", "-rN"))
    assert "    test_them.py::test_other_list" in lines


@pytest.mark.parametrize(
    ("arguments", "environment", "coloured"),
    [
        (("--color=yes",), {"NO_COLOR": ""}, True),
        (("--color=no",), {"NO_COLOR": ""}, False),
        ((), {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ((), {"NO_COLOR": "", "FORCE_COLOR": "1"}, True),
    ],
)
def test_colour_is_that_of_pytest(project, arguments, environment, coloured):
    run = project.run("--nplusone-strict", "--tb=no", *arguments, **environment)
    red = "\x1b[31m\x1b[1mlibrary.Book.author × 4\x1b[0m"
    assert (red in run.text) is coloured
    assert ("\x1b[" in run.text) is coloured


def test_a_long_list_is_cut_and_says_so(make_project):
    views = "from django.http import HttpResponse\nfrom .models import Book\n" + "".join(
        f"def view{number}(request):\n    return HttpResponse([b.author.name for b in Book.objects.all()])\n"
        for number in range(13)
    )
    tests = """
        def test_all(client, books):
            for number in range(13):
                client.get(f"/view{number}/")
    """
    urls = """
        from django.urls import path
        from . import views

        urlpatterns = [path(f"view{number}/", getattr(views, f"view{number}")) for number in range(13)]
    """
    project = make_project(test_them=tests, **{"library/views": views, "library/urls": urls})
    lines = section(project.run("--nplusone-strict", "--tb=no", "-rN"))
    assert sum(line.startswith("library.Book.author × 4") for line in lines) == 10
    assert "… and 3 more findings, 9 too many (-v shows all)" in lines
    lines = section(project.run("--nplusone-strict", "--tb=no", "-rN", "-v"))
    assert sum(line.startswith("library.Book.author × 4") for line in lines) == 13


def test_a_run_without_findings_is_quiet(make_project):
    project = make_project(test_them="def test_fixed(client, books): client.get('/fixed/')")
    run = project.run("--nplusone-strict", "-v")
    assert run.code == 0
    assert "nplusone" not in run.text.replace("nplusone-guard", "").replace("plugins: nplusone", "")
