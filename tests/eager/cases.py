"""What loads ahead and is not read, and what looks so and is: small functions with a verdict each.

`@unused(*labels)` and `@fine` are the verdicts; every function runs against the rows of `tests.library.rows.stock`
and of `tests.corpus.store.rows.fill`.
"""

from __future__ import annotations

import copy
import pickle
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from threading import Thread

from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.core import serializers
from django.core.paginator import Paginator
from django.db import models
from django.db.models import Count, FilteredRelation, Prefetch, Q
from django.forms.models import model_to_dict
from django.template import Context, Template
from rest_framework import serializers as drf

from tests.conftest import run as run_async
from tests.corpus.store.models import Category, Customer, Item, Order, Product, Shipment, Warehouse
from tests.library.models import Author, Book, Note, Profile, Review, Tag


@dataclass(frozen=True)
class Case:
    """A function, and what of its eager loads nobody reads, by label; `fixes` is how each suggestion begins."""

    function: Callable[[], object]
    labels: tuple[str, ...]
    fixes: tuple[str, ...] = ()


CASES: dict[str, Case] = {}


def unused(**fixes):
    """Nobody reads these labels; `__` stands for a dot."""

    def register(function):
        labels = tuple(label.replace("__", ".") for label in fixes)
        CASES[function.__name__] = Case(function, labels, tuple(fixes.values()))
        return function

    return register


def fine(function):
    """All is read, or there is nothing to read."""
    CASES[function.__name__] = Case(function, ())
    return function


class BookSerializer(drf.ModelSerializer):
    """Shows the key of the author, which needs no author."""

    class Meta:
        model = Book
        fields = ["title", "author", "tags"]


class AuthorNameSerializer(drf.ModelSerializer):
    author_name = drf.CharField(source="author.name")

    class Meta:
        model = Book
        fields = ["title", "author_name"]


def render(source, **context):
    return Template(source).render(Context(context))


# -- unused: select_related


@unused(library__Book__author='remove "author" from select_related()')
def joined_and_only_the_title_is_read():
    return [book.title for book in Book.objects.select_related("author")]


@unused(library__Book__author='remove "author" from select_related()')
def joined_and_only_its_key_is_read():
    return [book.author_id for book in Book.objects.select_related("author")]


@unused(library__Book__publisher='remove "publisher" from select_related()')
def one_of_two_is_read():
    return [book.author.name for book in Book.objects.select_related("author", "publisher")]


@unused(library__Author__profile='"author" instead of "author__profile" in select_related()')
def only_the_nearer_one_is_read():
    return [book.author.name for book in Book.objects.select_related("author__profile")]


@unused(library__Author__profile='remove "author__profile" from select_related()')
def only_the_nearer_one_is_read_and_asked_for():
    return [book.author.name for book in Book.objects.select_related("author", "author__profile")]


@unused(store__Item__order='remove "order__customer__region" from select_related()')
def a_chain_of_which_nothing_is_read():
    return [item.quantity for item in Item.objects.select_related("order__customer__region")]


@unused(library__Author__profile='remove "profile" from select_related()')
def a_reverse_one_to_one():
    return [author.name for author in Author.objects.select_related("profile")]


@unused(library__Book__author='remove "author" from select_related()')
def one_row_by_get():
    return Book.objects.select_related("author").get(title="book 1").title


@unused(library__Book__author='remove "author" from select_related()')
def saved_which_looks_into_the_cache():
    book = Book.objects.select_related("author").first()
    book.title += "!"
    book.save()


@unused(library__Book__author='remove "author" from select_related()')
def a_serializer_that_shows_the_key():
    return BookSerializer(Book.objects.select_related("author").prefetch_related("tags"), many=True).data


@unused(store__Order__customer='remove "customer" from select_related()')
def asked_for_in_a_method_of_the_queryset():
    return [order.number for order in Order.objects.with_customer().order_by("number")]


@unused(library__Book__author='remove "author" from select_related()')
def an_assignment_is_no_read():
    author = Author.objects.first()
    for book in Book.objects.select_related("author"):
        book.author = author


@unused(store__Location__region='remove "region" from select_related()')
def a_relation_of_the_parent_model():
    return [warehouse.name for warehouse in Warehouse.objects.select_related("region")]


@unused(library__Book__author='remove "author" from select_related()')
def rows_that_come_one_after_the_other():
    return sum(len(book.title) for book in Book.objects.select_related("author").iterator())


# -- unused: prefetch_related


@unused(library__Book__tags='remove "tags" from prefetch_related()')
def prefetched_and_not_looked_at():
    return [book.title for book in Book.objects.prefetch_related("tags")]


@unused(library__Book__tags='remove "tags" from prefetch_related()')
def prefetched_and_filtered_again():
    return [list(book.tags.filter(name="tag 1")) for book in Book.objects.prefetch_related("tags")]


@unused(library__Author__books='remove "books" from prefetch_related()')
def prefetched_and_ordered_again():
    return [author.books.order_by("-title").first() for author in Author.objects.prefetch_related("books")]


@unused(library__Book__author='remove "author" from prefetch_related()')
def a_foreign_key_is_prefetched():
    return [book.title for book in Book.objects.prefetch_related("author")]


@unused(library__Book__tags='"books" instead of "books__tags" in prefetch_related()')
def only_the_nearer_level_is_read():
    return [
        [book.title for book in author.books.all()] for author in Author.objects.prefetch_related("books__tags")
    ]


@unused(library__Author__books='remove "books__tags" from prefetch_related()')
def no_level_is_read():
    return [author.name for author in Author.objects.prefetch_related("books__tags")]


@unused(library__Book__tags='remove Prefetch("tags", to_attr="wanted") from prefetch_related()')
def an_attribute_that_is_not_read():
    wanted = Prefetch("tags", queryset=Tag.objects.filter(name="tag 1"), to_attr="wanted")
    return [book.title for book in Book.objects.prefetch_related(wanted)]


@unused(library__Book__reviews='remove "reviews" from prefetch_related()')
def a_lookup_inside_of_a_prefetch():
    books = Prefetch("books", queryset=Book.objects.prefetch_related("reviews"))
    return [[book.title for book in author.books.all()] for author in Author.objects.prefetch_related(books)]


@unused(library__Book__publisher='remove "publisher" from select_related()')
def a_join_inside_of_a_prefetch():
    books = Prefetch("books", queryset=Book.objects.select_related("publisher"))
    return [[book.title for book in author.books.all()] for author in Author.objects.prefetch_related(books)]


@unused(library__Note__subject='remove "subject" from prefetch_related()')
def a_generic_foreign_key():
    return [note.text for note in Note.objects.prefetch_related("subject")]


@unused(library__Book__notes='remove "notes" from prefetch_related()')
def a_generic_relation():
    return [book.title for book in Book.objects.prefetch_related("notes")]


@unused(library__Book__tags='remove "tags" from prefetch_related_objects()')
def prefetched_for_rows_that_were_there():
    books = list(Book.objects.all())
    models.prefetch_related_objects(books, "tags")  # as it is while it is watched
    return [book.title for book in books]


@unused(
    library__Book__author='remove "author" from select_related()', library__Author__books='remove "author__books"'
)
def a_prefetch_behind_a_join():
    return [book.title for book in Book.objects.select_related("author").prefetch_related("author__books")]


@unused(store__Customer__orders='remove "customers__orders" from prefetch_related()')
def a_lookup_that_another_one_begins():
    from tests.corpus.store.models import Region

    regions = Region.objects.prefetch_related("customers", "customers__orders")
    return [[customer.name for customer in region.customers.all()] for region in regions]


@unused(library__Book__tags='remove "tags" from prefetch_related()')
def a_page_of_rows():
    return [book.title for book in Paginator(Book.objects.prefetch_related("tags"), 3).page(1)]


@unused(library__Book__tags='remove "tags" from prefetch_related()')
def the_rows_of_an_async_loop():
    async def titles():
        return [book.title async for book in Book.objects.prefetch_related("tags")]

    return run_async(titles())


@unused(library__Book__tags='remove "tags" from prefetch_related()')
def deeply_copied_without_the_rows():
    # Django copies a queryset without what it has loaded.
    return copy.deepcopy(list(Book.objects.prefetch_related("tags")))


# -- fine


@fine
def joined_and_read():
    return [book.author.name for book in Book.objects.select_related("author")]


@fine
def read_of_one_row_only():
    books = list(Book.objects.select_related("author"))
    return books[-1].author.name


@fine
def every_level_is_read():
    return [item.order.customer.region.name for item in Item.objects.select_related("order__customer__region")]


@fine
def read_by_a_template():
    return render(
        "{% for book in books %}{{ book.author.name }}{% endfor %}", books=Book.objects.select_related("author")
    )


@fine
def read_by_a_property():
    return [book.author_name for book in Book.objects.select_related("author")]


@fine
def read_by_a_serializer():
    return AuthorNameSerializer(Book.objects.select_related("author"), many=True).data


@fine
def read_by_str():
    return [str(review) for review in Review.objects.select_related("book")]


@fine
def no_row_has_the_relation():
    Book.objects.update(publisher=None)
    return [book.title for book in Book.objects.select_related("publisher")]


@fine
def there_are_no_rows():
    return list(Book.objects.filter(title="none").select_related("author").prefetch_related("tags"))


@fine
def an_empty_list_is_read():
    Review.objects.filter(book__title="book 1").delete()
    return [list(book.reviews.all()) for book in Book.objects.filter(title="book 1").prefetch_related("reviews")]


@fine
def nothing_was_prefetched():
    Review.objects.all().delete()
    return [book.title for book in Book.objects.prefetch_related("reviews")]


@fine
def counted():
    return [book.tags.count() for book in Book.objects.prefetch_related("tags")]


@fine
def asked_whether_there_are_any():
    return [book.tags.exists() for book in Book.objects.prefetch_related("tags")]


@fine
def measured():
    return [len(book.tags.all()) for book in Book.objects.prefetch_related("tags")]


@fine
def searched():
    tag = Tag.objects.first()
    return [tag in book.tags.all() for book in Book.objects.prefetch_related("tags")]


@fine
def sliced():
    return [book.tags.all()[:1] for book in Book.objects.prefetch_related("tags")]


@fine
def looped_over_by_a_template():
    source = "{% for book in books %}{% for tag in book.tags.all %}{{ tag.name }}{% endfor %}{% endfor %}"
    return render(source, books=Book.objects.prefetch_related("tags"))


@fine
def shown_by_a_serializer():
    return BookSerializer(Book.objects.prefetch_related("tags"), many=True).data


@fine
def an_attribute_that_is_read():
    wanted = Prefetch("tags", queryset=Tag.objects.filter(name="tag 1"), to_attr="wanted")
    return [len(book.wanted) for book in Book.objects.prefetch_related(wanted)]


@fine
def an_attribute_that_is_asked_for():
    one = Prefetch("author", to_attr="writer")
    return [getattr(book, "writer", None) for book in Book.objects.prefetch_related(one)]


@fine
def a_deeper_level_is_read_through_the_nearer_one():
    authors = Author.objects.prefetch_related("books__tags")
    return [tag.name for author in authors for book in author.books.all() for tag in book.tags.all()]


@fine
def a_prefetch_behind_a_join_is_read():
    books = Book.objects.select_related("author").prefetch_related("author__books")
    return [len(book.author.books.all()) for book in books]


@fine
def an_attribute_below_an_attribute():
    inner = Prefetch("tags", to_attr="all_tags")
    outer = Prefetch("books", queryset=Book.objects.prefetch_related(inner), to_attr="all_books")
    return [
        tag.name
        for author in Author.objects.prefetch_related(outer)
        for book in author.all_books
        for tag in book.all_tags
    ]


@fine
def one_queryset_for_two_readers():
    books = Book.objects.select_related("author", "publisher")
    return [book.author.name for book in books.all()], [book.publisher.name for book in books.all()]


@fine
def kept_in_a_cache():
    return pickle.loads(pickle.dumps(list(Book.objects.select_related("author").prefetch_related("tags"))))


@fine
def copied():
    return [copy.copy(book) for book in Book.objects.select_related("author")]


@fine
def deeply_copied():
    return copy.deepcopy(list(Book.objects.select_related("author")))


@fine
def read_in_another_thread():
    books = list(Book.objects.select_related("author"))
    thread = Thread(target=lambda: [book.author.name for book in books])
    thread.start()
    thread.join()


@fine
def all_relations_without_a_choice():
    with warnings.catch_warnings(action="ignore"):  # Django 6.1 would have a choice
        books = Book.objects.select_related()
    return [book.title for book in books]


@fine
def taken_back():
    return [
        book.title
        for book in Book.objects.select_related("author")
        .prefetch_related("tags")
        .select_related(None)
        .prefetch_related(None)
    ]


@fine
def no_instances_are_made():
    return list(Book.objects.select_related("author").prefetch_related("tags").values_list("title"))


@fine
def only_counted_by_the_database():
    return Book.objects.select_related("author").annotate(number=Count("tags")).count()


@fine
def a_filtered_relation():
    recent = Author.objects.annotate(own=FilteredRelation("profile", condition=Q(profile__website__contains="1")))
    return [author.name for author in recent.select_related("own")]


@fine
def written_by_djangos_serializer():
    return serializers.serialize("json", Book.objects.prefetch_related("tags"))


@fine
def put_into_a_dict_for_a_form():
    return [model_to_dict(book) for book in Book.objects.prefetch_related("tags")]


@fine
def a_generic_foreign_key_is_read():
    return [note.subject.title for note in Note.objects.prefetch_related("subject")]


@fine
def a_generic_prefetch_is_read():
    subjects = GenericPrefetch("subject", [Book.objects.select_related("author")])
    return [note.subject.author.name for note in Note.objects.prefetch_related(subjects)]


@fine
def a_tree_walked_up():
    return [node.parent.name for node in Category.objects.select_related("parent") if node.parent is not None]


@fine
def missing_rows_are_read():
    Profile.objects.all().delete()
    return [hasattr(author, "profile") for author in Author.objects.select_related("profile")]


@fine
def a_relation_of_the_parent_model_is_read():
    return [shipment.warehouse.region.name for shipment in Shipment.objects.select_related("warehouse__region")]


@fine
def in_bulk_and_read():
    return [order.customer.name for order in Order.objects.select_related("customer").in_bulk().values()]


@fine
def read_through_the_other_side():
    return [
        product.suppliers.all()[0].name
        for product in Product.objects.prefetch_related("suppliers")
        if product.suppliers.all()
    ]


@fine
def a_self_reference_is_read():
    return [
        customer.referrer and customer.referrer.name for customer in Customer.objects.select_related("referrer")
    ]


@fine
def rows_of_an_async_loop_are_read():
    async def names():
        return [book.author.name async for book in Book.objects.select_related("author")]

    return run_async(names())


@fine
def prefetched_in_chunks_by_another_thread():
    # Whose lookups they are cannot be told there.
    async def titles():
        return [book.title async for book in Book.objects.prefetch_related("tags").aiterator(chunk_size=2)]

    return run_async(titles())
