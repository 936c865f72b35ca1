"""MariaDB's planner is asked on a copy of some rows; afterwards nothing is left of it, and nothing was touched."""

from __future__ import annotations

import secrets

import pytest
from django.db import connection, models
from django.db.models import Q

from nplusone_guard.analysis.access import accesses_of
from nplusone_guard.analysis.existing import indexes_of
from nplusone_guard.analysis.proof import prover_for
from nplusone_guard.analysis.values import Advice, IndexColumn, Statement
from nplusone_guard.fingerprint import fingerprint
from tests.library.models import Author, Book, Review

pytestmark = [
    pytest.mark.skipif(connection.vendor != "mysql", reason="the others are asked in test_proof.py"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def rows(transactional_db):
    author = Author.objects.create(name="someone")
    books = Book.objects.bulk_create(Book(title=f"title {number}", author=author) for number in range(2000))
    Review.objects.bulk_create(Review(book=book, stars=number % 50) for number, book in enumerate(books))


@pytest.fixture(autouse=True)
def token(monkeypatch):
    """What this test's scratch database is called: other processes may have theirs at the same time."""
    token = secrets.token_hex(6)
    monkeypatch.setattr("nplusone_guard.analysis.proof.rows_copy.secrets.token_hex", lambda _: token)
    return token


def is_left(token):
    with connection.cursor() as cursor:
        cursor.execute("SHOW DATABASES LIKE %s", [f"nplusone_scratch_{token}"])
        return cursor.fetchone() is not None


@pytest.fixture
def prove(token):
    def asked(query, table, *columns, sql=""):
        proof = _prove(query, table, *columns, sql=sql)
        assert not is_left(token)
        return proof

    return asked


def _prove(query, table, *columns, sql=""):
    sql = sql or query.query.sql_with_params()[0]
    shape = fingerprint(sql, connection.vendor)
    statement = Statement(shape.id, shape.sql, vendor=connection.vendor, calls=1)
    accesses = tuple(access for access in accesses_of(statement) if access.table == table)
    parsed = tuple(IndexColumn(one.removeprefix("-"), one.startswith("-")) for one in columns)
    before = indexes_of(connection, [table])
    with prover_for(connection) as prover:
        proof = prover.prove(Advice(table, "", parsed, accesses=accesses))
    assert indexes_of(connection, [table]) == before
    return proof


def test_an_index_that_finds_few_rows_of_many_is_verified_and_no_value_is_told(rows, prove):
    proof = prove(Book.objects.filter(title="title 7").order_by(), "library_book", "title")
    assert (proof.verdict, proof.why) == ("verified", "")
    assert (proof.before.rows, proof.after.rows, proof.before.index) == (2000, 1, "")
    assert proof.after.cost < proof.before.cost / 10
    assert proof.after.text == "library_book: ref key=nplusone_candidate rows=1"
    assert proof.how == "EXPLAIN on a copy of at most 20,000 rows of each table in a scratch database"


@pytest.mark.parametrize(
    ("queryset", "columns", "verdict"),
    [
        (Review.objects.filter(stars__gte=3), ["stars"], "ignored"),  # a third of the rows is too much
        (Review.objects.filter(stars__range=(3, 4)), ["stars"], "verified"),
        (Review.objects.filter(stars__gte=3, stars__lt=4), ["stars"], "verified"),  # as narrow, and not empty
        (Review.objects.filter(stars=3), ["stars"], "verified"),
        (Review.objects.order_by("-stars")[:20], ["-stars"], "verified"),
        (Review.objects.filter(book=1), ["stars", "book_id"], "ignored"),
        (Review.objects.filter(Q(stars=3) & Q(book__title__startswith="title")), ["stars"], "verified"),
        (Review.objects.filter(pk__gt=5).annotate(n=models.Count("book")), ["stars"], "ignored"),
    ],
)
def test_what_the_planner_would_use_is_verified_and_what_it_leaves_is_ignored(
    rows, prove, queryset, columns, verdict
):
    proof = prove(queryset, "library_review", *columns)
    assert (proof.verdict, proof.why) == (verdict, ""), f"{proof.before}\n{proof.after}"


def test_what_cannot_be_asked_is_unverified_and_says_why(rows, prove):
    proof = prove(
        None, "library_book", "title", sql="SELECT library_book.missing FROM library_book WHERE title = %s"
    )
    assert proof.verdict == "unverified"
    assert proof.why.startswith("MariaDB says: Unknown column 'library_book.missing'")


def test_a_user_who_may_make_no_database_is_told_so(rows):
    if connection.settings_dict["USER"] != "root":
        pytest.skip("only root makes users")
    name = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute("CREATE USER nplusone_poor@localhost")
        cursor.execute("CREATE USER nplusone_poor@'127.0.0.1'")
        try:
            for host in ("localhost", "127.0.0.1"):
                cursor.execute(f"GRANT SELECT ON {connection.ops.quote_name(name)}.* TO nplusone_poor@'{host}'")
            poor = connection.copy()
            poor.settings_dict = {**connection.settings_dict, "USER": "nplusone_poor", "PASSWORD": ""}
            with prover_for(poor) as prover:
                proof = prover.prove(Advice("library_book", "", ()))
            poor.close()
        finally:
            cursor.execute("DROP USER nplusone_poor@localhost, nplusone_poor@'127.0.0.1'")
    assert proof.verdict == "unverified"
    assert proof.why.startswith("MariaDB is asked in a scratch database, and this user may not make one")
