"""Corners: relations of unusual sorts, loops in loops over small lists, and chunks of other kinds."""

from __future__ import annotations

import asyncio

from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import Count, aprefetch_related_objects

from ..scenario import clean, fixed, problem
from ..store.models import Customer, Item, Member, Note, Order, Product, Shipment, Tag


def chunks(values, size=4):
    values = list(values)
    return [values[start : start + size] for start in range(0, len(values), size)]


# -- relations -------------------------------------------------------------------------------------------------


@problem(
    ("store.Customer.profile", "store.Member.profile"),
    'select_related("profile")',
    why="a relation of a proxy model",
)
def proxy_one_to_one():
    members = Member.objects.all()  # origin
    return [member.profile.phone for member in members]  # origin culprit


@problem(
    ("store.Customer.orders", "store.Member.orders"),
    'prefetch_related("orders")',
    why="a manager of a proxy model",
)
def proxy_manager():
    numbers = []
    for member in Member.objects.all():  # origin
        numbers += [order.number for order in member.orders.all()]  # culprit
    return numbers


@fixed(proxy_one_to_one, proxy_manager)
def proxy_loaded():
    members = Member.objects.select_related("profile").prefetch_related("orders")
    return [(member.profile.phone, len(member.orders.all())) for member in members]


@problem(
    "store.Order.shipment", 'select_related("shipment")', why="what is not there is asked for again and again"
)
def one_to_one_that_is_missing():
    Shipment.objects.all().delete()
    orders = Order.objects.all()  # origin
    return [order.number for order in orders if not hasattr(order, "shipment")]  # origin culprit


@fixed(one_to_one_that_is_missing)
def one_to_one_that_is_missing_joined():
    Shipment.objects.all().delete()
    return [order.number for order in Order.objects.select_related("shipment") if not hasattr(order, "shipment")]


@problem(
    "store.Customer.email",
    "email",
    why="the joined row has only the fields that only() names",
)
def deferred_field_of_a_joined_row():
    orders = Order.objects.select_related("customer").only("number", "customer__name")  # origin
    return [(order.customer.name, order.customer.email) for order in orders]  # origin culprit


@fixed(deferred_field_of_a_joined_row)
def field_of_a_joined_row():
    orders = Order.objects.select_related("customer").only("number", "customer__name", "customer__email")
    return [(order.customer.name, order.customer.email) for order in orders]


@problem("store.Customer.name", "name", why="raw SQL that selects the key only: the rest is deferred")
def deferred_field_of_raw_rows():
    customers = Customer.objects.raw("SELECT id FROM store_customer")  # origin
    return [customer.name for customer in customers]  # origin culprit


@fixed(deferred_field_of_raw_rows)
def field_of_raw_rows():
    return [customer.name for customer in Customer.objects.raw("SELECT id, name FROM store_customer")]


@problem(
    "store.Note.subject",
    ("subject", "customer"),
    why="a chain that begins at a generic key",
    through=("store.Order.customer",),
)
def chain_behind_a_generic_key():
    kind = ContentType.objects.get_for_model(Order)
    notes = Note.objects.filter(content_type=kind)  # origin
    return [note.subject.customer.name for note in notes]  # origin culprit


@fixed(chain_behind_a_generic_key)
def chain_behind_a_generic_key_prefetched():
    kind = ContentType.objects.get_for_model(Order)
    subjects = GenericPrefetch("subject", [Order.objects.select_related("customer")])
    notes = Note.objects.filter(content_type=kind).prefetch_related(subjects)
    return [note.subject.customer.name for note in notes]


@problem(
    "store.Customer.orders",
    'Count("customer__orders" | customer__orders',
    why="a count behind a joined row: the path begins at the list",
)
def count_behind_a_joined_row():
    orders = Order.objects.select_related("customer")  # origin
    return [order.customer.orders.count() for order in orders]  # origin culprit


@fixed(count_behind_a_joined_row)
def count_behind_a_joined_row_annotated():
    return [order.how_many for order in Order.objects.annotate(how_many=Count("customer__orders"))]


@problem("store.Order.items", ".all() | Prefetch(", why="iterator() of a prefetched manager asks again")
def iterator_of_a_prefetched_manager():
    orders = Order.objects.prefetch_related("items")  # origin
    return [[item.pk for item in order.items.iterator()] for order in orders]  # origin culprit


@fixed(iterator_of_a_prefetched_manager)
def all_of_a_prefetched_manager():
    return [[item.pk for item in order.items.all()] for order in Order.objects.prefetch_related("items")]


@problem(
    ("store.Order.items", "aprefetch_related_objects()"),
    "prefetch_related",
    why="aprefetch_related_objects() of one row at a time",
)
async def async_prefetch_of_one():
    async for order in Order.objects.all():  # origin
        await aprefetch_related_objects([order], "items")  # culprit


@fixed(async_prefetch_of_one)
async def async_prefetch_of_all():
    orders = [order async for order in Order.objects.all()]
    await aprefetch_related_objects(orders, "items")


# -- loops in loops --------------------------------------------------------------------------------------------


@problem(
    "store.Item.product", 'select_related("product")', why="rows come in chunks, each with its own few queries"
)
def relation_in_each_chunk():
    skus = []
    for keys in chunks(Item.objects.values_list("pk", flat=True)):
        for item in Item.objects.filter(pk__in=keys):  # origin
            skus.append(item.product.sku)  # culprit
    return skus


@problem(
    "store.Item.product", 'select_related("product")', why="rows come page by page, each page with its queries"
)
def relation_on_each_page():
    items = Item.objects.order_by("pk")  # origin
    skus = []
    for page in Paginator(items, 4):
        for item in page.object_list:  # origin
            skus.append(item.product.sku)  # culprit
    return skus


@fixed(relation_in_each_chunk, relation_on_each_page, grows=True)
def relation_joined_in_each_chunk():
    items = Item.objects.select_related("product").order_by("pk")
    return [item.product.sku for page in Paginator(items, 4) for item in page.object_list]


@problem("store.Customer.objects.get()", "in_bulk", why="the loop ends early, after most of the rows")
def loop_with_a_break(store):
    for pk in store.customers:
        try:
            customer = Customer.objects.get(pk=pk)  # culprit
        finally:
            known = pk
        if customer.email == store.emails[-1]:
            break
    return known


@fixed(loop_with_a_break)
def loop_with_a_break_at_once(store):
    return Customer.objects.filter(pk__in=store.customers, email=store.emails[-1]).first()


# -- chunks of other kinds -------------------------------------------------------------------------------------


@clean(why="bulk_create() of each chunk", grows=True)
def bulk_create_of_each_chunk(store):
    for names in chunks(range(2 * store.size)):
        Tag.objects.bulk_create([Tag(name=f"new {name}") for name in names])


@clean(why="update() of each chunk of keys", grows=True)
def update_of_each_chunk():
    for keys in chunks(list(Item.objects.values_list("pk", flat=True))):
        Item.objects.filter(pk__in=keys).update(quantity=2)


@clean(why="delete() of each chunk of keys", grows=True)
def delete_of_each_chunk():
    for keys in chunks(list(Item.objects.values_list("pk", flat=True))):
        Item.objects.filter(pk__in=keys).delete()


@clean(why="executemany() of each chunk", grows=True)
def executemany_of_each_chunk(store):
    with connection.cursor() as cursor:
        for names in chunks(range(2 * store.size)):
            cursor.executemany("INSERT INTO store_tag (name) VALUES (%s)", [(f"raw {name}",) for name in names])


@clean(why="pages backwards, by the last key", grows=True)
def keyset_backwards():
    page = list(Item.objects.order_by("-pk")[:4])
    seen = list(page)
    while page:
        page = list(Item.objects.filter(pk__lt=page[-1].pk).order_by("-pk")[:4])
        seen += page
    return seen


@clean(why="windows over the keys, each of many rows", grows=True)
def windows_of_keys():
    keys = [item.pk for item in Item.objects.order_by("pk")]
    found = []
    for low in range(keys[0], keys[-1] + 1, 4):
        found += Item.objects.filter(pk__gte=low, pk__lt=low + 4)
    return found


@clean(why="pages of raw SQL, by the last key", grows=True)
def keyset_of_raw_sql():
    last, seen = 0, []
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT id, quantity FROM store_item WHERE id > %s ORDER BY id LIMIT 4", [last])
            rows = cursor.fetchall()
            if not rows:
                return seen
            seen += rows
            last = rows[-1][0]


@clean(why="chunks of keys, asked for at once", grows=True)
async def gather_of_chunks(store):
    async def load(keys):
        return [item async for item in Item.objects.filter(order__in=keys)]

    return await asyncio.gather(*(load(keys) for keys in chunks(store.orders, 2)))


@clean(why="two boxes of four rows each, with one helper")
def two_boxes_of_four():
    def name(order):
        return order.customer.name

    newest = [name(order) for order in Order.objects.order_by("-pk")[:4]]
    dearest = [name(order) for order in Order.objects.order_by("-total")[:4]]
    return newest, dearest


@clean(why="a search adds a condition for each word to one query")
def words_of_a_search():
    products = Product.objects.all()
    for word in "a big red one for the garden".split():
        products = products.exclude(name__icontains=word)
    return [product.sku for product in products]


@clean(why="five different questions about one row, from five lines")
def five_questions_about_one_row(store):
    customer = Customer.objects.get(pk=store.customers[0])
    return [
        customer.orders.count(),
        customer.orders.filter(status="new").count(),
        customer.orders.filter(status="paid").count(),
        customer.orders.filter(total__gt=3).count(),
        customer.orders.exclude(coupon=None).count(),
        customer.written_notes.count(),
    ]
