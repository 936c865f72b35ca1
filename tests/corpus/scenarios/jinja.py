"""Templates of Jinja2, which run as Python: whose lines nobody has written."""

from __future__ import annotations

from django.db.models import Prefetch
from django.template.loader import render_to_string

from ..scenario import clean, fixed, problem
from ..store.models import Item, Order

JOINED = 'select_related("customer")'


def page(name, **context):
    return render_to_string(f"jinja/{name}.html", context, using="jinja2")


@problem("store.Order.customer", JOINED, why="the second of two tags on one line")
def jinja_relation():
    return page("orders", orders=Order.objects.all())  # origin


@problem("store.Order.customer", JOINED, why="in a template that is included for each row")
def jinja_include():
    return page("including", orders=Order.objects.all())  # origin


@problem("store.Order.customer", JOINED, why="in a macro of another template, called for each row")
def jinja_macro():
    orders = Order.objects.all()  # origin
    return page("with_macro", orders=orders)


@problem("store.Order.customer", JOINED, why="a property behind a tag")
def jinja_property():
    return page("properties", orders=Order.objects.all())  # origin


@problem("store.Order.customer", JOINED, why="a filter goes through the rows and reads the relation of each")
def jinja_filter():
    return page("mapped", orders=Order.objects.all())  # origin


@fixed(jinja_relation, jinja_include, jinja_macro, jinja_property, jinja_filter)
def jinja_joined():
    orders = Order.objects.select_related("customer")
    return [
        page("orders", orders=orders),
        page("including", orders=orders),
        page("with_macro", orders=orders),
        page("properties", orders=orders),
        page("mapped", orders=orders),
    ]


@problem("store.Order.coupon", 'select_related("coupon")', why="in a block, in a loop that leaves some out")
def jinja_block():
    return page("inherited", orders=Order.objects.all())  # origin


@fixed(jinja_block)
def jinja_block_joined():
    return page("inherited", orders=Order.objects.select_related("coupon"))


@problem(
    "store.Order.items",
    ("items", "product"),
    why="a loop in a loop, over the rows of each row",
    through=("store.Item.product",),
)
def jinja_nested_loops():
    return page("nested", orders=Order.objects.all())  # origin


@problem("store.Item.product", ("items", "product"), why="the inner rows are prefetched, their relation is not")
def jinja_nested_relation():
    return page("nested", orders=Order.objects.prefetch_related("items"))  # origin


@problem("store.Order.items", 'Count("items"', why="{% set items = order.items.count() %}")
def jinja_count():
    return page("counted", orders=Order.objects.all())  # origin


@fixed(jinja_nested_loops, jinja_nested_relation, jinja_count)
def jinja_nested_prefetched():
    items = Prefetch("items", queryset=Item.objects.select_related("product"))
    orders = Order.objects.prefetch_related(items)
    return page("nested", orders=orders), page("counted", orders=orders)


@problem(
    "store.Item.order",
    'select_related("order__customer__region")',
    why="a chain of three in one tag",
    through=("store.Order.customer", "store.Customer.region"),
)
def jinja_chain():
    return page("regions", items=Item.objects.all())  # origin


@fixed(jinja_chain)
def jinja_chain_joined():
    return page("regions", items=Item.objects.select_related("order__customer__region"))


@clean(why="the page of one row")
def jinja_of_one_row():
    return page("one", order=Order.objects.get(pk=Order.objects.first().pk))
