"""Which rows that were loaded ahead did no code read? `tests.eager.cases` says it, and so must the guard."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
from django.contrib.admin import ModelAdmin, site
from django.db import models
from django.db.models import Prefetch, QuerySet
from django.db.models import query as query_module
from django.db.models.sql.query import Query

from nplusone_guard import eager
from nplusone_guard.detection.unused_eager_load import EagerLoad, eager_load_of, unused
from nplusone_guard.ignoring import ignore
from tests.corpus.store.rows import fill
from tests.library.models import Book
from tests.library.rows import stock

from .cases import CASES


@pytest.fixture
def watched():
    """What is loaded ahead is watched."""
    eager.install()
    eager.take()
    yield
    eager.uninstall()


def found():
    """What nobody read, in a run of one test."""
    loaded, read = eager.take()
    by_test = {eager_load_of(one.ahead): {"test": (one.times, one.rows)} for one in loaded}
    return unused(by_test, {eager_load_of(one) for one in read})


# What other threads do is not in the transaction of a test.
OF_EACH = [
    pytest.param(name, marks=pytest.mark.django_db(transaction="async" in name or "thread" in name))
    for name in CASES
]


@pytest.mark.parametrize("name", OF_EACH)
def test_the_verdict_is(name, watched):
    stock(3)
    fill(3)
    eager.take()
    case = CASES[name]
    case.function()
    findings = [one.finding for one in found()]
    assert {finding.label for finding in findings} == set(case.labels)
    for finding in findings:
        assert finding.suggestion.startswith(case.fixes[case.labels.index(finding.label)]), finding.suggestion


def test_there_are_enough_cases_of_both_sorts():
    with_findings = [case for case in CASES.values() if case.labels]
    assert len(with_findings) >= 12
    assert len(CASES) - len(with_findings) >= 12


@pytest.mark.django_db
def test_the_place_is_the_line_that_asks_not_the_one_that_begins_the_query(watched):
    stock(2)
    books = Book.objects.all()
    joined = books.select_related("author")  # this line
    assert len(list(joined)) == 2
    (one,) = found()
    lines = Path(__file__).read_text().splitlines()
    assert one.finding.culprit == one.finding.origin
    assert lines[one.finding.culprit.line - 1].endswith("# this line")
    assert one.finding.culprit.path == "tests/eager/test_unused_eager_loads.py"


@pytest.mark.django_db
def test_what_an_ignore_block_covers_is_not_counted(watched):
    stock(2)
    with ignore("library.Book.author"):
        list(Book.objects.select_related("author"))
    assert found() == ()


@pytest.mark.django_db
def test_queries_and_rows_are_counted(watched):
    stock(3)
    for _ in range(2):
        list(Book.objects.prefetch_related("tags"))
    (one,) = found()
    assert one.finding.count == 2
    assert one.finding.suggestion.endswith("# 12 rows in 2 queries, none read")


@pytest.mark.django_db
def test_what_is_watched_behaves_as_before(watched):
    stock(2)
    book = Book.objects.select_related("author").prefetch_related("tags", "reviews").first()
    assert isinstance(book._state.fields_cache, dict)
    assert book.author == book._state.fields_cache["author"]
    assert [tag.name for tag in book.tags.all()] == ["tag 0", "tag 1"]
    book.tags.clear()
    assert list(book.tags.all()) == []
    book.refresh_from_db()
    assert "author" not in book._state.fields_cache
    del book.author.__dict__["name"]
    assert book.author.name == "author 0"


@pytest.mark.django_db
def test_an_attribute_of_a_prefetch_is_there_only_where_it_was_set(watched):
    stock(2)
    (book,) = Book.objects.prefetch_related(Prefetch("tags", to_attr="wanted"))[:1]
    other = Book(title="other")
    assert not hasattr(other, "wanted")
    assert not hasattr(Book, "wanted")
    other.wanted = 1
    assert other.wanted == 1
    del other.wanted
    with pytest.raises(AttributeError):
        del other.wanted
    assert len(book.wanted) == 2


def test_nothing_is_left_behind():
    names = [
        (Query, "add_select_related"),
        (QuerySet, "prefetch_related"),
        (query_module.ModelIterable, "__iter__"),
        (query_module, "prefetch_related_objects"),
        (query_module, "prefetch_one_level"),
        (models, "prefetch_related_objects"),
    ]
    before = [vars(owner)[name] for owner, name in names]
    eager.install()
    eager.install()
    assert all(vars(owner)[name] is not one for (owner, name), one in zip(names, before, strict=True))
    eager.uninstall()
    assert [vars(owner)[name] for owner, name in names] == before
    assert "wanted" not in vars(Book)


@pytest.mark.django_db
def test_what_django_warns_others_of_it_does_not_say_of_itself(watched, rf, admin_user):
    stock(1)

    class Books(ModelAdmin):
        list_display = ["author"]  # what it shows Django joins by itself, with select_related() up to 6.0

    request = rf.get("/")
    request.user = admin_user
    with warnings.catch_warnings(action="error"):
        assert len(Books(Book, site).get_changelist_instance(request).get_queryset(request)) == 1


@pytest.mark.django_db
def test_the_admin_joins_what_its_class_declares(watched, rf, admin_user):
    stock(1)

    class Books(ModelAdmin):
        list_select_related = ["author"]  # this option

    request = rf.get("/")
    request.user = admin_user
    assert len(Books(Book, site).get_changelist_instance(request).result_list) == 1
    (one,) = found()
    assert one.finding.culprit.name == "Books.list_select_related"
    assert one.finding.culprit.source.endswith("# this option")


def test_a_load_is_equal_in_every_process():
    load = EagerLoad("select_related", "library.Book", "author", '"author"', "library.Book.author", ("a.py", 3))
    assert (
        EagerLoad.from_values(
            ["select_related", "library.Book", "author", '"author"', "library.Book.author", ["a.py", 3]]
        )
        == load
    )
