"""In a deep scope the call path of every statement is known, and the wrappers that say so do nobody harm."""

from __future__ import annotations

import pickle
from contextlib import nullcontext
from functools import wraps

import pytest
from django.db.models.sql.query import Query

from nplusone_guard import deep, ignore, watch
from nplusone_guard.conf import get_settings
from nplusone_guard.detection import loops
from nplusone_guard.lifecycle import close_scope, open_scope
from nplusone_guard.scope import Watchfulness, entered

from .library.models import Author, Book
from .library.rows import stock

pytestmark = pytest.mark.django_db

THREE = {"n_plus_one": 3}


def deep_scope(**wishes):
    return open_scope("test", "test_something", Watchfulness.of(get_settings(), deep=True, **wishes))


def look_up(key):
    return Author.objects.filter(pk=key).first()


def passed_on(function):
    """What decorators do: one code around many functions."""

    @wraps(function)
    def wrapper(*args):
        return function(*args)

    return wrapper


def test_the_first_statement_of_a_shape_belongs_to_the_loop_it_came_along():
    with watch(thresholds=THREE) as report:
        for key in range(3):
            look_up(key)
    (finding,) = report.findings
    assert (finding.count, finding.distinct_parameters) == (3, 3)


def test_the_first_statement_of_a_shape_does_not_belong_to_another_loop():
    with watch(thresholds=THREE) as report:
        look_up(0)
        for key in (1, 2):
            look_up(key)
    assert report.findings == ()


def test_the_first_statement_of_a_shape_may_be_ignored():
    with watch(thresholds=THREE) as report:
        for key in range(3):
            with nullcontext() if key else ignore():
                look_up(key)
    assert report.findings == ()


def test_shapes_that_ran_once_are_counted_once_somebody_reads_them():
    with watch() as report:
        Author.objects.count()
        Book.objects.exists()
        read = [(shape.count, shape.place.function) for shape in report.shapes]
        Author.objects.count()
        look_up(1)
    assert read == [(1, "test_shapes_that_ran_once_are_counted_once_somebody_reads_them")] * 2
    assert sorted((shape.count, shape.place.function) for shape in report.shapes) == [
        (1, "look_up"),
        (1, "test_shapes_that_ran_once_are_counted_once_somebody_reads_them"),
        (2, "test_shapes_that_ran_once_are_counted_once_somebody_reads_them"),
    ]
    assert report.statements == 4


@pytest.mark.django_db(databases=["default", "other"])
def test_shapes_that_ran_once_before_a_second_database_was_asked_are_counted_for_the_first():
    scope = deep_scope()
    with entered(scope):
        Author.objects.count()
        Book.objects.exists()
        Author.objects.using("other").count()
        Book.objects.count()
    scope.count_all()
    assert scope.by_alias == {"default": 3, "other": 1}
    by_alias = {
        (shape.table, shape.sql.count("COUNT")): scope.by_alias_of(one) for shape, one in scope.shapes.items()
    }
    assert by_alias == {
        ("library_author", 1): {"default": 1, "other": 1},
        ("library_book", 0): {"default": 1},
        ("library_book", 1): {"default": 1},
    }


def test_a_shape_that_ran_once_counts_beside_a_loop():
    stock(1)
    scope = deep_scope(thresholds={"n_plus_one": 2, "duplicate_query": 2})
    with entered(scope):
        while books := list(Book.objects.order_by("pk").values_list("pk", flat=True)[:5]):
            Book.objects.filter(pk__in=books).delete()  # once, and so the list is another one the next time
    assert len(loops(scope)) == 1
    assert not close_scope(scope, with_shapes=False).findings


def test_a_shape_that_ran_once_in_the_scope_around_counts_there_when_it_runs_inside():
    with watch() as outer:
        Author.objects.count()
        with watch() as inner:
            Author.objects.count()
    assert [shape.count for shape in outer.shapes] == [2]
    assert [shape.count for shape in inner.shapes] == [1]


def test_a_call_path_goes_on_where_the_code_around_the_scope_runs_inside_of_it():
    @passed_on
    def look_up_through_the_same_code(key):
        return look_up(key)

    @passed_on
    def watched():
        with watch(thresholds=THREE) as report:
            look_up_through_the_same_code(1)
            look_up_through_the_same_code(2)
            look_up_through_the_same_code(3)
        return report

    assert watched().findings == ()


def test_a_loop_that_is_decided_is_counted_to_its_end():
    stock(30)
    with watch() as report:
        for book in Book.objects.all():
            str(book.author)
    (finding,) = report.findings
    assert (finding.count, finding.distinct_parameters) == (30, 30)


def test_the_same_look_up_behind_a_loop_is_not_part_of_it():
    with watch(thresholds=THREE) as report:
        for key in range(3):
            look_up(key)
        look_up(3)
    (finding,) = report.findings
    assert finding.count == 3


def test_a_queryset_stays_what_it_is():
    stock(1)
    books = Book.objects.all()
    with watch():
        (book,) = books
        list(books.filter(pk=book.pk))
    assert (type(books.db), books._db, type(book._state.db).__name__) == (str, None, "LoadedAlias")


def test_a_query_is_pickled_with_the_line_that_wrote_it_and_without_a_word_of_the_guard():
    stock(5)
    with watch() as report:
        pickled = pickle.dumps(Book.objects.all().query)  # writes
        books = Book.objects.none()
        books.query = pickle.loads(pickled)
        assert all(book.author.name for book in books)
    assert b"nplusone_guard" not in pickled
    assert [finding.origin.source.rpartition("# ")[2] for finding in report.findings] == ["writes"]


def test_the_rows_that_a_relation_leads_to_from_those_of_a_list_share_an_alias():
    stock(3)
    with watch():
        books = list(Book.objects.all())
        aliases = [author._state.db for author in [book.author for book in books]]
        publisher = books[0].publisher._state.db
    assert aliases[0] is aliases[1] is aliases[2] is not publisher
    assert [step.name for step in aliases[0].load.steps] == ["author"]
    assert [step.name for step in publisher.load.steps] == ["publisher"]


class ToReplica:
    """A router that does not look at the instance."""

    def db_for_read(self, model, **hints):
        return "other" if model is Author else "default"

    def allow_relation(self, *rows, **hints):
        return True


@pytest.mark.django_db(databases=["default", "other"])
def test_a_relation_to_another_database_is_followed_from_the_same_list(settings):
    stock(6)
    for author in Author.objects.all():
        author.save(using="other")
    settings.DATABASE_ROUTERS = [ToReplica()]
    with watch() as report:
        authors = [book.author for book in Book.objects.all()]
    (load,) = {author._state.db.load for author in authors}
    assert [step.name for step in load.steps] == ["author"]
    (finding,) = report.findings
    assert (finding.count, finding.label) == (6, "library.Book.author")


def test_the_wrappers_can_be_taken_off_and_come_with_the_next_scope():
    with watch():
        wrapped = Query.__init__
    deep.uninstall()
    assert wrapped.__wrapped__ is Query.__init__
    with watch():
        assert Query.__init__ is not wrapped.__wrapped__


def test_a_wrapper_that_somebody_put_around_ours_is_not_taken_off(monkeypatch):
    deep.uninstall()
    monkeypatch.setattr(Query, "__init__", Query.__init__)  # what it is again in the end
    with watch():
        ours = Query.__init__

    def theirs(query, *args, **kwargs):
        ours(query, *args, **kwargs)

    Query.__init__ = theirs
    deep.uninstall()
    assert Query.__init__ is theirs
    stock(6)
    with watch() as report:
        for book in Book.objects.all():
            str(book.author)
    (finding,) = report.findings
    assert finding.origin.source.startswith("for book in")
    deep.uninstall()
