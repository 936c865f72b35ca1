"""A template of Jinja2 runs as Python, and what is told of it is what its author wrote: tag, line and loop."""

from __future__ import annotations

import os

import pytest
from django.template import engines
from django.template.backends.jinja2 import Jinja2

from nplusone_guard import watch
from nplusone_guard.compiledtemplates import python_of
from tests.library.models import Book

from .conftest import at, marked

LOOP = "{% for book in books %}"
TRIMMED = "{%- for book in books -%}"
END = "{% endfor %}"
TEMPLATES = {
    "plain.html": f"<h1>Books</h1>\n{LOOP}\n  {{{{ book.title }}}} by {{{{ book.author.name }}}}\n{END}\n",
    "trimmed.html": TRIMMED + "\n\n  {%- if book.author -%}\n yes\n  {%- endif -%}\n{%- endfor -%}",
    "row.html": "<td>\n{{ book.author.name|upper }}</td>",
    "include.html": LOOP + "\n{% include 'row.html' %}\n" + END,
    "base.html": "<body>\n{% block body %}{% endblock %}</body>",
    "child.html": "{% extends 'base.html' %}\n{% block body %}\n"
    + LOOP
    + "{{ book.author }}"
    + END
    + "{% endblock %}",
    "macro.html": "{% macro row(one) %}\n{{ one.author.name }}{% endmacro %}\n\n" + LOOP + "{{ row(book) }}" + END,
    "inner.html": LOOP + "\n{% for review in book.reviews.all() %}\n{{ review.stars }}\n" + END + END,
    "property.html": LOOP + "\n\n{{ book.author_name }}" + END,
    "set.html": LOOP + "\n{% set name = book.author.name %}\n{{ name }}" + END,
    "ignored.html": LOOP + "\n{{ book.author }}{# nplusone: ignore[library.Book.author] eight #}" + END,
}


@pytest.fixture
def jinja(tmp_path):
    for name, text in TEMPLATES.items():
        (tmp_path / name).write_text(text)
    return Jinja2({"NAME": "jinja", "DIRS": [tmp_path], "APP_DIRS": False, "OPTIONS": {"auto_reload": True}})


@pytest.fixture
def rendering(jinja):
    return lambda name: lambda: jinja.get_template(name).render({"books": Book.objects.all()})


@pytest.mark.parametrize(
    ("template", "relation", "file", "line", "name", "loop"),
    [
        ("plain.html", "author", "plain.html", 3, "{{ book.author.name }}", f"{LOOP}, line 2"),
        (
            "trimmed.html",
            "author",
            "trimmed.html",
            3,
            "{%- if book.author -%}",
            "{%- for book in books -%}, line 1",
        ),
        ("include.html", "author", "row.html", 2, "{{ book.author.name|upper }}", f"{LOOP}, <include.html>:1"),
        ("child.html", "author", "child.html", 3, "{{ book.author }}", f"{LOOP}, line 3"),
        ("macro.html", "author", "macro.html", 2, "{{ one.author.name }}", f"{LOOP}, line 4"),
        ("inner.html", "reviews", "inner.html", 2, "{% for review in book.reviews.all() %}", f"{LOOP}, line 1"),
        ("set.html", "author", "set.html", 2, "{% set name = book.author.name %}", f"{LOOP}, line 1"),
    ],
)
def test_a_tag_is_the_culprit_of_what_it_reads(
    template, relation, file, line, name, loop, rendering, finding_of, tmp_path
):
    finding = finding_of(rendering(template), f"library.Book.{relation}")
    folder = tmp_path.as_posix()
    assert at(finding.culprit) == (f"{folder}/{file}", line)
    assert (finding.culprit.name, finding.culprit.function) == (name, "")
    assert name in finding.culprit.source
    assert finding.culprit.loop == loop.replace("<include.html>", f"{folder}/include.html")
    assert finding.via is None


def test_a_line_behind_a_tag_is_the_culprit(rendering, finding_of, tmp_path):
    finding = finding_of(rendering("property.html"), "library.Book.author")
    assert at(finding.culprit) == marked("tests/library/models.py", "a property")
    assert at(finding.via) == (f"{tmp_path.as_posix()}/property.html", 3)
    assert (finding.via.name, finding.via.loop) == ("{{ book.author_name }}", f"{LOOP}, line 1")


def test_a_comment_of_the_template_ignores_its_line(books, rendering):
    with watch() as report:
        rendering("ignored.html")()
    assert report.findings == ()


def test_a_template_that_was_changed_is_told_as_it_is_now(rendering, finding_of, tmp_path):
    file = tmp_path / "plain.html"
    before = finding_of(rendering("plain.html"), "library.Book.author")
    file.write_text("<h1>\nBooks\n</h1>\n{% for one in books %}<p>\n{{ one.author.name }}\n{% endfor %}")
    os.utime(file, (1, 1))
    now = finding_of(rendering("plain.html"), "library.Book.author")
    assert (before.culprit.line, before.culprit.loop) == (3, f"{LOOP}, line 2")
    assert (now.culprit.line, now.culprit.name) == (5, "{{ one.author.name }}")
    assert now.culprit.loop == "{% for one in books %}, line 4"


def test_of_a_template_that_is_no_longer_there_the_line_is_told(jinja, books, tmp_path):
    template = jinja.get_template("plain.html")
    (tmp_path / "plain.html").unlink()
    with watch() as report:
        template.render({"books": Book.objects.all()})
    (finding,) = report.findings
    assert at(finding.culprit) == (f"{tmp_path.as_posix()}/plain.html", 3)
    with pytest.raises(OSError, match=r"plain\.html"):
        python_of(f"{tmp_path}/plain.html")


def test_a_template_that_is_no_file_is_told_by_the_line_that_renders_it(finding_of):
    template = engines["jinja2"].from_string("{% for book in books %}{{ book.author.name }}{% endfor %}")

    def run():
        template.render({"books": Book.objects.all()})  # renders it

    finding = finding_of(run, "library.Book.author")
    assert at(finding.culprit) == marked("tests/attribution/test_jinja.py", "renders it")
