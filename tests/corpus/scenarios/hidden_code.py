"""The query is where nobody looks: in properties, `__str__`, signals, generators, and code that runs elsewhere."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial, reduce

from django.core import serializers
from django.db import models
from django.db.models.signals import post_save, pre_save

from ..scenario import clean, fixed, problem
from ..store.models import AuditEntry, Customer, Item, Order, Product

JOINED = 'select_related("customer")'


@problem("store.Order.customer", JOINED, why="a property of the row reads the relation")
def property_of_the_row():
    return [order.customer_email for order in Order.objects.all()]  # origin


@problem("store.Order.customer", JOINED, why="__str__ reads the relation; str() is called by format()")
def str_of_the_row():
    lines = []
    for order in Order.objects.all():  # origin
        lines.append(f"* {order}")
    return "\n".join(lines)


@problem("store.Order.customer", JOINED, why="__str__ is called by print(), map() and join() alike")
def str_by_map():
    return ", ".join(map(str, Order.objects.order_by("-pk")))  # origin


@fixed(property_of_the_row, str_of_the_row, str_by_map)
def property_of_joined_rows():
    orders = Order.objects.select_related("customer")
    return [(order.customer_email, str(order)) for order in orders]


@problem(
    "store.Order.customer",
    'select_related("customer__region")',
    why="a property reads two levels",
    through=("store.Customer.region",),
)
def property_of_two_levels():
    return Counter(order.region_name for order in Order.objects.all())  # origin


@fixed(property_of_two_levels)
def property_of_two_levels_joined():
    return Counter(order.region_name for order in Order.objects.select_related("customer__region"))


@problem("store.Order.items", 'Count("items"', why="a property counts")
def property_that_counts():
    return sorted(Order.objects.all(), key=lambda order: order.number_of_items)  # origin


@fixed(property_that_counts)
def property_of_prefetched_rows():
    return sorted(Order.objects.prefetch_related("items"), key=lambda order: order.number_of_items)


@problem("store.Order.items", "Prefetch( | Subquery(", why="a method of the row sorts and takes the first")
def method_of_the_row():
    return [order.first_item() for order in Order.objects.iterator()]  # origin


@fixed(method_of_the_row)
def method_replaced_by_a_prefetch():
    orders = Order.objects.prefetch_related("items")
    return [min(order.items.all(), key=lambda item: item.pk) for order in orders]


@problem("store.Order.customer", JOINED, why="__eq__ and __hash__ of an object of one's own read the relation")
def comparison_reads_the_relation():
    class Line:
        def __init__(self, order):
            self.order = order

        def __lt__(self, other):
            return self.order.customer.name < other.order.customer.name  # culprit

    return sorted(Line(order) for order in Order.objects.all())  # origin


@fixed(comparison_reads_the_relation)
def comparison_of_joined_rows():
    orders = Order.objects.select_related("customer")
    return sorted(orders, key=lambda order: order.customer.name)


@problem("store.Customer.profile", 'select_related("profile")', why="cached_property caches for one object each")
def cached_property_of_a_wrapper():
    class Card:
        def __init__(self, customer):
            self.customer = customer

        @cached_property
        def phone(self):
            return self.customer.profile.phone  # culprit

    cards = [Card(customer) for customer in Customer.objects.all()]  # origin
    return [(card.phone, card.phone) for card in cards]


@fixed(cached_property_of_a_wrapper)
def cached_property_of_joined_rows():
    return [customer.profile.phone for customer in Customer.objects.select_related("profile")]


@problem("store.Item.product", 'select_related("product")', why="reduce() with a partial function")
def in_reduce():
    def add(field, total, item):
        return total + getattr(item.product, field)  # culprit

    return reduce(partial(add, "price"), Item.objects.all(), 0)  # origin


@problem("store.Item.product", 'select_related("product")', why="a match statement on the relation's fields")
def in_match():
    found = defaultdict(list)
    for item in Item.objects.all():  # origin
        match item.product:  # culprit
            case Product(price=1):
                found["cheap"].append(item)
            case _:
                found["other"].append(item)
    return found


@problem("store.Item.product", 'select_related("product")', why="rows become dataclasses, then JSON")
def in_dataclasses():
    @dataclass
    class Line:
        sku: str
        quantity: int

        @classmethod
        def of(cls, item):
            return cls(sku=item.product.sku, quantity=item.quantity)  # culprit

    return json.dumps([vars(Line.of(item)) for item in Item.objects.all()])  # origin


@problem("store.Item.product", 'select_related("product")', why="a generator that a generator draws on")
def in_nested_generators():
    def rows():
        yield from Item.objects.iterator(chunk_size=5)  # origin

    def skus():
        for item in rows():
            yield item.product.sku  # culprit

    return max(skus())


@problem("store.Item.product", 'select_related("product")', why="the loop is in a decorator's wrapper")
def in_a_decorated_function():
    def for_each(function):
        def wrapper(rows):
            return [function(row) for row in rows]

        return wrapper

    @for_each
    def sku(item):
        return item.product.sku  # culprit

    return sku(Item.objects.all())  # origin


@problem("store.Item.product", 'select_related("product")', why="a try in a with in a while")
def in_nested_blocks():
    @contextmanager
    def counted():
        yield []

    rows = iter(Item.objects.all())  # origin
    with counted() as skus:
        while True:
            try:
                item = next(rows)  # origin
            except StopIteration:
                break
            else:
                skus.append(item.product.sku)  # culprit
    return skus


@fixed(in_reduce, in_match, in_dataclasses, in_nested_generators, in_a_decorated_function, in_nested_blocks)
def styles_of_joined_rows():
    def rows():
        yield from Item.objects.select_related("product").iterator(chunk_size=5)

    return json.dumps(sorted({item.product.sku: item.product.price for item in rows()}))


@problem("store.Order.items", 'prefetch_related("items")', why="iterator() without a prefetch, and a manager")
def iterator_and_manager():
    for order in Order.objects.iterator(chunk_size=100):  # origin
        lines = [item.pk for item in order.items.all()]  # culprit
        assert lines


@fixed(iterator_and_manager)
def iterator_and_prefetch():
    for order in Order.objects.prefetch_related("items").iterator(chunk_size=100):
        assert [item.pk for item in order.items.all()]


@problem(
    "store.Order.customer", JOINED, why="Django's serializers ask for the natural key of what a row points to"
)
def natural_keys():
    orders = Order.objects.all()  # origin
    options = {"use_natural_foreign_keys": True, "fields": ["customer"]}
    return serializers.serialize("json", orders, **options)  # origin culprit


@fixed(natural_keys)
def natural_keys_joined():
    orders = Order.objects.select_related("customer")
    return serializers.serialize("json", orders, use_natural_foreign_keys=True, fields=["customer"])


# -- signals ---------------------------------------------------------------------------------------------------


@contextmanager
def received(signal, receiver):
    """`receiver` hears of orders, for a while."""
    signal.connect(receiver, sender=Order)
    try:
        yield
    finally:
        signal.disconnect(receiver, sender=Order)


@problem(
    "store.AuditEntry.objects.create()",
    "bulk_create",
    kind="write_in_loop",
    why="a receiver of post_save writes an audit entry for each order that is saved",
    also=("store.Order.save()",),
)
def signal_that_writes():
    def audit(instance, **kwargs):
        AuditEntry.objects.create(order=instance, text="saved")  # culprit

    with received(post_save, audit):
        for order in Order.objects.all():  # origin
            order.save()


@problem(
    "store.Order.customer",
    JOINED,
    why="a receiver of pre_save reads a relation of each order that is saved",
    also=("store.Order.save()",),
)
def signal_that_reads():
    def check(instance, **kwargs):
        assert instance.customer.email  # culprit

    with received(pre_save, check):
        for order in Order.objects.all():  # origin
            order.save()


@fixed(signal_that_writes, signal_that_reads)
def signal_done_in_bulk():
    orders = list(Order.objects.select_related("customer"))
    assert all(order.customer.email for order in orders)
    Order.objects.bulk_update(orders, ["status"])
    AuditEntry.objects.bulk_create([AuditEntry(order=order, text="saved") for order in orders])


# -- the second database ---------------------------------------------------------------------------------------


@problem("store.Order.customer", JOINED, why="the rows and what they point to are on the second database")
def second_database():
    return [order.customer.name for order in Order.objects.using("other")]  # origin culprit


@fixed(second_database)
def second_database_joined():
    return [order.customer.name for order in Order.objects.using("other").select_related("customer")]


@problem("store.Customer.objects.get()", "__in=", why="rows of one database, look-ups on the other")
def across_databases():
    names = []
    for order in Order.objects.all():  # origin
        customer = Customer.objects.using("other").get(name=f"customer {order.total}")  # culprit
        names.append(customer.name)
    return names


@fixed(across_databases)
def across_databases_in_two_queries():
    names = [f"customer {order.total}" for order in Order.objects.all()]
    return list(Customer.objects.using("other").filter(name__in=names))


# -- duplicates ------------------------------------------------------------------------------------------------


@problem(
    ("store.Customer.objects.first()",),
    "variable | cache",
    kind="duplicate_query",
    why="the same question for each row: once before the loop is enough",
)
def same_question_for_each_row():
    lines = []
    for order in Order.objects.all():
        default = Customer.objects.filter(name="customer 0").first()  # culprit
        lines.append((order.number, default.name))
    return lines


@fixed(same_question_for_each_row)
def question_before_the_loop():
    default = Customer.objects.filter(name="customer 0").first()
    return [(order.number, default.name) for order in Order.objects.all()]


@problem(
    "store.Order.objects.count()",
    "variable | cache",
    kind="duplicate_query",
    why="a total that does not change is counted for each row",
)
def total_for_each_row():
    orders = Order.objects.all()
    return [f"{index} of {Order.objects.count()}" for index, _ in enumerate(orders, 1)]  # culprit


@fixed(total_for_each_row)
def total_before_the_loop():
    orders = list(Order.objects.all())
    return [f"{index} of {len(orders)}" for index, _ in enumerate(orders, 1)]


@problem(
    ("store.Order.items",),
    "variable | cache",
    kind="duplicate_query",
    why="one row's manager is asked for the same rows again and again",
)
def same_manager_for_each_row(store):
    order = Order.objects.get(pk=store.orders[0])
    return [pk in {item.product_id for item in order.items.all()} for pk in store.products]  # culprit


@fixed(same_manager_for_each_row)
def manager_before_the_loop(store):
    order = Order.objects.get(pk=store.orders[0])
    sold = {item.product_id for item in order.items.all()}
    return [pk in sold for pk in store.products]


@problem(
    "store.Order.objects.get()",
    "ignore",
    kind="duplicate_query",
    why="polling cannot be told from a mistake: it is reported, with the way to say that it is meant",
)
def polling(store):
    for _ in range(store.size):
        order = Order.objects.get(pk=store.orders[0])  # culprit
        if order.status == "paid":
            break


@fixed(polling, why="the ignore that the finding of polling names")
def polling_once(store):
    return Order.objects.get(pk=store.orders[0]).status


@clean(why="a queryset that is kept evaluates once, however often it is looped over")
def one_queryset_looped_often():
    orders = Order.objects.all()
    return [[order.pk for order in orders] for _ in range(8)], [models.Q(pk=order.pk) for order in orders]
