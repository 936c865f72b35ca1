"""What only PostgreSQL has: connection pools, server-side cursors, composed statements."""

from __future__ import annotations

import pytest
from django.db import connection, connections

from nplusone_guard import watch
from nplusone_guard.capture import capture

from .library.models import Book
from .library.rows import stock


@pytest.mark.django_db(transaction=True)
def test_connections_from_a_pool_are_watched_again_and_again():
    pooled = connection.copy()
    pooled.settings_dict = {**connection.settings_dict, "CONN_MAX_AGE": 0}
    pooled.settings_dict["OPTIONS"] = {"pool": {"min_size": 1, "max_size": 2}}
    try:
        with watch() as report:
            for _ in range(3):
                with pooled.cursor() as cursor:
                    cursor.execute("SELECT 1")
                pooled.close()  # back into the pool
        assert [shape.count for shape in report.shapes if shape.sql == "SELECT ?"] == [3]
        assert pooled.execute_wrappers == [capture]
    finally:
        pooled.close_pool()


@pytest.mark.django_db(transaction=True)
def test_a_persistent_connection_is_watched_in_every_request(client, reports):
    connections["default"].settings_dict["CONN_MAX_AGE"] = None
    try:
        stock(8)
        for _ in range(3):
            client.get("/authors/")
    finally:
        connections["default"].settings_dict["CONN_MAX_AGE"] = 0
    assert [report.statements for report in reports] == [9, 9, 9]


@pytest.mark.django_db(transaction=True)
def test_a_server_side_cursor_is_no_finding_and_stays_usable():
    stock(30)
    with watch() as report:
        rows = Book.objects.iterator(chunk_size=5)
        titles = [next(rows).title for _ in range(7)]
        del rows
        for _ in range(10):
            list(Book.objects.iterator(chunk_size=5))
    assert titles[0] == "book 0"
    assert {finding.kind for finding in report.findings} <= {"duplicate_query"}


@pytest.mark.django_db
def test_composed_statements_have_a_shape():
    from psycopg import sql

    stock(1)
    with watch() as report, connection.cursor() as cursor:
        for number in range(6):
            cursor.execute(
                sql.SQL("SELECT {} FROM {} WHERE id = {}").format(
                    sql.Identifier("name"), sql.Identifier("library_author"), sql.Literal(number)
                )
            )
    (finding,) = report.findings
    assert (finding.kind, finding.count, finding.label) == ("n_plus_one", 6, "SELECT library_author")
