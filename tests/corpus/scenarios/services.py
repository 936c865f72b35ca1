"""What a growing project has: exports, reports, imports, clones, and little classes around rows."""

from __future__ import annotations

import csv
import io
import logging
import statistics
from collections import deque, namedtuple
from functools import singledispatchmethod
from itertools import takewhile
from operator import methodcaller

from django.core import serializers
from django.core.management import call_command
from django.db import transaction
from django.db.models import F, Prefetch
from django.forms.models import model_to_dict

from ..scenario import clean, fixed, problem
from ..store.models import AuditEntry, Category, Customer, Item, Order, Product, Profile, Region, Tag

JOINED = 'select_related("customer")'
WRITE = "write_in_loop"


@problem("store.Order.customer", JOINED, why="writerows() draws on a generator")
def export_by_writerows():
    out = csv.writer(io.StringIO())
    orders = Order.objects.filter(status="new")  # origin
    out.writerows([order.number, order.customer.name] for order in orders)  # origin culprit


@problem("store.Order.customer", JOINED, why="logging formats __str__ of each row")
def export_to_a_log():
    logger = logging.Logger("orders")  # noqa: LOG001
    logger.addHandler(logging.StreamHandler(io.StringIO()))
    for order in Order.objects.all():  # origin
        logger.warning("sent %s", order)


@problem("store.Order.customer", JOINED, why="repr() of a queryset shows __str__ of its rows")
def export_by_repr():
    return repr(Order.objects.all())  # origin


@problem("store.Order.customer", JOINED, why="min() calls its key for each row")
def report_minimum():
    return min(Order.objects.all(), key=lambda order: len(order.customer.name))  # origin culprit


@problem("store.Order.customer", JOINED, why="all() and takewhile() draw on rows until something fails")
def report_all_of_them():
    orders = Order.objects.all()  # origin
    return list(takewhile(lambda order: order.customer.email, orders))  # origin culprit


@problem("store.Order.customer", JOINED, why="a class around the rows is iterated")
def report_class():
    class Report:
        def __init__(self, orders):
            self.orders = orders

        def __iter__(self):
            for order in self.orders:
                yield self.line(order)

        @singledispatchmethod
        def line(self, order):
            return "?"

        @line.register
        def _(self, order: Order):
            return order.customer.name  # culprit

    return list(Report(Order.objects.all()))  # origin


@problem("store.Order.customer", JOINED, why="the rows become named tuples")
def report_of_named_tuples():
    Row = namedtuple("Row", "number customer")  # noqa: PYI024
    orders = Order.objects.all()  # origin
    return [Row(number=order.number, customer=order.customer.name) for order in orders]  # origin culprit


@fixed(
    export_by_writerows,
    export_to_a_log,
    export_by_repr,
    report_minimum,
    report_all_of_them,
    report_class,
    report_of_named_tuples,
)
def export_of_joined_rows():
    out = csv.writer(io.StringIO())
    orders = Order.objects.select_related("customer")
    out.writerows([order.number, order.customer.name, str(order)] for order in orders)
    return repr(orders), min(orders, key=lambda order: order.customer.name)


@problem("store.Order.items", "Prefetch( | Subquery(", why="methodcaller() runs a method of each row")
def report_by_methodcaller():
    return list(map(methodcaller("first_item"), Order.objects.all()))  # origin


@fixed(report_by_methodcaller)
def report_of_prefetched():
    orders = Order.objects.prefetch_related(Prefetch("items", Item.objects.order_by("pk"), to_attr="lines"))
    return [order.lines[0] for order in orders]


@problem("store.Item.product", 'select_related("product")', why="statistics over a generator over a relation")
def report_mean():
    prices = (item.product.price for item in Item.objects.all())  # origin culprit
    return statistics.fmean(prices)


@fixed(report_mean)
def report_mean_of_values():
    return statistics.fmean(Item.objects.values_list("product__price", flat=True))


@problem("store.Order.tags", 'prefetch_related("tags")', why="model_to_dict() reads the many-to-many of each row")
def export_by_model_to_dict():
    dumped = []
    for order in Order.objects.all():  # origin
        dumped.append(model_to_dict(order))  # culprit
    return dumped


@problem(
    "store.Order.tags", 'prefetch_related("tags")', why="Django's serializers read the many-to-many of each row"
)
def export_by_serializer():
    orders = Order.objects.all()  # origin
    return serializers.serialize("json", orders)  # origin culprit


@fixed(export_by_model_to_dict, export_by_serializer)
def export_of_prefetched():
    orders = Order.objects.prefetch_related("tags")
    return [model_to_dict(order, fields=["number"]) for order in orders], serializers.serialize("json", orders)


@problem(
    "store.Customer.objects.get()", "__in= | select_related | prefetch_related", why="get() by a reverse relation"
)
def get_across_a_relation():
    names = {}
    for order in Order.objects.all():  # origin
        names[order.number] = Customer.objects.get(orders=order).name  # culprit
    return names


@problem("store.Customer.objects.first()", "__in= | in_bulk", why="values() and first() for each key")
def first_of_values(store):
    return [Customer.objects.filter(pk=pk).values("name").first()["name"] for pk in store.customers]  # culprit


@problem("store.Customer.objects.filter()", "__in= | in_bulk", why="the first of a slice of values, for each key")
def index_of_values(store):
    def name(pk):
        return Customer.objects.filter(pk=pk).values_list("name", flat=True)[0]  # culprit

    return [name(pk) for pk in store.customers]


@problem("store.Customer.objects.get()", "in_bulk | __in=", why="a helper that answers None instead of raising")
def get_or_none_each(store):
    def get_or_none(model, **conditions):
        try:
            return model.objects.get(**conditions)  # culprit
        except model.DoesNotExist:
            return None

    return [get_or_none(Customer, pk=pk + 1_000_000) or get_or_none(Customer, pk=pk) for pk in store.customers]


@fixed(get_across_a_relation, first_of_values, index_of_values, get_or_none_each)
def names_in_one_query(store):
    return dict(Customer.objects.filter(pk__in=store.customers).values_list("pk", "name"))


@problem("store.Order_tags.objects.filter()", "__in=", why="the rows between, for each row")
def through_rows_of_each():
    through = Order.tags.through
    return [list(through.objects.filter(order=order)) for order in Order.objects.all()]  # origin culprit


@fixed(through_rows_of_each)
def through_rows_at_once():
    return list(Order.tags.through.objects.filter(order__in=Order.objects.all()))


@problem("store.Category.children", "children", why="a tree, breadth first, from a deque")
def tree_by_deque(store):
    waiting, names = deque([Category.objects.get(pk=store.chain[0])]), []  # origin
    while waiting:
        node = waiting.popleft()
        names.append(node.name)
        for child in node.children.order_by("name"):  # culprit
            waiting.append(child)
    return names


@problem("store.Category.children", "children", why="a tree, by a generator that calls itself")
def tree_by_generator(store):
    def walk(node, depth=0):
        yield depth, node.name
        for child in node.children.all():  # culprit
            yield from walk(child, depth + 1)

    return list(walk(Category.objects.get(pk=store.chain[0])))  # origin


@problem("store.Customer.referrer", "referrer", why="a chain of people, each found by the one before")
def chain_of_people(store):
    person, chain = Customer.objects.get(pk=store.customers[-1]), []  # origin
    while person:
        chain.append(person.name)
        person = person.referrer  # culprit
    return chain


@fixed(tree_by_deque, tree_by_generator, chain_of_people)
def trees_from_one_query(store):
    people = Customer.objects.in_bulk()
    person, chain = people[store.customers[-1]], []
    while person:
        chain.append(person.name)
        person = people.get(person.referrer_id)
    return chain, [(node.name, node.parent_id) for node in Category.objects.all()]


@problem("store.Product.objects.get()", "in_bulk", why="rows are locked one by one")
def lock_each(store):
    with transaction.atomic():
        for pk in store.products:
            Product.objects.select_for_update().get(pk=pk)  # culprit


@fixed(lock_each)
def lock_all(store):
    with transaction.atomic():
        return list(Product.objects.select_for_update().filter(pk__in=store.products).order_by("pk"))


# -- writes ----------------------------------------------------------------------------------------------------


@problem("store.Order.save()", "bulk_create", kind=WRITE, why="each row is saved again as a new one")
def clone_each():
    for order in Order.objects.all():  # origin
        order.pk = None
        order._state.adding = True
        order.number = f"copy of {order.number}"
        order.save()  # culprit


@fixed(clone_each)
def clone_all():
    copies = list(Order.objects.all())
    for order in copies:
        order.pk = None
        order.number = f"copy of {order.number}"
    Order.objects.bulk_create(copies)


@problem(
    "store.Product.save()",
    "bulk_update",
    kind=WRITE,
    why="what each row points to is read and saved",
    also=("store.Item.product",),
)
def save_through_a_relation():
    for item in Item.objects.all():  # origin
        item.product.stock -= item.quantity
        item.product.save(update_fields=["stock"])  # culprit


@fixed(save_through_a_relation)
def save_through_a_relation_at_once():
    products = Product.objects.in_bulk()
    for item in Item.objects.all():
        products[item.product_id].stock -= item.quantity
    Product.objects.bulk_update(products.values(), ["stock"])


@problem("store.Order.delete()", ".delete()", kind=WRITE, why="each delete() asks for all that points to the row")
def delete_each_with_cascade():
    for order in Order.objects.filter(status="new"):  # origin
        order.delete()  # culprit


@fixed(delete_each_with_cascade)
def delete_all_with_cascade():
    Order.objects.filter(status="new").delete()


@problem(
    "store.Order.notes.create()", "bulk_create", kind=WRITE, why="a generic relation makes a row under each row"
)
def create_by_generic_relation():
    for order in Order.objects.all():  # origin
        order.notes.create(text="late", author_id=order.customer_id)  # culprit


@fixed(create_by_generic_relation)
def create_by_generic_relation_at_once():
    orders = list(Order.objects.all())
    note = Order.notes.rel.model
    note.objects.bulk_create([note(subject=order, text="late", author_id=order.customer_id) for order in orders])


@problem(
    "store.Order.tags.remove()", ".delete() | delete() | remove(", kind=WRITE, why="a tag is taken from each row"
)
def remove_from_each():
    tag = Tag.objects.get(name="tag 1")
    for order in Order.objects.all():  # origin
        order.tags.remove(tag)  # culprit


@fixed(remove_from_each)
def remove_from_all():
    tag = Tag.objects.get(name="tag 1")
    tag.order_set.clear()


@problem(
    "store.Profile.objects.update()", "bulk_update | .update(", kind=WRITE, why="a dict is written key by key"
)
def update_from_a_dict(store):
    phones = dict.fromkeys(store.customers, "555")
    for pk, phone in phones.items():
        Profile.objects.filter(customer=pk).update(phone=phone)  # culprit


@fixed(update_from_a_dict)
def update_from_a_dict_at_once(store):
    profiles = list(Profile.objects.filter(customer__in=store.customers))
    for profile in profiles:
        profile.phone = "555"
    Profile.objects.bulk_update(profiles, ["phone"])


# -- management commands ---------------------------------------------------------------------------------------


@problem("store.Order.customer", JOINED, why="a management command has the loop")
def command_with_a_loop():
    call_command("remind_customers", stdout=io.StringIO())


@fixed(command_with_a_loop)
def command_joined():
    call_command("remind_customers", "--joined", stdout=io.StringIO())


# -- fine ------------------------------------------------------------------------------------------------------


@clean(why="values() and annotations name other tables' columns, and join")
def values_across_relations():
    orders = Order.objects.annotate(region=F("customer__region__name"))
    return list(Item.objects.values("order__customer__name")), [order.region for order in orders]


@clean(why="six conditions on six columns are six statements, each another one")
def one_check_for_each_column():
    columns = ("number", "status", "total", "customer", "coupon", "pk")
    return [Order.objects.filter(**{f"{column}__isnull": True}).exists() for column in columns]


@clean(why="one row is read again after each step that another process may have written")
def refresh_of_one_row(store):
    order = Order.objects.get(pk=store.orders[0])
    order.status = "paid"
    order.refresh_from_db()
    order.total = 3
    order.refresh_from_db()
    order.refresh_from_db(fields=["coupon"])
    return order


@clean(why="an import: three bulk look-ups, one bulk write")
def import_in_bulk(store):
    products = Product.objects.in_bulk(store.skus, field_name="sku")
    customers = Customer.objects.in_bulk(store.emails, field_name="email")
    orders = {order.customer_id: order for order in Order.objects.filter(customer__in=customers.values())}
    Item.objects.bulk_create(
        [
            Item(product=products[sku], order=orders[customers[email].pk])
            for sku, email in zip(store.skus, store.emails, strict=True)
        ]
    )


@clean(why="after the commit a few callbacks run, each another one")
def callbacks_after_the_commit(store):
    with transaction.atomic():
        order = Order.objects.select_related("customer").get(pk=store.orders[0])
        AuditEntry.objects.create(order=order, text="paid")
        transaction.on_commit(Order.objects.count)
    return order.customer.name


@clean(why="a property is asked again and again, of rows whose relation is joined")
def properties_of_joined_rows():
    orders = list(Order.objects.select_related("customer__region").prefetch_related("items"))
    return [(order.region_name, order.customer_email, order.number_of_items, str(order)) for order in orders]


@clean(why="regions and their customers and those's orders: three statements for three levels")
def three_levels_prefetched():
    regions = Region.objects.prefetch_related("customers__orders")
    return {region.name: [len(one.orders.all()) for one in region.customers.all()] for region in regions}
