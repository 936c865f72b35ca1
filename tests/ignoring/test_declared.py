"""What is declared is ignored where it is declared: a tag of a template, a serializer field, an admin column."""

from __future__ import annotations

import pytest
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.admin.templatetags.admin_list import results
from django.contrib.auth import get_user_model
from django.template.loader import render_to_string
from rest_framework import serializers

from nplusone_guard import watch

from ..library.models import Book
from ..library.rows import stock

COMMENT = "{# nplusone: ignore[library.Book.author] six at most #}"


def labels_of(run):
    stock(6)
    with watch() as report:
        run()
    return {label for finding in report.findings for label in (finding.label, *finding.through)}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("tags", "found"),
    [
        (f"{{{{ book.author.name }}}}{COMMENT}", set()),
        (f"{COMMENT}\n{{{{ book.author.name }}}}", set()),
        (f"{{{{ book.title }}}}{COMMENT}\n{{{{ book.author.name }}}}", {"library.Book.author"}),
        (f"{{{{ book.author.name }}}}{{{{ book.publisher.name }}}}{COMMENT}", {"library.Book.publisher"}),
    ],
)
def test_in_a_template(tags, found, settings, tmp_path):
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    (tmp_path / "books.html").write_text(f"{{% for book in books %}}\n{tags}\n{{% endfor %}}\n")
    assert labels_of(lambda: render_to_string("books.html", {"books": Book.objects.all()})) == found


class MeantSerializer(serializers.ModelSerializer):
    # nplusone: ignore[library.Book.author] six at most
    written_by = serializers.CharField(source="author.name")
    published_by = serializers.CharField(source="publisher.name")
    subjects = serializers.SerializerMethodField()  # nplusone: ignore[library.Book.tags]

    class Meta:
        model = Book
        fields = ("written_by", "published_by", "subjects")

    def get_subjects(self, book):
        return [tag.name for tag in book.tags.all()]


@pytest.mark.django_db
def test_at_the_field_of_a_serializer():
    assert labels_of(lambda: MeantSerializer(Book.objects.all(), many=True).data) == {"library.Book.publisher"}


class MeantAdmin(ModelAdmin):
    list_select_related = False
    list_display = (
        "title",
        "writer",  # nplusone: ignore[library.Book.author] six at most
        "house",
    )

    def writer(self, book):
        return book.author.name

    def house(self, book):
        return book.publisher.name


@pytest.mark.django_db
def test_at_a_column_of_the_admin(rf):
    request = rf.get("/")
    request.user = get_user_model()(is_active=True, is_superuser=True)
    changelist = MeantAdmin(Book, AdminSite()).get_changelist_instance(request)
    changelist.formset = None
    assert labels_of(lambda: list(results(changelist))) == {"library.Book.publisher"}
