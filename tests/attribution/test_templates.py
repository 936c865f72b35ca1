"""The culprit is the tag of the template, and the loop around it is told."""

from __future__ import annotations

import pytest
from django.template import engines
from django.template.loader import render_to_string

from tests.library.models import Book, Review

from .conftest import at, marked

FOLDER = "tests/attribution/templates/places"
LOOP = "{% for book in books %}"


def rendering(name):
    return lambda: render_to_string(
        f"places/{name}", {"books": Book.objects.all(), "reviews": Review.objects.all()}
    )


@pytest.mark.parametrize(
    ("template", "relation", "file", "marker", "name", "loop"),
    [
        ("plain.html", "author", "plain.html", "plain", "{{ book.author.name }}", f"{LOOP}, line 2"),
        (
            "include.html",
            "author",
            "row.html",
            "row",
            "{{ book.author.name|upper }}",
            f"{LOOP}, {FOLDER}/include.html:1",
        ),
        (
            "inclusion_tag.html",
            "author",
            "row.html",
            "row",
            "{{ book.author.name|upper }}",
            f"{LOOP}, {FOLDER}/inclusion_tag.html:2",
        ),
        ("child.html", "author", "child.html", "block", "{{ book.author.name }}", f"{LOOP}, {FOLDER}/base.html:4"),
        (
            "inner_loop.html",
            "reviews",
            "inner_loop.html",
            "inner loop",
            "{% for review in book.reviews.all %}",
            f"{LOOP}, line 1",
        ),
        (
            "condition.html",
            "author",
            "condition.html",
            "condition",
            '{% if book.author.name == "x" %}',
            f"{LOOP}, line 1",
        ),
    ],
)
def test_a_tag_is_the_culprit_of_what_it_reads(template, relation, file, marker, name, loop, finding_of):
    finding = finding_of(rendering(template), f"library.Book.{relation}")
    assert at(finding.culprit) == marked(f"{FOLDER}/{file}", marker)
    assert finding.culprit.name == name
    assert name in finding.culprit.source
    assert finding.culprit.loop == loop
    assert finding.via is None


@pytest.mark.parametrize(
    ("template", "label", "source", "line", "marker", "name"),
    [
        (
            "tag.html",
            "Book.author",
            "tests/attribution/templatetags/places.py",
            "a tag",
            "custom tag",
            "{% name_of book %}",
        ),
        (
            "filter.html",
            "Book.publisher",
            "tests/attribution/templatetags/places.py",
            "a filter",
            "custom filter",
            "{{ book|publisher_name }}",
        ),
        (
            "property.html",
            "Book.author",
            "tests/library/models.py",
            "a property",
            "property",
            "{{ book.author_name }}",
        ),
        ("str.html", "Review.book", "tests/library/models.py", "a __str__", "str", "{{ review }}"),
    ],
)
def test_a_line_behind_a_tag_is_the_culprit(template, label, source, line, marker, name, finding_of):
    finding = finding_of(rendering(template), f"library.{label}")
    assert at(finding.culprit) == marked(source, line)
    assert at(finding.via) == marked(f"{FOLDER}/{template}", marker)
    assert finding.via.name == name
    assert finding.via.loop.startswith("{% for ")


def test_a_template_that_is_no_file_is_told_by_the_line_that_renders_it(finding_of):
    template = engines["django"].from_string("{% for book in books %}{{ book.author.name }}{% endfor %}")

    def run():
        template.render({"books": Book.objects.all()})  # renders it

    finding = finding_of(run, "library.Book.author")
    assert at(finding.culprit) == marked("tests/attribution/test_templates.py", "renders it")
