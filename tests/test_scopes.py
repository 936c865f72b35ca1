"""Scopes nest, reports are live, and `watch` and `ignore` go around every sort of code."""

from __future__ import annotations

import pickle

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections

from nplusone_guard import NPlusOneError, Report, ignore, watch

from .conftest import run
from .library.models import Author, Book
from .library.rows import stock


def select_one():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


@pytest.mark.django_db
def test_a_statement_counts_once_in_every_scope_around_it():
    with watch() as outer:
        select_one()
        with watch() as inner:
            select_one()
    assert (outer.statements, inner.statements) == (2, 1)


@pytest.mark.django_db
def test_a_repetition_is_judged_in_the_innermost_scope():
    stock(6)
    with watch() as outer:
        for book in Book.objects.all():
            with watch() as inner:
                str(book.author)
            assert inner.findings == ()
    assert outer.findings == ()


@pytest.mark.django_db
def test_what_an_inner_scope_found_belongs_to_the_outer_one_too():
    stock(6)
    with watch() as outer, watch() as inner:
        for book in Book.objects.all():
            str(book.author)
    assert [finding.label for finding in inner.findings] == ["library.Book.author"]
    assert outer.findings == inner.findings


@pytest.mark.django_db
def test_a_report_is_live_inside_the_block_and_final_after_it():
    with watch() as report:
        assert report.statements == 0
        select_one()
        assert report.statements == 1
    select_one()
    assert isinstance(report, Report)
    assert report.statements == 1
    assert report.db_time_ms > 0
    assert report.shapes[0].sql == "SELECT ?"
    assert report.shapes[0].place.path == "tests/test_scopes.py"


@pytest.mark.django_db
def test_a_finding_says_everything_the_documentation_promises():
    stock(6)
    with watch() as report:
        for book in Book.objects.all():
            str(book.author)
    (finding,) = report.findings
    assert finding.kind == "n_plus_one"
    assert finding.severity == "warning"
    assert finding.count == 6
    assert finding.distinct_parameters == 6
    assert 0 < finding.wasted_ms < finding.db_time_ms
    assert finding.suggestion.partition("  #")[0] == 'select_related("author")'
    assert finding.sql.startswith("SELECT")
    assert finding.culprit.path == "tests/test_scopes.py"
    assert finding.culprit.source == "str(book.author)"
    assert finding.culprit.function == "test_a_finding_says_everything_the_documentation_promises"
    assert finding.to_dict()["schema_version"] == 1
    assert pickle.loads(pickle.dumps(finding)) == finding


@pytest.mark.django_db
def test_a_report_that_is_read_late_has_the_shapes_of_its_block():
    with watch() as report:
        Author.objects.count()
    Book.objects.count()
    assert [(shape.count, shape.place.source) for shape in report.shapes] == [(1, "Author.objects.count()")]
    assert len(report.to_dict()["shapes"]) == report.statements == 1


@pytest.mark.django_db
def test_watch_decorates_functions_and_coroutines():
    seen = []

    @watch(name="job", kind="task")
    def job(number):
        select_one()
        return number

    @watch()
    async def async_job(number):
        await sync_to_async(select_one)()
        return number

    from nplusone_guard.signals import report_ready

    def collect(report, **kwargs):
        seen.append((report.scope_name.rpartition(".")[2], report.scope_kind, report.statements))

    report_ready.connect(collect)
    try:
        assert job(1) == 1
        assert job(2) == 2
        assert run(async_job(3)) == 3
    finally:
        report_ready.disconnect(collect)
    assert seen == [("job", "task", 1), ("job", "task", 1), ("async_job", "block", 1)]


def test_watch_refuses_a_generator_with_a_way_out():
    with pytest.raises(TypeError, match="around the loop that consumes it"):

        @watch()
        def rows():
            yield 1


@pytest.mark.django_db(transaction=True)
async def test_watch_goes_around_asynchronous_code():
    await sync_to_async(stock)(6)
    async with watch() as report:
        async for book in Book.objects.all():
            await Author.objects.aget(pk=book.author_id)
    await sync_to_async(connections.close_all)()
    (finding,) = report.findings
    assert finding.label == "library.Author.objects.get()"
    assert finding.culprit.source == "await Author.objects.aget(pk=book.author_id)"


@pytest.mark.django_db
def test_ignore_takes_labels_wildcards_or_everything():
    stock(6)
    for labels, found in [
        (("library.Book.author",), 0),
        (("library.Book.*",), 0),
        ((), 0),
        (("library.Book.publisher",), 1),
    ]:
        with watch() as report, ignore(*labels):
            for book in Book.objects.all():
                str(book.author)
        assert len(report.findings) == found, labels


@pytest.mark.django_db
def test_ignore_ends_with_its_block():
    stock(6)
    with watch() as report:
        with ignore():
            for book in Book.objects.all():
                str(book.author)
        for book in Book.objects.all():
            str(book.publisher)
    assert [finding.label for finding in report.findings] == ["library.Book.publisher"]


@pytest.mark.django_db
def test_the_setting_ignore_takes_rules(settings):
    stock(6)
    for rule, found in [
        ("library.*", 0),
        ({"label": "library.Book.author", "path": "tests/*"}, 0),
        ({"path": "somewhere/else.py"}, 1),
        ({"kind": "write_in_loop"}, 1),
    ]:
        settings.NPLUSONE_GUARD = {"IGNORE": [rule]}
        with watch() as report:
            for book in Book.objects.all():
                str(book.author)
        assert len(report.findings) == found, rule


@pytest.mark.django_db
def test_raise_points_at_the_line_that_repeats(settings):
    settings.NPLUSONE_GUARD = {"RAISE": True}
    stock(6)
    read = 0
    with watch(), pytest.raises(NPlusOneError, match=r"library\.Book\.author") as raised:
        for book in Book.objects.all():
            str(book.author)
            read += 1
    assert read == 4  # the fifth repetition is the threshold
    assert raised.traceback[0].statement.lines[0].strip() == "str(book.author)"


@pytest.mark.django_db
def test_raise_does_not_raise_what_is_ignored(settings):
    settings.NPLUSONE_GUARD = {"RAISE": True, "IGNORE": ["library.Book.author"]}
    stock(6)
    with watch() as report:
        for book in Book.objects.all():
            str(book.author)
        with ignore("library.Book.publisher"):
            for book in Book.objects.all():
                str(book.publisher)
    assert report.findings == ()
