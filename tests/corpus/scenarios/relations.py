"""Relations to one row, read from each row of a list."""

from __future__ import annotations

import operator
from itertools import groupby

from ..scenario import fixed, problem
from ..store.models import Category, Customer, Item, Location, Note, Order, Product, Shipment, Warehouse

ONE_EACH = "one query for the rows, one more for each of them"


@problem("store.Order.customer", 'select_related("customer")', why=ONE_EACH)
def forward_in_for():
    names = []
    for order in Order.objects.all():  # origin
        names.append(order.customer.name)  # culprit
    return names


@problem("store.Order.customer", 'select_related("customer")', why="a comprehension is a loop")
def forward_in_comprehension():
    return [order.customer.name for order in Order.objects.filter(status="new")]  # origin culprit


@problem("store.Order.customer", 'select_related("customer")', why="join() draws on a generator")
def forward_in_generator():
    orders = Order.objects.all()  # origin
    return ", ".join(
        order.customer.name  # culprit
        for order in orders  # origin
    )


@problem("store.Order.customer", 'select_related("customer")', why="sorted() calls its key for each row")
def forward_in_sort_key():
    orders = list(Order.objects.all())  # origin
    return sorted(orders, key=lambda order: order.customer.name)  # culprit


@problem("store.Order.customer", 'select_related("customer")', why="groupby() calls its key for each row")
def forward_in_groupby():
    def customer_name(order):
        return order.customer.name  # culprit

    return {name: len(list(group)) for name, group in groupby(Order.objects.all(), customer_name)}  # origin


@problem("store.Order.customer", 'select_related("customer")', why="attrgetter reads it, from C")
def forward_by_attrgetter():
    orders = Order.objects.all()  # origin
    return list(map(operator.attrgetter("customer.name"), orders))  # origin culprit


@problem("store.Order.customer", 'select_related("customer")', why="a while loop is a loop")
def forward_in_while():
    orders = list(Order.objects.all())  # origin
    index, names = 0, []
    while index < len(orders):
        names.append(orders[index].customer.name)  # culprit
        index += 1
    return names


@problem("store.Order.customer", 'select_related("customer")', why="the line is in a function two levels down")
def forward_in_helper():
    def name_of(order):
        return order.customer.name.title()  # culprit

    def describe(order):
        return f"{order.number}: {name_of(order)}"

    return [describe(order) for order in Order.objects.all()]  # origin


@fixed(
    forward_in_for,
    forward_in_comprehension,
    forward_in_generator,
    forward_in_sort_key,
    forward_in_groupby,
    forward_by_attrgetter,
    forward_in_while,
    forward_in_helper,
)
def forward_joined():
    return [order.customer.name for order in Order.objects.select_related("customer")]


@problem(
    "store.Product.category",
    'select_related("category") | prefetch_related("category")',
    why="many products share few categories: equal parameters, and a query for each product all the same",
)
def forward_to_shared_row():
    return {product.name: product.category.name for product in Product.objects.all()}  # origin culprit


@fixed(forward_to_shared_row)
def forward_to_shared_row_prefetched():
    return {product.name: product.category.name for product in Product.objects.prefetch_related("category")}


@problem("store.Order.coupon", 'select_related("coupon")', why="nullable, and there is one for each order")
def forward_nullable():
    codes = []
    for order in Order.objects.iterator():  # origin
        if order.coupon:  # culprit
            codes.append(order.coupon.code)
    return codes


@fixed(forward_nullable)
def forward_nullable_joined():
    return [order.coupon.code for order in Order.objects.select_related("coupon") if order.coupon]


@problem(
    "store.Customer.profile", 'select_related("profile")', why="a one-to-one from the side without the column"
)
def reverse_one_to_one():
    phones = set()
    for customer in Customer.objects.order_by("name"):  # origin
        phones.add(customer.profile.phone)  # culprit
    return phones


@fixed(reverse_one_to_one)
def reverse_one_to_one_joined():
    return {customer.profile.phone for customer in Customer.objects.select_related("profile")}


@problem("store.Shipment.order", 'select_related("order")', why="a one-to-one that is the primary key")
def forward_one_to_one():
    return sum(shipment.order.total for shipment in Shipment.objects.all())  # origin culprit


@fixed(forward_one_to_one)
def forward_one_to_one_joined():
    return sum(shipment.order.total for shipment in Shipment.objects.select_related("order"))


@problem("store.Order.shipment", 'select_related("shipment")', why="hasattr() of a one-to-one asks the database")
def reverse_one_to_one_by_hasattr():
    return [order for order in Order.objects.all() if hasattr(order, "shipment")]  # origin culprit


@fixed(reverse_one_to_one_by_hasattr)
def reverse_one_to_one_by_filter():
    return list(Order.objects.filter(shipment__isnull=False))


@problem(
    "store.Item.order",
    'select_related("order__customer__region")',
    why="three levels, each a query a row; one fix for all",
    through=("store.Order.customer", "store.Customer.region"),
)
def chain_of_three():
    for item in Item.objects.all():  # origin
        print_label(item.order.customer.region.name)  # culprit


def print_label(text: str) -> str:
    return text.upper()


@fixed(chain_of_three)
def chain_of_three_joined():
    for item in Item.objects.select_related("order__customer__region"):
        print_label(item.order.customer.region.name)


@problem(
    "store.Item.order",
    'select_related("order__customer__profile")',
    why="a chain that ends in a reverse one-to-one, its steps on lines of their own",
    through=("store.Order.customer", "store.Customer.profile"),
)
def chain_on_three_lines():
    phones = []
    for item in Item.objects.all():  # origin
        order = item.order  # culprit
        customer = order.customer
        phones.append(customer.profile.phone)
    return phones


@fixed(chain_on_three_lines)
def chain_on_three_lines_joined():
    return [item.order.customer.profile.phone for item in Item.objects.select_related("order__customer__profile")]


@problem(
    "store.Order.customer",
    ("select_related(", '"customer"', '"coupon"'),
    why="two relations of one list: one call of select_related with both",
    also=("store.Order.coupon",),
)
def two_relations_of_one_list():
    for order in Order.objects.all():  # origin
        print_label(order.customer.name)  # culprit
        print_label(order.coupon.code)


@fixed(two_relations_of_one_list)
def two_relations_joined():
    for order in Order.objects.select_related("customer", "coupon"):
        print_label(order.customer.name)
        print_label(order.coupon.code)


@problem("store.Note.subject", 'prefetch_related("subject") | GenericPrefetch', why="a generic key has one row")
def generic_key():
    return [note.subject.pk for note in Note.objects.all()]  # origin culprit


@fixed(generic_key)
def generic_key_prefetched():
    return [note.subject.pk for note in Note.objects.prefetch_related("subject")]


@problem(
    "store.Warehouse.location_ptr",
    'select_related("location_ptr") | defer(',
    why="the parent link is a relation, and asks the database where a field of the parent is deferred",
)
def parent_of_inheritance():
    warehouses = Warehouse.objects.defer("name")  # origin
    return [warehouse.location_ptr.name for warehouse in warehouses]  # culprit


@fixed(parent_of_inheritance)
def parent_of_inheritance_loaded():
    return [warehouse.location_ptr.name for warehouse in Warehouse.objects.all()]


@problem("store.Location.warehouse", 'select_related("warehouse")', why="from the parent down to the child's row")
def child_of_inheritance():
    return sum(location.warehouse.capacity for location in Location.objects.all())  # origin culprit


@fixed(child_of_inheritance)
def child_of_inheritance_joined():
    return sum(location.warehouse.capacity for location in Location.objects.select_related("warehouse"))


@problem(
    ("store.Location.region", "store.Warehouse.region"),
    'select_related("region")',
    why="a relation that the model has from the one it inherits from",
)
def inherited_relation():
    return [warehouse.region.name for warehouse in Warehouse.objects.all()]  # origin culprit


@fixed(inherited_relation)
def inherited_relation_joined():
    return [warehouse.region.name for warehouse in Warehouse.objects.select_related("region")]


@problem(
    "store.Category.parent", 'select_related("parent")', why="the parent of each node is a row of the same table"
)
def self_key():
    nodes = Category.objects.exclude(parent=None)  # origin
    return [(node.name, node.parent.name) for node in nodes]  # culprit


@fixed(self_key)
def self_key_joined():
    nodes = Category.objects.exclude(parent=None).select_related("parent")
    return [(node.name, node.parent.name) for node in nodes]


@problem("store.Customer.bio", 'defer("bio") | only( | "bio"', why="a deferred field is read, one query a row")
def deferred_field():
    return [len(customer.bio) for customer in Customer.objects.defer("bio")]  # origin culprit


@problem("store.Customer.email", "only( | defer( | email", why="a field that only() left out")
def field_not_in_only():
    customers = Customer.objects.only("name")  # origin
    return dict((customer.name, customer.email) for customer in customers)  # noqa: C402  # culprit


@fixed(deferred_field, field_not_in_only)
def fields_loaded():
    return [(len(customer.bio), customer.email) for customer in Customer.objects.only("bio", "email")]


@problem(
    "store.Location.name",
    "only( | defer( | name",
    why="a deferred field of the inherited table",
)
def deferred_field_of_parent():
    return [warehouse.name for warehouse in Warehouse.objects.only("capacity")]  # origin culprit


@fixed(deferred_field_of_parent)
def field_of_parent_loaded():
    return [warehouse.name for warehouse in Warehouse.objects.only("capacity", "name")]
