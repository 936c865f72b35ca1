"""A database tells of itself: sizes, rows and use; what it cannot know, it says."""

from __future__ import annotations

import pytest
from django.db import connection

from nplusone_guard.analysis.existing import indexes_of
from nplusone_guard.analysis.statistics import DatabaseStats, IndexStats, TableStats, show_database_stats
from nplusone_guard.analysis.statistics.figures import LARGE
from nplusone_guard.analysis.values import IndexUsage
from nplusone_guard.analysis.waste import waste_among
from tests.library.models import Author, Book

ROWS = 3000


@pytest.fixture
def rows(db):
    author = Author.objects.create(name="someone")
    Book.objects.bulk_create(Book(title=f"title {number}", author=author) for number in range(ROWS))
    if connection.vendor == "postgresql":
        connection.check_constraints()
    if connection.vendor != "mysql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def test_tables_and_indexes_have_sizes_and_what_is_not_known_is_said(rows):
    stats = show_database_stats(connection)
    tables = {one.table: one for one in stats.tables}
    book = tables["library_book"]
    assert book.model == "library.Book"
    assert 0.5 * ROWS <= book.rows <= 2 * ROWS
    # MariaDB is some seconds behind.
    assert (1 if connection.vendor == "mysql" else 50_000) < book.size_bytes < 5_000_000
    assert 10_000 < book.index_bytes < 5_000_000
    assert book.bloat_bytes is not None
    assert book.bloat_bytes < book.size_bytes + 5_000_000
    sizes = [one.size_bytes for one in stats.tables]
    assert sizes == sorted(sizes, reverse=True)
    assert stats.size_bytes >= book.size_bytes
    names = {index.name for index in indexes_of(connection, ["library_book"])}
    found = {index.name: index for index in stats.indexes if index.table == "library_book"}
    # SQLite's primary key is the table itself.
    assert {name for name in names if not name.startswith("__primary")} <= found.keys()
    assert all(index.usage.size_bytes for index in found.values())
    assert all(sentence.endswith(".") for sentence in stats.unknown)
    if connection.vendor == "postgresql":
        assert stats.version.startswith("PostgreSQL 1")
        assert all(index.usage.scans is not None for index in found.values())
        assert book.full_scans is not None
    elif connection.vendor == "mysql":
        assert stats.version.startswith("MariaDB ")
        assert 0 < stats.cache_hit_ratio <= 1
        assert stats.since.startswith("20")
    else:
        assert stats.version.startswith("SQLite 3.")
        assert "no index can be called unused" in stats.unknown[0]
        assert waste_among(indexes_of(connection, ["library_book"]), stats.usage, stats.since) == ()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL has the figures in a transaction")
def test_rows_that_are_gone_leave_bloat(rows):
    def bloat():
        return {one.table: one.bloat_bytes for one in show_database_stats(connection).tables}["library_book"]

    before = bloat()  # what tests have rolled back
    Book.objects.filter(pk__in=Book.objects.values("pk")[: ROWS - 100]).delete()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE library_book")
    assert 120_000 < bloat() - before < 250_000


def test_only_large_tables_are_told_to_be_read_whole():
    def table(name, rows, read):
        return TableStats(name, rows=rows, full_scans=1, full_scan_rows=read)

    tables = (table("a", LARGE, 5), table("b", LARGE, 50), table("small", 9, 99), table("c", LARGE, 0))
    stats = DatabaseStats(
        "default", "postgresql", tables=tables, indexes=(IndexStats("i", "a", IndexUsage(1, 2)),)
    )
    assert [one.table for one in stats.scanned_tables] == ["b", "a"]
    assert stats.usage == {"i": IndexUsage(1, 2)}


def test_a_database_that_is_not_supported_is_told():
    class Oracle:
        vendor, alias, display_name = "oracle", "default", "Oracle"

    assert show_database_stats(Oracle()).unknown == (
        "Oracle is not asked; PostgreSQL, MariaDB, MySQL and SQLite are.",
    )
