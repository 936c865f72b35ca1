"""The culprit is the serializer field, on the line that declares it."""

from __future__ import annotations

import pytest
from rest_framework.test import APIRequestFactory

from tests.library.models import Author, Book, Publisher, Tag

from . import serializers
from .conftest import at, marked

SOURCE = "tests/attribution/serializers.py"


def serialized(serializer, rows=None):
    request = APIRequestFactory().get("/")
    rows = Book.objects.all() if rows is None else rows
    return lambda: serializer(rows.all(), many=True, context={"request": request}).data


DECLARED = [
    (serializers.NestedSerializer, None, "Book.author", "NestedSerializer.author", "plain source"),
    (
        serializers.TwiceNestedSerializer,
        Book.objects.select_related("author"),
        "Author.profile",
        "TwiceNestedSerializer.author.profile",
        "nested in nested",
    ),
    (
        serializers.DottedSerializer,
        None,
        "Book.author",
        'DottedSerializer.written_by (source="author.name")',
        "dotted source",
    ),
    (
        serializers.InheritingSerializer,
        None,
        "Book.author",
        'InheritingSerializer.written_by (source="author.name")',
        "dotted source",
    ),
    (serializers.RenamedSerializer, None, "Book.tags", "RenamedSerializer.tags", "only in Meta"),
    (serializers.AllSerializer, None, "Book.tags", "AllSerializer.tags", "all fields"),
    (serializers.DepthSerializer, None, "Book.publisher", "DepthSerializer.publisher", "made by depth"),
    (
        serializers.PassingSerializer,
        None,
        "Book.author",
        'PassingSerializer.written_by (source="author.name")',
        "behind a method that passes on",
    ),
    (serializers.OwnSerializer, None, "Book.author", "OwnSerializer.author", "read by a method"),
    (serializers.ManySerializer, None, "Book.reviews", "ManySerializer.reviews", "nested many"),
    (
        serializers.ReadersSerializer,
        Author.objects.prefetch_related("books"),
        "Book.publisher",
        'ReadersSerializer.books.publisher (source="publisher.name")',
        "in nested many",
    ),
    (serializers.KeysSerializer, None, "Book.reviews", "KeysSerializer.reviews", "keys"),
    (serializers.KeySerializer, Author.objects, "Author.profile", "KeySerializer.profile", "one key"),
    (serializers.SlugSerializer, None, "Book.author", "SlugSerializer.author", "slug"),
    (serializers.StringSerializer, None, "Book.publisher", "StringSerializer.publisher", "string"),
    (serializers.StringsSerializer, None, "Book.reviews", "StringsSerializer.reviews", "strings"),
    (serializers.LinkSerializer, None, "Book.author", "LinkSerializer.author", "link"),
]


@pytest.mark.urls("tests.attribution.urls")
@pytest.mark.parametrize(
    ("serializer", "rows", "relation", "name", "marker"),
    DECLARED,
    ids=[case[3].split(" ")[0] for case in DECLARED],
)
def test_a_field_is_the_culprit_of_what_it_reads(serializer, rows, relation, name, marker, finding_of):
    finding = finding_of(serialized(serializer, rows), f"library.{relation}")
    assert finding.culprit.name == name
    assert at(finding.culprit) == marked(SOURCE, marker)
    assert finding.culprit.function == ""
    assert finding.via is None


def test_a_method_is_the_culprit_and_its_field_what_calls_it(finding_of):
    finding = finding_of(serialized(serializers.MethodSerializer), "library.Book.publisher")
    assert at(finding.culprit) == marked(SOURCE, "its method")
    assert finding.culprit.name == ""
    assert at(finding.via) == marked(SOURCE, "a method field")
    assert finding.via.name == "MethodSerializer.publisher_name"


def test_a_property_is_the_culprit_and_its_field_what_reads_it(finding_of):
    finding = finding_of(serialized(serializers.PropertySerializer), "library.Book.author")
    assert at(finding.culprit) == marked("tests/library/models.py", "a property")
    assert at(finding.via) == marked(SOURCE, "a field that is a property")
    assert finding.via.name == "PropertySerializer.author_name"


def test_a_str_is_the_culprit_and_the_field_what_offers_it_as_a_choice(finding_of):
    finding = finding_of(lambda: serializers.ChoiceSerializer().fields["review"].choices, "library.Review.book")
    assert at(finding.culprit) == marked("tests/library/models.py", "a __str__")
    assert at(finding.via) == marked(SOURCE, "choices")
    assert finding.via.name == "ChoiceSerializer.review"


def test_the_loop_in_a_method_is_told(finding_of):
    publishers = Publisher.objects.prefetch_related("book_set")
    finding = finding_of(serialized(serializers.LoopingSerializer, publishers), "library.Book.author")
    assert at(finding.culprit) == marked(SOURCE, "in a loop in a method")
    _, line = marked(SOURCE, "a loop in a method")
    assert finding.culprit.loop == f"for book in publisher.book_set.all():  # a loop in a method, line {line}"


def test_a_field_is_the_culprit_of_what_it_looks_up_in_the_input(finding_of):
    pks = list(Tag.objects.values_list("pk", flat=True)) * 3

    def run():
        serializer = serializers.WritingSerializer(data=[{"tag": pk} for pk in pks], many=True)
        assert serializer.is_valid()

    finding = finding_of(run, "library.Tag.objects.get()")
    assert finding.culprit.name == "WritingSerializer.tag"
    assert at(finding.culprit) == marked(SOURCE, "looked up while reading input")


def test_a_serializer_that_no_source_declares_is_told_by_the_line_that_uses_it(finding_of):
    serializer = serializers.made_serializer()

    def run():
        serializer(Book.objects.all(), many=True).data  # noqa: B018  # uses it

    finding = finding_of(run, "library.Book.author")
    assert at(finding.culprit) == marked("tests/attribution/test_drf.py", "uses it")
