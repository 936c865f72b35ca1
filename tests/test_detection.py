"""What is repeated, and what to do about it; and what only looks like it."""

from __future__ import annotations

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction

from nplusone_guard import watch
from nplusone_guard.suggestions import Fix, combined

from .library.models import Author, Book, Note, Publisher, Review, Tag
from .library.rows import stock

pytestmark = pytest.mark.django_db

ROWS = 8


def forward():
    for book in Book.objects.all():
        str(book.author)


def forward_fixed():
    for book in Book.objects.select_related("author"):
        str(book.author)


def reverse_one():
    for author in Author.objects.all():
        str(author.profile)


def reverse_one_fixed():
    for author in Author.objects.select_related("profile"):
        str(author.profile)


def reverse_many():
    for author in Author.objects.all():
        list(author.books.all())


def reverse_many_fixed():
    for author in Author.objects.prefetch_related("books"):
        list(author.books.all())


def reverse_many_count():
    for author in Author.objects.all():
        author.books.count()


def reverse_many_count_fixed():
    for author in Author.objects.annotate(books_count=models.Count("books", distinct=True)):
        str(author.books_count)


def reverse_many_filtered():
    for author in Author.objects.all():
        author.books.filter(title="x").first()


def many_to_many():
    for book in Book.objects.all():
        list(book.tags.all())


def many_to_many_fixed():
    for book in Book.objects.prefetch_related("tags"):
        list(book.tags.all())


def many_to_many_count():
    for book in Book.objects.all():
        book.tags.count()


def many_to_many_reverse():
    for tag in list(Tag.objects.all()) * 4:
        list(tag.books.all())


def generic():
    for note in Note.objects.all():
        str(note.subject)


def generic_fixed():
    for note in Note.objects.prefetch_related("subject"):
        str(note.subject)


def generic_many():
    for book in Book.objects.all():
        list(book.notes.all())


def deferred():
    for author in Author.objects.defer("bio"):
        str(author.bio)


def only():
    for author in Author.objects.only("name"):
        str(author.email)


def get_in_loop():
    for pk in range(1, ROWS + 1):
        Author.objects.filter(name="x").filter(pk=pk).first()


def get_by_pk():
    for pk in list(Author.objects.values_list("pk", flat=True)):
        Author.objects.get(pk=pk)


def get_by_email():
    for email in list(Author.objects.values_list("email", flat=True)):
        Author.objects.get(email=email)


def filter_in_loop():
    for author in Author.objects.all():
        list(Book.objects.filter(author=author))


def exists_in_loop():
    for title in [f"book {number}" for number in range(ROWS)]:
        Book.objects.filter(title=title).exists()


def refresh():
    for author in Author.objects.all():
        author.refresh_from_db()


def raw_sql():
    for number in range(ROWS):
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM library_author WHERE id = %s", [number])


def raw_sql_inlined():
    for number in range(ROWS):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT name FROM library_author WHERE id = {number}")


def raw_queryset():
    for number in range(ROWS):
        list(Author.objects.raw("SELECT * FROM library_author WHERE id = %s", [number]))


PROBLEMS = [
    (forward, "library.Book.author", 'select_related("author")'),
    (reverse_one, "library.Author.profile", 'select_related("profile")'),
    (reverse_many, "library.Author.books", 'prefetch_related("books")'),
    (
        reverse_many_count,
        "library.Author.books",
        'annotate(books_count=Count("books", distinct=True))',
    ),
    (
        reverse_many_filtered,
        "library.Author.books",
        'prefetch_related(Prefetch("books", queryset=Book.objects.filter(title=…), to_attr="wanted_books"))',
    ),
    (many_to_many, "library.Book.tags", 'prefetch_related("tags")'),
    (many_to_many_count, "library.Book.tags", 'annotate(tags_count=Count("tags", distinct=True))'),
    (many_to_many_reverse, "library.Tag.books", 'prefetch_related("books")'),
    (generic, "library.Note.subject", 'prefetch_related("subject")'),
    (generic_many, "library.Book.notes", 'prefetch_related("notes")'),
    (deferred, "library.Author.bio", 'load "bio" with the rows: take it out of defer(), or put it into only()'),
    (only, "library.Author.email", 'load "email" with the rows: take it out of defer(), or put it into only()'),
    (get_in_loop, "library.Author.objects.first()", "Author.objects.filter(name__in=names) before the loop"),
    (get_by_pk, "library.Author.objects.get()", "Author.objects.in_bulk(ids) before the loop"),
    (
        get_by_email,
        "library.Author.objects.get()",
        'Author.objects.in_bulk(emails, field_name="email") before the loop',
    ),
    (
        filter_in_loop,
        "library.Book.objects.filter()",
        "Book.objects.filter(author__in=authors) before the loop, grouped by author in a dict",
    ),
    (exists_in_loop, "library.Book.objects.exists()", "set(Book.objects.filter(title__in=titles)"),
    (refresh, "library.Author.refresh_from_db()", "load the rows again with one query"),
    (raw_sql, "SELECT library_author", "one statement with WHERE … IN (…) before the loop"),
    (raw_sql_inlined, "SELECT library_author", "one statement with WHERE … IN (…) before the loop"),
    (raw_queryset, "library.Author.objects.raw()", "before the loop"),
]


@pytest.mark.parametrize(
    ("code", "label", "suggestion"), PROBLEMS, ids=lambda value: getattr(value, "__name__", "")
)
def test_a_loop_over_rows_is_found_with_its_label_line_and_fix(code, label, suggestion):
    stock(ROWS)
    with watch(thresholds={"n_plus_one": 2}) as report:
        code()
    (finding,) = report.findings
    assert (finding.kind, finding.label) == ("n_plus_one", label)
    assert suggestion in finding.suggestion
    assert finding.count == ROWS
    assert finding.culprit.path == "tests/test_detection.py"
    assert finding.culprit.function == code.__name__
    assert "for " not in finding.culprit.source


@pytest.mark.parametrize(
    "code",
    [
        forward_fixed,
        reverse_one_fixed,
        reverse_many_fixed,
        reverse_many_count_fixed,
        many_to_many_fixed,
        generic_fixed,
    ],
)
def test_the_fixed_twin_is_silent(code):
    stock(ROWS)
    with watch(thresholds={"n_plus_one": 2, "duplicate_query": 2}) as report:
        code()
    assert report.findings == ()


# -- writes


def save():
    for book in Book.objects.all():
        book.title += "!"
        book.save()


def create():
    for number in range(20):
        Publisher.objects.create(name=str(number))


def delete():
    for review in Review.objects.all():
        review.delete()


def add():
    tag = Tag.objects.create(name="new")
    for book in Book.objects.all():
        book.tags.add(tag)


def update():
    for pk in range(20):
        Book.objects.filter(pk=pk).update(title="x")


@pytest.mark.parametrize(
    ("code", "label", "suggestion"),
    [
        (save, "library.Book.save()", "bulk_update(objects, fields)"),
        (create, "library.Publisher.objects.create()", "Publisher.objects.bulk_create(objects)"),
        (delete, "library.Review.delete()", "Review.objects.filter(pk__in=pks).delete()"),
        (add, "library.Book.tags.add()", "tags.add(*objects)"),
        (update, "library.Book.objects.update()", "bulk_update"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_write_for_each_row_is_found(code, label, suggestion):
    stock(20)
    with watch() as report:
        code()
    writes = [finding for finding in report.findings if finding.kind == "write_in_loop"]
    assert [finding.label for finding in writes] == [label]
    assert suggestion in writes[0].suggestion


def test_bulk_writes_in_batches_are_fine():
    stock(20)
    with watch(thresholds={"write_in_loop": 2, "n_plus_one": 2, "duplicate_query": 2}) as report:
        Publisher.objects.bulk_create([Publisher(name="x") for _ in range(50)], batch_size=5)
        books = list(Book.objects.all())
        Book.objects.bulk_update(books, ["title"], batch_size=3)
        Review.objects.all().delete()
    assert report.findings == ()


# -- what only looks like it


def test_the_same_relation_on_different_lines_is_not_a_loop():
    stock(3)
    first, second, third = Book.objects.all()
    with watch(thresholds={"n_plus_one": 2}) as report:
        str(first.author)
        str(second.author)
        str(third.author)
    assert report.findings == ()


def test_one_helper_called_from_two_places_is_not_a_loop():
    stock(2)
    first, second = Book.objects.all()

    def helper(book):
        return book.author.name

    with watch(thresholds={"n_plus_one": 2}) as report:
        helper(first)
        helper(second)
    assert report.findings == ()


def test_two_functions_of_the_same_shape_of_code_are_not_one_place():
    """Equal bytecode at equal offsets, in one file: only the identity of the code tells them apart."""
    stock(2)
    first, second = Book.objects.all()

    def one(book):
        return book.author

    def two(book):
        return book.author

    with watch(thresholds={"n_plus_one": 2}) as report:
        for function, book in ((one, first), (two, second)):
            function(book)
    assert report.findings == ()


def test_a_pair_of_lookups_on_one_line_is_not_a_loop_over_rows():
    stock(2)
    with watch(thresholds={"n_plus_one": 2}) as report:
        low, high = (Author.objects.get(email=email) for email in ("0@example.org", "1@example.org"))
    assert report.findings == ()
    assert (low.name, high.name) == ("author 0", "author 1")


def test_a_chunked_load_is_not_a_loop_over_rows():
    stock(20)
    pks = list(Book.objects.values_list("pk", flat=True))
    with watch(thresholds={"n_plus_one": 2, "duplicate_query": 2}) as report:
        for start in range(0, 20, 4):
            list(Book.objects.filter(pk__in=pks[start : start + 4]))
    assert report.findings == ()


def test_a_constant_list_beside_a_changing_filter_is_a_loop_over_rows():
    stock(ROWS)
    with watch() as report:
        for author in Author.objects.all():
            list(Review.objects.filter(stars__in=[3, 4, 5], book__author=author))
    assert [finding.label for finding in report.findings] == ["library.Review.objects.filter()"]


def test_an_iterator_that_prefetches_chunk_by_chunk_is_fine():
    stock(20)
    with watch(thresholds={"n_plus_one": 2, "duplicate_query": 2}) as report:
        for book in Book.objects.prefetch_related("tags", "author").iterator(chunk_size=4):
            list(book.tags.all())
    assert report.findings == ()


def test_savepoints_are_never_findings():
    with watch(thresholds={"duplicate_query": 2, "n_plus_one": 2, "write_in_loop": 2}) as report:
        for _ in range(20):
            with transaction.atomic():
                pass
    assert report.findings == ()
    assert report.statements >= 20


def test_content_types_are_never_findings():
    with watch(thresholds={"duplicate_query": 2, "n_plus_one": 2}) as report:
        for model in (Author, Book, Note, Publisher, Review, Tag):
            ContentType.objects.clear_cache()
            ContentType.objects.get_for_model(model)
    assert report.statements == 6
    assert report.findings == ()


def test_migrations_are_never_findings():
    from django.db.migrations.recorder import MigrationRecorder

    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    with watch(thresholds={"duplicate_query": 2, "n_plus_one": 2, "write_in_loop": 2}) as report:
        for number in range(20):
            recorder.record_applied("library", str(number))
    assert report.findings == ()


def test_below_the_threshold_nothing_is_said():
    stock(4)
    with watch() as report:
        forward()
    assert report.findings == ()


# -- evidence


def test_twenty_books_of_one_author_are_an_n_plus_one_with_one_parameter():
    stock(1)
    author = Author.objects.get()
    Book.objects.bulk_create([Book(title=str(number), author=author) for number in range(ROWS - 1)])
    with watch() as report:
        forward()
    (finding,) = report.findings
    assert (finding.kind, finding.count, finding.distinct_parameters) == ("n_plus_one", ROWS, 1)


def test_the_same_question_about_one_row_is_a_duplicate():
    stock(1)
    pk = Book.objects.get().pk
    with watch() as report:
        for _ in range(ROWS):
            str(Book.objects.get(pk=pk).author)
    (finding,) = report.findings
    assert (finding.kind, finding.severity, finding.distinct_parameters) == ("duplicate_query", "info", 1)
    assert (finding.label, finding.through) == ("library.Book.objects.get()", ("library.Book.author",))


def test_a_comment_that_differs_each_time_does_not_make_a_question_new():
    with watch() as report:
        for number in range(ROWS):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT COUNT(*) FROM library_book /*traceparent='00-{number}'*/")
    assert [(finding.kind, finding.count) for finding in report.findings] == [("duplicate_query", ROWS)]


def test_a_chain_of_relations_is_suggested_as_a_whole_path():
    stock(ROWS)
    with watch() as report:
        for review in Review.objects.filter(stars=3):
            str(review.book.author.profile)
    (finding,) = report.findings
    assert (finding.label, finding.through) == (
        "library.Review.book",
        ("library.Book.author", "library.Author.profile"),
    )
    assert 'select_related("book__author__profile")' in finding.suggestion
    assert finding.count == 3 * ROWS


def test_a_tree_walked_by_recursion_is_one_loop():
    stock(1)

    def walk(depth):
        list(Author.objects.filter(name=str(depth)))
        if depth:
            walk(depth - 1)

    with watch() as report:
        walk(ROWS - 1)
    # The first call is not below another one, so its path is one frame shorter.
    assert [finding.count for finding in report.findings] == [ROWS - 1]


def test_two_loops_of_one_shape_on_two_lines_are_two_findings():
    stock(40)
    with watch() as report:
        for book in Book.objects.all():
            str(book.author)

        def second():
            for book in Book.objects.all():
                str(book.author)

        second()
    assert [finding.count for finding in report.findings] == [40, 40]


@pytest.mark.parametrize("rows", [40, 100])
def test_a_light_scope_counts_exactly_two_loops_in_a_row(reports, rows):
    """The middleware looks at the stack now and then, and where a loop ends may be off by a few."""
    from django.http import HttpResponse
    from django.test import RequestFactory

    from nplusone_guard.middleware import NPlusOneMiddleware

    stock(rows)

    def view(request):
        for book in Book.objects.all():
            str(book.author)
        for book in Book.objects.all():
            str(book.author)
        return HttpResponse()

    NPlusOneMiddleware(view)(RequestFactory().get("/"))
    (finding,) = reports[0].findings
    assert finding.count == 2 * rows  # one function and relation, one fix: one finding


# -- identity


def test_the_id_does_not_depend_on_the_line():
    stock(ROWS)
    ids = set()
    for gap in ("", "\n\n\n"):
        code = f"def loop(books):{gap}\n    for book in books:\n        str(book.author)\n"
        namespace: dict = {}
        exec(compile(code, __file__, "exec"), namespace)
        with watch() as report:
            namespace["loop"](Book.objects.all())
        (finding,) = report.findings
        ids.add((finding.id, finding.culprit.line))
    assert len(ids) == 2
    assert len({one for one, _ in ids}) == 1


def test_another_relation_or_function_has_another_id():
    stock(ROWS)
    with watch() as report:
        forward()
        for book in Book.objects.all():
            str(book.publisher)
        for book in Book.objects.all():
            str(book.author)
    assert len({finding.id for finding in report.findings}) == 3


def test_a_sum_beside_a_count_of_another_relation_is_warned_of():
    stock(ROWS)
    with watch() as report:
        for book in Book.objects.all():
            book.tags.count()
            book.reviews.aggregate(models.Sum("stars"))
    assert len(report.findings) == 2
    for finding in report.findings:
        assert 'tags_count=Count("tags", distinct=True)' in finding.suggestion
        assert "Subquery of its own" in finding.suggestion


@pytest.mark.parametrize(
    ("annotate", "warned"),
    [
        (('a=Count("user__books")', 'b=Avg("user__books__stars")'), False),
        (('a=Count("user__books")', 'b=Avg("user__notes__stars")'), True),
        (('a=Count("books")', 'b=Max("notes__stars")'), False),
        (('a=Sum("books__stars")',), False),
    ],
)
def test_it_is_the_relation_that_counts_behind_a_joined_row_too(annotate, warned):
    fix = combined([Fix(annotate=(one,)) for one in annotate])
    assert ("Subquery" in str(fix)) is warned


def test_two_counts_go_into_one_annotate_and_keep_their_numbers():
    stock(ROWS)
    with watch() as report:
        plain = [(book.tags.count(), book.reviews.count()) for book in Book.objects.all()]
    (suggestion,) = {finding.suggestion for finding in report.findings}
    assert suggestion == (
        'annotate(tags_count=Count("tags", distinct=True), reviews_count=Count("reviews", distinct=True))'
    )
    counted = eval(f"Book.objects.{suggestion}", {"Book": Book, "Count": models.Count})
    assert [(book.tags_count, book.reviews_count) for book in counted] == plain


def test_rows_loaded_one_by_one_raise_nothing_in_place(settings):
    settings.NPLUSONE_GUARD = {"RAISE": True, "THRESHOLDS": {"n_plus_one": 2}}
    stock(4)
    pks = list(Book.objects.values_list("pk", flat=True))
    with watch():
        singly = [Book.objects.get(pk=pks[0]), Book.objects.order_by("pk").first(), Book.objects.all()[2]]
        names = [book.author.name for book in singly]
    assert len(names) == 3
