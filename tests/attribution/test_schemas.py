"""Where a library makes answers of rows, the field of the schema, type or table is the culprit."""

from __future__ import annotations

import pytest
from ninja.testing import TestClient

from nplusone_guard import watch
from tests.library.models import Book

from . import schemas
from .conftest import at, marked

SOURCE = "tests/attribution/schemas.py"


@pytest.fixture(scope="module")
def ninja():
    return TestClient(schemas.api)


def told(place):
    return place and (place.name, at(place))


def at_mark(name, marker):
    return name, marked(SOURCE, marker)


@pytest.mark.parametrize(
    ("address", "label", "name", "marker"),
    [
        ("nested", "Book.author", "BookOut.author", "ninja field"),
        ("shown", "Book.author", "ShownBook.author", "ninja field"),
        ("flat", "Book.author", 'FlatBook.writer (alias="author.name")', "ninja alias"),
        ("reviewed", "Book.reviews", "ReviewedBook.reviews", "ninja rows"),
    ],
)
def test_the_field_of_a_ninja_schema_is_the_culprit(address, label, name, marker, ninja, finding_of):
    finding = finding_of(lambda: ninja.get(f"/{address}"), f"library.{label}")
    assert told(finding.culprit) == at_mark(name, marker)
    assert finding.via is None


def test_a_ninja_resolver_is_the_culprit_and_its_field_what_it_is_for(ninja, finding_of):
    finding = finding_of(lambda: ninja.get("/resolved"), "library.Book.publisher")
    assert at(finding.culprit) == marked(SOURCE, "ninja resolver")
    assert told(finding.via) == at_mark("ResolvedBook.publisher", "ninja resolved")


def test_ninja_rows_that_are_joined_are_fine(ninja, books):
    with watch() as report:
        assert len(ninja.get("/joined").json()) == len(Book.objects.all())
    assert report.findings == ()


def ask(schema, fields):
    execute = getattr(schema, "execute_sync", schema.execute)
    answer = execute(f"{{ books {{ {fields} }} }}")
    assert answer.errors is None


def test_the_field_of_a_strawberry_type_is_the_culprit(finding_of):
    finding = finding_of(lambda: ask(schemas.strawberries, "title author { name }"), "library.Book.author")
    assert told(finding.culprit) == at_mark("BookType.author", "strawberry field")


def test_a_strawberry_method_is_the_culprit_and_its_field_what_it_is_for(finding_of):
    finding = finding_of(lambda: ask(schemas.strawberries, "reviewCount"), "library.Book.reviews")
    assert at(finding.culprit) == marked(SOURCE, "strawberry method")
    assert finding.via.name == "BookType.review_count"


def test_the_field_of_a_graphene_type_is_the_culprit(finding_of):
    finding = finding_of(lambda: ask(schemas.graphenes, "title author { name }"), "library.Book.author")
    assert told(finding.culprit) == at_mark("BookNode.author", "graphene options")


def test_a_graphene_resolver_is_the_culprit_and_its_field_what_it_is_for(finding_of):
    finding = finding_of(lambda: ask(schemas.graphenes, "publisherName"), "library.Book.publisher")
    assert at(finding.culprit) == marked(SOURCE, "graphene resolver")
    assert told(finding.via) == at_mark("BookNode.publisher_name", "graphene field")


def cells():
    table = schemas.BookTable(Book.objects.all())
    return [list(row) for row in table.rows]


@pytest.mark.parametrize(
    ("label", "name", "marker"),
    [
        ("Book.author", 'BookTable.writer (accessor="author__name")', "table column"),
        ("Book.publisher", "BookTable.publisher__name", "table options"),
    ],
)
def test_the_column_of_a_table_is_the_culprit(label, name, marker, finding_of):
    finding = finding_of(cells, f"library.{label}")
    assert told(finding.culprit) == at_mark(name, marker)


def test_a_method_of_a_table_is_the_culprit_and_its_column_what_it_is_for(finding_of):
    finding = finding_of(cells, "library.Book.reviews")
    assert at(finding.culprit) == marked(SOURCE, "renders a column")
    assert told(finding.via) == at_mark("BookTable.reviews", "table method")
