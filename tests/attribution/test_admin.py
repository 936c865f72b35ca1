"""The culprit is the column, filter or inline of the admin, on the line that declares it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.library.models import Author, Book, Publisher, Review

from .conftest import at, marked

SOURCE = "tests/attribution/admin.py"
MODELS = "tests/library/models.py"

pytestmark = [pytest.mark.urls("tests.attribution.urls"), pytest.mark.django_db]


@pytest.fixture
def findings(client, reports, books, django_user_model):
    """The findings of a page of the admin, by label and the name or function of the culprit."""
    user = django_user_model.objects.create_superuser("ada", password="x")
    client.force_login(user)

    def of(model, page="changelist", *args, site="places"):
        address = reverse(f"{site}:library_{model}_{page}", args=args)
        response = client.get(address)
        assert response.status_code == 200
        return reports[-1].findings

    return of


def only(findings, label):
    """The one finding of `label`."""
    (found,) = [one for one in findings if one.label == label]
    return found


def test_a_column_that_is_a_relation_is_the_culprit(findings):
    finding = only(findings("book", site="shelves"), "library.Book.publisher")
    assert at(finding.culprit) == marked(SOURCE, "a column that is a relation")
    assert finding.culprit.name == 'ShelfAdmin.list_display["publisher"]'
    assert finding.via is None


def test_a_property_is_the_culprit_and_its_column_what_shows_it(findings, monkeypatch):
    monkeypatch.setattr("tests.attribution.admin.ShelfAdmin.list_display", ("author_name",))
    finding = only(findings("book", site="shelves"), "library.Book.author")
    assert at(finding.culprit) == marked(MODELS, "a property")
    assert at(finding.via) == marked(SOURCE, "a column that is a property")


def test_a_method_is_the_culprit_and_its_column_what_shows_it(findings):
    finding = only(findings("book"), "library.Book.publisher")
    assert at(finding.culprit) == marked(SOURCE, "the method of a column")
    assert at(finding.via) == marked(SOURCE, "a column that is a method")
    assert finding.via.name == 'BookAdmin.list_display["publisher_name"]'


def test_a_str_is_the_culprit_and_its_column_what_shows_it(findings):
    finding = only(findings("review"), "library.Review.book")
    assert at(finding.culprit) == marked(MODELS, "a __str__")
    assert at(finding.via) == marked(SOURCE, "a column that is a __str__")


def test_an_editable_column_is_the_culprit_of_its_choices(findings):
    finding = only(findings("book"), "library.Publisher.objects.all()")
    assert finding.culprit.name == 'BookAdmin.list_editable["publisher"]'
    assert at(finding.culprit) == marked(SOURCE, "an editable column")


def test_a_str_is_the_culprit_and_the_filter_what_lists_it(findings):
    finding = only(findings("author"), "library.Review.book")
    assert at(finding.culprit) == marked(MODELS, "a __str__")
    assert at(finding.via) == marked(SOURCE, "a filter")
    assert finding.via.name == 'AuthorAdmin.list_filter["books__reviews"]'


def test_a_filter_that_is_a_class_is_what_counts_its_choices(findings):
    finding = only(findings("author"), "library.Author.objects.count()")
    assert at(finding.culprit) == marked(SOURCE, "a choice of a filter")
    assert at(finding.via) == marked(SOURCE, "a filter that is a class")
    assert finding.via.name == "AuthorAdmin.list_filter[InitialFilter]"


def test_a_method_is_the_culprit_and_the_readonly_field_what_shows_it(findings):
    author = Author.objects.first()
    Book.objects.update(author=author)
    finding = only(findings("author", "change", author.pk), "library.Book.publisher")
    assert at(finding.culprit) == marked(SOURCE, "its readonly method")
    assert at(finding.via) == marked(SOURCE, "a read-only field")


@pytest.mark.parametrize(
    ("label", "marker", "name"),
    [
        ("library.Tag.objects.all()", "a field of an inline", 'BookInline.fields["tags"]'),
        ("library.Author.objects.get()", "a widget of an inline", 'BookInline.raw_id_fields["author"]'),
    ],
)
def test_a_field_of_an_inline_is_the_culprit_of_what_its_widget_asks(findings, label, marker, name):
    publisher = Publisher.objects.first()
    Book.objects.update(publisher=publisher)
    finding = only(findings("publisher", "change", publisher.pk, site="shelves"), label)
    assert at(finding.culprit) == marked(SOURCE, marker)
    assert finding.culprit.name == name


def test_an_inline_is_what_shows_a_str(findings):
    book = Book.objects.first()
    Review.objects.update(book=book)
    finding = only(findings("book", "change", book.pk), "library.Review.book")
    assert at(finding.culprit) == marked(MODELS, "a __str__")
    assert at(finding.via) == marked(SOURCE, "an inline")


def test_the_origin_is_where_the_admin_gets_its_rows(findings):
    finding = only(findings("book"), "library.Book.publisher")
    assert at(finding.origin) == marked(SOURCE, "the admin's rows")
    assert finding.origin.name == "BookAdmin.get_queryset"
