"""The planner is asked whether it would use an index; afterwards nothing is left of it."""

from __future__ import annotations

import pytest
from django.db import connection

from nplusone_guard.analysis.access import accesses_of
from nplusone_guard.analysis.existing import indexes_of
from nplusone_guard.analysis.proof import prover_for
from nplusone_guard.analysis.proof.questions import statement_with
from nplusone_guard.analysis.values import Advice, IndexColumn, Statement
from nplusone_guard.fingerprint import fingerprint
from tests.library.models import Author, Book, Review

IS_ASKED = pytest.mark.skipif(connection.vendor == "mysql", reason="test_proof_on_mariadb.py asks MariaDB")


@pytest.fixture
def rows(db):
    author = Author.objects.create(name="someone")
    books = Book.objects.bulk_create(Book(title=f"title {number}", author=author) for number in range(2000))
    Review.objects.bulk_create(Review(book=book, stars=number % 5) for number, book in enumerate(books))
    connection.check_constraints()  # PostgreSQL makes no index while foreign keys wait to be checked
    if connection.vendor != "mysql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def advice(queryset, table, *columns, **values):
    shape = fingerprint(queryset.query.sql_with_params()[0], connection.vendor)
    statement = Statement(shape.id, shape.sql, vendor=connection.vendor, calls=1)
    accesses = tuple(access for access in accesses_of(statement) if access.table == table)
    parsed = tuple(IndexColumn(one.removeprefix("-"), one.startswith("-")) for one in columns)
    return Advice(table, "", parsed, accesses=accesses, **values)


def prove(one, *, apply_in_test_db=True):
    with prover_for(connection, apply_in_test_db=apply_in_test_db) as prover:
        return prover.prove(one)


@IS_ASKED
def test_an_index_that_finds_one_row_of_many_is_verified(rows):
    before = indexes_of(connection, ["library_book"])
    proof = prove(advice(Book.objects.filter(title="title 7"), "library_book", "title"))
    assert (proof.verdict, proof.why) == ("verified", "")
    if connection.vendor == "postgresql":
        assert proof.after.cost < proof.before.cost * 0.9
        assert "Seq Scan on library_book" in proof.before.text
    else:
        assert "SCAN library_book" in proof.before.text
        assert "SEARCH library_book USING INDEX nplusone_candidate" in proof.after.text
    assert indexes_of(connection, ["library_book"]) == before


@IS_ASKED
def test_an_index_for_an_ordered_page_is_verified(rows):
    page = Review.objects.order_by("-stars")[:20]
    assert prove(advice(page, "library_review", "-stars")).verdict == "verified"


@IS_ASKED
def test_an_index_that_saves_next_to_nothing_is_ignored(rows):
    proof = prove(advice(Book.objects.filter(title="title 7").order_by(), "library_book", "publisher_id", "title"))
    assert proof.verdict == "ignored"
    assert (proof.before, proof.after) != (None, None)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite's planner tells no costs")
def test_an_index_that_sqlite_only_takes_for_another_is_ignored(rows):
    proof = prove(advice(Book.objects.filter(author=7), "library_book", "author_id", "title"))
    assert (proof.verdict, proof.after.index) == ("ignored", "nplusone_candidate")


@IS_ASKED
def test_an_index_for_the_first_column_of_an_order_is_verified(rows):
    page = Book.objects.filter(author=7).order_by("title", "-id")[:20]
    assert prove(advice(page, "library_book", "author_id", "title")).verdict == "verified"


@IS_ASKED
def test_a_partial_index_is_tried_with_its_condition(rows):
    wanted = Book.objects.filter(title="title 7", publisher=None)
    assert prove(advice(wanted, "library_book", "title", condition='"publisher_id" IS NULL')).verdict == "verified"


@IS_ASKED
def test_a_statement_that_cannot_be_planned_is_unverified_and_says_why(rows):
    broken = advice(Book.objects.filter(title="x"), "library_book", "title")
    statement = Statement(
        "0", 'SELECT "library_book"."missing" FROM "library_book" WHERE "library_book"."title" = ?'
    )
    proof = prove(Advice("library_book", "", broken.columns, accesses=tuple(accesses_of(statement))))
    assert proof.verdict == "unverified"
    assert "missing" in proof.why
    assert Book.objects.count() == 2000  # the transaction goes on


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL has extensions")
def test_without_hypopg_nothing_is_created_unless_it_is_allowed(rows):
    one = advice(Book.objects.filter(title="title 7"), "library_book", "title")
    proof = prove(one, apply_in_test_db=False)
    assert proof.verdict == "unverified"
    assert "CREATE EXTENSION hypopg" in proof.why


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL has hypopg")
def test_hypopg_is_asked_where_it_is_installed(rows):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_available_extensions WHERE name = 'hypopg'")
        if not cursor.fetchone()[0]:
            pytest.skip("hypopg is not installed (Debian: apt-get install postgresql-15-hypopg)")
        cursor.execute("CREATE EXTENSION hypopg")
    proof = prove(advice(Book.objects.filter(title="title 7"), "library_book", "title"), apply_in_test_db=False)
    assert (proof.verdict, proof.how) == ("verified", "hypopg")


def test_a_list_of_any_length_has_the_values_of_a_page():
    sql, values = statement_with('SELECT "x" FROM "a" WHERE "x" IN (...) AND "y" = ?', lambda number: f"${number}")
    assert values == 21
    assert "IN ($1, $2, " in sql
    assert sql.endswith(', $20) AND "y" = $21')


def test_values_stay_open_and_a_limit_is_a_page():
    sql = 'SELECT "a?"."x" FROM "a?" WHERE "x" = ? AND "y" LIKE ? ESCAPE \'?\' LIMIT ? OFFSET ?'
    assert statement_with(sql, lambda number: f"${number}") == (
        'SELECT "a?"."x" FROM "a?" WHERE "x" = $1 AND "y" LIKE $2 ESCAPE \'?\' LIMIT 20 OFFSET 0',
        2,
    )
