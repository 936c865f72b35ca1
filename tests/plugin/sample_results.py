"""Results as a real run has them, for the tests of the reports."""

from __future__ import annotations

from pytest_nplusone.results import Fixed, Result, Results, Seen

from nplusone_guard.findings import Finding, Place, finding_id


def finding(label, count=4, *, kind="n_plus_one", line=8, suggestion='select_related("author")', **values):
    """A finding about `label`, issued in `library/views.py`."""
    culprit = Place(
        "library/views.py", line, "authors", "names.append(book.author.name)", loop="for book in books, line 7"
    )
    given = {
        "id": finding_id(kind, label, culprit.path, culprit.function, ""),
        "kind": kind,
        "severity": "warning",
        "label": label,
        "culprit": culprit,
        "origin": Place("library/views.py", 6, "authors", "books = Book.objects.all()"),
        "count": count,
        "distinct_parameters": count,
        "db_time_ms": count * 0.25,
        "wasted_ms": (count - 1) * 0.25,
        "shape_id": "0123456789ab",
        "sql": 'SELECT "library_author"."id" FROM "library_author" WHERE "library_author"."id" = ? LIMIT ?',
        "suggestion": suggestion,
        "vendor": "sqlite",
    }
    return Finding(**{**given, **values})


RESULTS = Results(
    results=(
        Result(
            finding("library.Book.author", 40),
            (
                Seen("tests/test_views.py::test_authors[<b>&]", 40, "GET /authors/"),
                Seen("tests/test_views.py::TestLists::test_list", 4, "GET /lists/<int:pk>/"),
                Seen("tests/test_services.py::test_names", 4),
            ),
        ),
        Result(
            finding("library.Book.publisher", 12, line=9, suggestion='select_related("publisher__country")'),
            (Seen("tests/test_views.py::test_authors[<b>&]", 12, "GET /authors/"),),
            status="grown",
            recorded=5,
        ),
        Result(
            finding(
                "library.Tag.objects.get()",
                3,
                kind="duplicate_query",
                culprit=Place(
                    "templates/books/list.html",
                    14,
                    "",
                    "{{ book.author }}",
                    "{{ book.author }}",
                    "{% for book in books %}, line 12",
                ),
                origin=None,
                suggestion="keep the row in a local variable",
            ),
            (Seen("tests/test_pages.py::test_page", 3, "GET /books/"),),
            status="known",
            recorded=3,
            fails=False,
        ),
        Result(
            finding(
                "SELECT library_loan",
                2,
                kind="latent_n_plus_one",
                culprit=None,
                origin=None,
                suggestion="load them together",
            ),
            (Seen("tests/test_services.py::test_loans", 2),),
            fails=False,
        ),
    ),
    fixed=(Fixed("fedcba987654", "n_plus_one", "library.Loan.reader", "library/loans.py:20 in loans", 7),),
    tests=5,
    baseline="nplusone-baseline.jsonl",
)
