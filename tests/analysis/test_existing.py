"""The indexes that tables have are read from the catalog, and named after what asked for them."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import connection

from nplusone_guard.analysis.existing import indexes_of, models_by_table
from nplusone_guard.analysis.values import IndexColumn

pytestmark = pytest.mark.django_db


def indexes(table):
    return {index.name: index for index in indexes_of(connection, [table])}


def test_every_index_of_the_demo_site_is_asked_for_by_somebody():
    tables = [table for table, model in models_by_table("default").items() if "demo_site" in model.__module__]
    origins = Counter(index.origin for index in indexes_of(connection, tables))
    assert origins["Meta.indexes"] == 74
    assert origins["primary key"] == len(tables)
    assert origins["unique"] >= 10
    # MariaDB makes none for a foreign key whose column an index begins with.
    assert origins["foreign key"] > (20 if connection.vendor == "mysql" else 60)
    assert origins["database"] == 0


def test_an_index_says_its_columns_their_order_and_its_model():
    index = indexes("assignments_assignmentsubmission")["submission_assignment_date_idx"]
    assert index.columns == (IndexColumn("assignment_id"), IndexColumn("submitted_at", descending=True))
    assert (index.origin, index.model, index.unique) == ("Meta.indexes", "assignments.AssignmentSubmission", False)
    constraint = indexes("assignments_assignmentsubmission")["one_submission_per_assignment"]
    assert (constraint.origin, constraint.unique) == ("unique", True)


def test_the_table_of_a_relation_to_many_has_a_model_as_well():
    found = indexes("chat_chatroom_participants").values()
    assert {index.model for index in found} == {"chat.ChatRoom_participants"}
    assert {index.origin for index in found} == {"primary key", "foreign key", "unique"}


def test_a_table_that_is_not_there_has_none():
    assert indexes("nowhere") == {}


@pytest.mark.skipif(connection.vendor == "mysql", reason="MariaDB ends the transaction before it makes a table")
def test_a_table_without_a_model_is_the_databases():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE loose (x integer, y integer)")
        cursor.execute("CREATE INDEX loose_xy ON loose (x, y DESC)")
    index = indexes("loose")["loose_xy"]
    assert (index.origin, index.model) == ("database", "")
    assert [str(column) for column in index.columns] == ["x", "-y"]


@pytest.mark.skipif(connection.vendor == "mysql", reason="MariaDB has no partial indexes")
def test_a_partial_index_says_which_rows_it_holds():
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX partial_idx ON library_book (title) WHERE publisher_id IS NULL")
    assert "publisher_id IS NULL" in indexes("library_book")["partial_idx"].condition


@pytest.mark.skipif(connection.vendor == "mysql", reason="MariaDB has no indexes on expressions")
def test_an_expression_is_no_column():
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX expression_idx ON library_book (upper(title), author_id)")
    first, second = indexes("library_book")["expression_idx"].columns
    assert (first.name.startswith(("upper(", "(expression)")), second.name) == (True, "author_id")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL has them")
def test_postgresql_tells_operator_classes_and_included_columns():
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX covering_idx ON library_book (title) INCLUDE (author_id)")
    found = indexes("library_book")["covering_idx"]
    assert ([column.name for column in found.columns], found.include) == (["title"], ("author_id",))
    likes = [index for index in indexes("library_author").values() if index.operator_classes]
    assert [index.operator_classes for index in likes] == [("varchar_pattern_ops",)]
    assert likes[0].origin == "unique"
