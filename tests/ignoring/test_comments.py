"""Comments say that a repetition is meant: on the line, above it, in Python and in templates."""

from __future__ import annotations

import os

import pytest

from nplusone_guard import NPlusOneError, watch
from nplusone_guard.ignore_comments import comments_in_python, comments_in_template
from nplusone_guard.inline_ignores import comment_on, comments_of

from ..library.models import Book
from ..library.rows import stock
from .meant import MEANT, NOT_MEANT

# -- findings --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("code", MEANT, ids=lambda code: code.__name__)
def test_what_a_comment_calls_meant_is_no_finding(code):
    stock(6)
    with watch() as report:
        code()
    assert report.findings == ()
    assert report.statements > 6


@pytest.mark.django_db
@pytest.mark.parametrize("code", NOT_MEANT, ids=lambda code: code.__name__)
def test_a_comment_is_about_its_own_statement_and_label_only(code):
    stock(6)
    with watch() as report:
        code()
    assert [finding.label for finding in report.findings] == ["library.Book.author"]


@pytest.mark.django_db
def test_a_comment_keeps_raise_from_raising(settings):
    settings.NPLUSONE_GUARD = {"RAISE": True}
    stock(6)
    with watch():
        for book in Book.objects.all():
            str(book.author)  # nplusone: ignore[library.Book.author]
    with watch(), pytest.raises(NPlusOneError):
        for book in Book.objects.all():
            str(book.author)


def chained():
    for book in Book.objects.all():
        str(book.author.profile.website)


@pytest.mark.django_db
def test_a_rule_about_a_further_relation_takes_that_one_out_of_the_chain(settings):
    stock(6)
    with watch() as report:
        chained()
    (finding,) = report.findings
    assert (finding.label, finding.through) == ("library.Book.author", ("library.Author.profile",))
    settings.NPLUSONE_GUARD = {"IGNORE": ["library.Author.profile"]}
    with watch() as report:
        chained()
    (finding,) = report.findings
    assert (finding.label, finding.through) == ("library.Book.author", ())
    assert finding.suggestion.partition("  #")[0] == 'select_related("author")'
    assert finding.count == 6


@pytest.mark.django_db
def test_a_rule_about_the_beginning_leaves_the_rest_of_the_chain_with_its_whole_path(settings):
    stock(6)
    settings.NPLUSONE_GUARD = {"IGNORE": ["library.Book.author"]}
    with watch() as report:
        chained()
    (finding,) = report.findings
    assert (finding.label, finding.through) == ("library.Author.profile", ())
    assert finding.suggestion.partition("  #")[0] == 'select_related("author__profile")'


@pytest.mark.django_db
def test_a_line_that_is_meant_is_taken_out_of_the_finding_about_both_lines():
    stock(6)
    with watch() as report:
        for book in Book.objects.all():
            str(book.author)  # nplusone: ignore[library.Book.author]
        for book in Book.objects.all():
            str(book.author)
    (finding,) = report.findings
    assert finding.count == 6


# -- what is read ----------------------------------------------------------------------------------------------


def python(source):
    return list(comments_in_python(source.encode()))


def test_a_reason_is_whatever_follows():
    (comment,) = python("x = 1  # nplusone: ignore[a.B.c, d.E.[fg]*] because of that\n")
    assert [rule.label for rule in comment.rules] == ["a.B.c", "d.E.[fg]*"]
    assert comment.reason == "because of that"
    assert comment.lines == range(1, 2)
    assert comment.covers(1, "d.E.fx")
    assert not comment.covers(1, "d.E.hx")


def test_a_comment_that_nothing_follows_is_about_no_line():
    for source in ("x = 1\n# nplusone: ignore\n", "# nplusone: ignore\n\nx = 1\n"):
        (comment,) = python(source)
        assert comment.lines == range(0)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("nplusone: ignor[a.B.c]", "it says 'ignor' (did you mean 'ignore'?)"),
        ("nplusone: ignored", "it says 'ignored' (did you mean 'ignore'?)"),
        ("nplusone: skip[a.B.c]", "it says 'skip'; write \"nplusone: ignore[app.Model.relation] reason\""),
        ("nplusone:", 'it says nothing; write "nplusone: ignore[app.Model.relation] reason"'),
        ("nplusone ignore[a.B.c]", 'a colon is missing (did you mean "nplusone: ignore['),
        ("n+1: n+1", None),
        ("nplus1: ignore[a.B.c]", "it begins with 'nplus1' (did you mean 'nplusone'?)"),
        ("n-plus-one: ignore", "it begins with 'n-plus-one' (did you mean 'nplusone'?)"),
        ("nplusone: ignore[a.B.c", "its bracket is not closed"),
        ("nplusone: ignore[]", "a label is missing in its brackets"),
        ("nplusone: ignore[a.B.c,]", "a label is missing in its brackets"),
        ("nplusone: ignore(a.B.c)", "labels go in square brackets"),
        ("nplusone: ignore a.B.c on purpose", "labels go in square brackets"),
        ("nplusone: ignore: a.B.c", "labels go in square brackets"),
        ("nplusone_guard reads this", None),
        ("nplusone ignores comments like this one", None),
        ("nplusone-guard: see the docs", None),
    ],
)
def test_a_comment_that_is_written_wrong_ignores_nothing_and_says_why(text, problem):
    for comments in (python(f"x = 1  # {text}\n"), list(comments_in_template(f"{{# {text} #}}".encode()))):
        if problem is None:
            assert comments == []
            continue
        (comment,) = comments
        assert comment.problem.startswith(problem)
        assert comment.rules == ()
        assert not comment.covers(1, "a.B.c")


def test_source_that_cannot_be_read_to_its_end_keeps_what_was_read():
    (comment,) = python("x = 1  # nplusone: ignore\ny = (\n")
    assert comment.covers(1, "a.B.c")
    assert python("\0\0") == []
    assert list(comments_in_python(b"# -*- coding: no-such -*-\n# nplusone: ignore\n")) == []


TEMPLATE = """\
<p>{{ book.author }}</p>{# nplusone: ignore[library.Book.author] on the line #}
{# nplusone: ignore[library.Book.author] above #}
{# and another comment #}
{{ book.author }}
<td>{# nplusone: ignore #}
{{ book.author }}
{{ book.title }}{# nplusone: ignore #}
{{ book.author }}
{# nplusone: ignore[library.Book.author]
{{ book.author }}
"""


def test_in_a_template_a_comment_is_about_its_line_or_the_next():
    comments = list(comments_in_template(TEMPLATE.encode()))
    covered = {line for line in range(1, 12) for one in comments if one.covers(line, "library.Book.author")}
    assert covered == {1, 2, 3, 4, 5, 6, 7}
    assert comments[-1].problem == "it is not closed by #} on its line"


def test_a_file_is_read_again_when_it_has_changed(tmp_path):
    page = tmp_path / "page.html"
    page.write_text("{{ book.author }}\n")
    assert comment_on(str(page), 1, "a.B.c") is None
    page.write_text("{{ book.author }}{# nplusone: ignore #}\n")
    assert comment_on(str(page), 1, "a.B.c").line == 1


def test_what_is_no_file_or_too_large_has_no_comments(tmp_path):
    pipe, large = tmp_path / "pipe.py", tmp_path / "large.py"
    os.mkfifo(pipe)
    large.write_bytes(b"x = 1  # nplusone: ignore\n" + b"#" * 2_000_000)
    for path in (tmp_path, pipe, large, tmp_path / "missing.py", "<string>", "\0"):
        assert comments_of(str(path)) == ()
