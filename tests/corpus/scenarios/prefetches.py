"""Prefetches and joins that are there and do not help."""

from __future__ import annotations

import django
from django.db.models import Prefetch

from ..scenario import clean, fixed, problem
from ..store.models import Item, Note, Order, Product

AGAIN = "the manager is asked for other rows than those that were prefetched, so it asks the database"


@problem("store.Order.items", ('Prefetch("items"', "queryset="), why=f"filter(): {AGAIN}")
def prefetch_then_filter():
    chosen = []
    for order in Order.objects.prefetch_related("items"):  # origin
        chosen.extend(order.items.filter(quantity=1))  # culprit
    return chosen


@problem("store.Order.items", ('Prefetch("items"', "queryset="), why=f"exclude(): {AGAIN}")
def prefetch_then_exclude():
    orders = Order.objects.prefetch_related("items")  # origin
    return [len(order.items.exclude(quantity=0)) for order in orders]  # culprit


@problem("store.Order.items", ('Prefetch("items"', "queryset="), why=f"order_by(): {AGAIN}")
def prefetch_then_order_by():
    for order in Order.objects.prefetch_related("items"):  # origin
        lines = order.items.order_by("-quantity")
        print_lines(lines)


def print_lines(lines):
    return [str(line.quantity) for line in lines]  # culprit prefetch_then_order_by


@problem("store.Product.offer_set", ".all() | Prefetch(", why=f"first() orders rows that have no order: {AGAIN}")
def prefetch_then_first():
    products = Product.objects.prefetch_related("offer_set")  # origin
    return [product.offer_set.first() for product in products]  # culprit


@clean(why="first() of prefetched rows that are ordered takes the first of them")
def prefetch_then_first_of_ordered():
    orders = Order.objects.prefetch_related("items")
    return [(order.items.first(), order.items.all()[0]) for order in orders]


@problem("store.Order.items", "order.items.all() | .all() | Prefetch(", why=f"values_list(): {AGAIN}")
def prefetch_then_values_list():
    orders = Order.objects.prefetch_related("items")  # origin
    return {order.number: set(order.items.values_list("product_id", flat=True)) for order in orders}  # culprit


@problem("store.Order.tags", "Exists( | .all() | Prefetch(", why=f"filter().exists(): {AGAIN}")
def prefetch_then_filter_exists():
    orders = Order.objects.prefetch_related("tags")  # origin
    return list(filter(lambda order: order.tags.filter(name="tag 3").exists(), orders))  # culprit


@problem("store.Order.items", 'select_related("product | Prefetch("items"', why=f"select_related(): {AGAIN}")
def prefetch_then_join():
    for order in Order.objects.prefetch_related("items"):  # origin
        for item in order.items.select_related("product"):  # culprit
            str(item.product.name)


@fixed(
    prefetch_then_filter,
    prefetch_then_exclude,
    prefetch_then_order_by,
    prefetch_then_first,
    prefetch_then_values_list,
    prefetch_then_filter_exists,
    prefetch_then_join,
)
def prefetch_then_python():
    rows = []
    for order in Order.objects.prefetch_related("items__product", "tags"):
        items = sorted((item for item in order.items.all() if item.quantity == 1), key=lambda item: -item.pk)
        rows.append((items[0].product.name, {item.product_id for item in items}))
        rows.append(any(tag.name == "tag 3" for tag in order.tags.all()))
    return rows


@clean(why="count(), exists() and len() of what was prefetched ask nothing")
def prefetch_then_count():
    orders = Order.objects.prefetch_related("items", "tags")
    return [
        (order.items.count(), order.tags.exists(), len(order.items.all()), order.items.all()[:1])
        for order in orders
    ]


@clean(why="with to_attr the filtered rows are a list, and first() on a plain all() of another name is not asked")
def prefetch_to_attr():
    single = Prefetch("items", Item.objects.filter(quantity=1).select_related("product"), to_attr="single_items")
    return [[item.product.name for item in order.single_items] for order in Order.objects.prefetch_related(single)]


@problem(
    "store.Order.customer",
    'select_related("customer")',
    why="the join is of another relation than the one that is read",
)
def join_of_the_wrong_field():
    orders = Order.objects.select_related("coupon")  # origin
    return [(order.coupon.code, order.customer.name) for order in orders]  # culprit


@fixed(join_of_the_wrong_field)
def join_of_both_fields():
    orders = Order.objects.select_related("coupon", "customer")
    return [(order.coupon.code, order.customer.name) for order in orders]


@problem(
    "store.Customer.region",
    'select_related("customer__region") | customer__region',
    why="the join is one level short: the path goes on from the list",
)
def join_one_level_short():
    orders = Order.objects.select_related("customer")  # origin
    return [order.customer.region.name for order in orders]  # culprit


@fixed(join_one_level_short)
def join_of_two_levels():
    return [order.customer.region.name for order in Order.objects.select_related("customer__region")]


@problem(
    "store.Item.product",
    ("items", "product"),
    why="the prefetched rows have a relation of their own, which nobody loaded",
)
def prefetch_one_level_short():
    for order in Order.objects.prefetch_related("items"):  # origin
        for item in order.items.all():
            str(item.product.name)  # culprit


@fixed(prefetch_one_level_short)
def prefetch_of_two_levels():
    for order in Order.objects.prefetch_related("items__product"):
        for item in order.items.all():
            str(item.product.name)


@problem("store.Order.customer", 'select_related("customer")', why="the rows come from a union")
def rows_from_a_union():
    new = Order.objects.filter(status="new").order_by()  # origin
    orders = new.union(Order.objects.filter(status="paid").order_by())  # origin
    return [order.customer.name for order in orders]  # origin culprit


@fixed(rows_from_a_union)
def rows_from_a_union_joined():
    new = Order.objects.select_related("customer").filter(status__in=["new", "paid"])
    return [order.customer.name for order in new]


@problem(
    "store.Order.coupon",
    'select_related("coupon")',
    why="select_related() without a name leaves out what may be null",
    skip="deprecated" if django.VERSION >= (6, 1) else "",
)
def join_of_all_but_null():
    orders = Order.objects.select_related()  # origin
    return [(order.customer.name, order.coupon.code) for order in orders]  # culprit


@fixed(join_of_all_but_null)
def join_of_null_by_name():
    orders = Order.objects.select_related("customer", "coupon")
    return [(order.customer.name, order.coupon.code) for order in orders]


@problem(
    "store.Order.customer",
    ("only(", "customer"),
    why="only() left out the column of the key, so each row asks for the key and then for the customer",
    also=("store.Order.customer_id",),
)
def only_without_the_key():
    orders = Order.objects.only("number")  # origin
    return [order.customer.name for order in orders]  # culprit


@fixed(only_without_the_key)
def only_with_the_key():
    orders = Order.objects.select_related("customer").only("number", "customer__name")
    return [order.customer.name for order in orders]


@problem("store.Note.author", 'select_related("author") | author', why="a generic prefetch loads the subject only")
def generic_prefetch_and_another_key():
    notes = Note.objects.prefetch_related("subject")  # origin
    return [(note.subject.pk, note.author.name) for note in notes]  # culprit


@fixed(generic_prefetch_and_another_key)
def generic_prefetch_and_the_other_key():
    notes = Note.objects.prefetch_related("subject").select_related("author")
    return [(note.subject.pk, note.author.name) for note in notes]


@problem(
    "store.Order.objects.get()",
    'prefetch_related("items").in_bulk(',
    why="one row at a time, each from a queryset of its own: nothing is loaded for more than one",
    through=("store.Order.items",),
)
def fresh_queryset_each_round(store):
    found = []
    for pk in store.orders:
        order = Order.objects.get(pk=pk)  # culprit
        found.append(len(order.items.all()))
    return found


@fixed(fresh_queryset_each_round)
def one_queryset(store):
    orders = Order.objects.prefetch_related("items").in_bulk(store.orders)
    return [len(orders[pk].items.all()) for pk in store.orders]


@problem(
    "store.Product.category", 'select_related("category")', why="the rows come from raw(), which joins nothing"
)
def rows_from_raw():
    products = Product.objects.raw("SELECT * FROM store_product")  # origin
    return [product.category.name for product in products]  # culprit


@fixed(rows_from_raw)
def rows_from_raw_prefetched():
    products = Product.objects.raw("SELECT * FROM store_product").prefetch_related("category")
    return [product.category.name for product in products]
