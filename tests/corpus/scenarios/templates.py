"""Templates: the query is in a line of HTML, and no line of Python is on the stack but render()."""

from __future__ import annotations

from django.db.models import Prefetch
from django.template import Context, Template
from django.template.loader import render_to_string

from ..scenario import clean, fixed, problem
from ..store.models import Customer, Item, Order

JOINED = 'select_related("customer")'


def page(name, **context):
    return render_to_string(f"store/{name}.html", context)


@problem("store.Order.customer", JOINED, why="{{ order.customer.name }} in a {% for %}, in a view")
def template_relation(client):
    assert b"customer 1" in client.get("/orders/").content


@problem("store.Order.customer", JOINED, why="in a template that is included for each row")
def template_include():
    return page("including", orders=Order.objects.all())  # origin


@problem("store.Order.customer", JOINED, why="{% with %} reads the relation")
def template_with():
    return page("with", orders=Order.objects.all())  # origin


@problem("store.Order.customer", JOINED, why="a property behind {{ order.customer_email }}")
def template_property():
    return page("properties", orders=Order.objects.all())  # origin


@problem("store.Order.customer", JOINED, why="__str__ behind {{ order }}")
def template_str():
    return page("printed", orders=Order.objects.all())  # origin


@problem("store.Order.customer", JOINED, why="{% regroup %} reads the relation of each row")
def template_regroup():
    return page("regrouped", orders=Order.objects.all())  # origin


@fixed(template_relation, template_include, template_with, template_property, template_str, template_regroup)
def template_joined(client):
    assert client.get("/orders-joined/").status_code == 200
    orders = Order.objects.select_related("customer")
    return [
        page("including", orders=orders),
        page("with", orders=orders),
        page("properties", orders=orders),
        page("printed", orders=orders),
        page("regrouped", orders=orders),
    ]


@problem("store.Order.coupon", 'select_related("coupon")', why="in a block of a template that extends another")
def template_block():
    return page("inherited", orders=Order.objects.all())  # origin


@problem("store.Order.coupon", 'select_related("coupon")', why="a filter of the project's reads the relation")
def template_filter():
    return page("filtered", orders=Order.objects.all())  # origin


@fixed(template_block, template_filter)
def template_block_joined():
    orders = Order.objects.select_related("coupon")
    return page("inherited", orders=orders), page("filtered", orders=orders)


@problem("store.Customer.profile", 'select_related("profile")', why="a simple tag of the project's, for each row")
def template_simple_tag():
    return page("tagged", customers=Customer.objects.all())  # origin


@fixed(template_simple_tag)
def template_simple_tag_joined():
    return page("tagged", customers=Customer.objects.select_related("profile"))


@problem("store.Order.items", 'prefetch_related("items")', why="an inclusion tag loops over a manager")
def template_inclusion_tag():
    return page("included_tag", orders=Order.objects.all())  # origin


@problem(
    "store.Order.items",
    ("items", "product"),
    why="a loop in a loop, over the rows of each row",
    through=("store.Item.product",),
)
def template_nested_loops():
    return page("nested", orders=Order.objects.all())  # origin


@problem("store.Item.product", ("items", "product"), why="the inner rows are prefetched, their relation is not")
def template_nested_relation():
    return page("nested", orders=Order.objects.prefetch_related("items"))  # origin


@problem("store.Order.items", 'Count("items"', why="{% if order.items.count > 1 %}")
def template_count_in_if():
    return page("counted", orders=Order.objects.all())  # origin


@fixed(template_inclusion_tag, template_nested_loops, template_nested_relation, template_count_in_if)
def template_nested_prefetched():
    items = Prefetch("items", queryset=Item.objects.select_related("product"))
    orders = Order.objects.prefetch_related(items)
    return page("included_tag", orders=orders), page("nested", orders=orders), page("counted", orders=orders)


@problem("store.Order.customer", JOINED, why="a template made from a text has no file: the line of render() it is")
def template_from_a_text():
    template = Template("{% for order in orders %}{{ order.customer.name }}{% endfor %}")
    orders = Order.objects.all()  # origin
    return template.render(Context({"orders": orders}))  # origin culprit


@fixed(template_from_a_text)
def template_from_a_text_joined():
    template = Template("{% for order in orders %}{{ order.customer.name }}{% endfor %}")
    return template.render(Context({"orders": Order.objects.select_related("customer")}))


@problem(
    "store.Customer.objects.get()",
    "in_bulk | __in=",
    why="a context processor looks up one row after the other, on every page",
)
def context_processor(client):
    assert client.get("/menu/").status_code == 200


@fixed(context_processor)
def context_processor_in_bulk(client):
    assert client.get("/menu-in-bulk/").status_code == 200


@clean(why="one template shows one row, six times in six requests")
def template_of_one_row(client, store):
    for pk in store.orders[:6]:
        assert client.get(f"/order-page/{pk}/").status_code == 200


@clean(why="the rows are joined; looking at them four times asks nothing again")
def template_looped_over_often():
    orders = Order.objects.select_related("customer")
    return [page("with", orders=orders) for _ in range(4)]
