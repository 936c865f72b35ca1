"""The admin: columns, filters, inlines and actions, through its own pages."""

from __future__ import annotations

import django

from ..scenario import clean, fixed, problem

JOINS_ALL = django.VERSION >= (6, 1)
JOINED = 'select_related("customer") | list_select_related'
JOINED_PRODUCT = 'select_related("product") | list_select_related'


def changelist(client, name, model):
    response = client.get(f"/admin/{name}/store/{model}/")
    assert response.status_code == 200
    return response


def change_page(client, name, model, pk):
    response = client.get(f"/admin/{name}/store/{model}/{pk}/change/")
    assert response.status_code == 200
    return response


@problem(
    "store.Order.coupon",
    '"coupon"',
    why="a key that may be null is a column; Django does not join those",
    skip="Django 6.1 joins it by itself" if JOINS_ALL else "",
)
def admin_nullable_column(client):
    changelist(client, "nullable", "order")


@clean(why="Django 6.1 joins every key in list_display", skip="" if JOINS_ALL else "new in Django 6.1")
def admin_nullable_column_joined_by_django(client):
    changelist(client, "nullable", "order")


@problem("store.Item.product", JOINED_PRODUCT, why='list_display = ["product__name"] is followed row by row')
def admin_dotted_column(client):
    changelist(client, "dotted", "item")


@problem("store.Item.product", JOINED_PRODUCT, why="a method of the admin is a column, and reads a relation")
def admin_method_column(client):
    changelist(client, "method", "item")


@problem("store.Item.product", JOINED_PRODUCT, why="a property of the row is a column, and reads a relation")
def admin_property_column(client):
    changelist(client, "property", "item")


@problem("store.Order.customer", JOINED, why="__str__ is a column, and reads a relation")
def admin_str_column(client):
    changelist(client, "text", "order")


@fixed(admin_nullable_column, admin_dotted_column, admin_method_column, admin_property_column, admin_str_column)
def admin_joined_columns(client):
    changelist(client, "joined", "order")
    changelist(client, "joined", "item")


@problem("store.Customer.orders", 'Count("orders"', why="a function is a column, and counts")
def admin_function_column(client):
    changelist(client, "function", "customer")


@fixed(admin_function_column)
def admin_annotated_column(client):
    changelist(client, "function-joined", "customer")


@clean(why="a key that is never null is joined by Django itself")
def admin_key_column(client):
    changelist(client, "keys", "order")


@problem("store.Order.customer", JOINED, why="the choices of a related filter are shown by their __str__")
def admin_list_filter(client):
    changelist(client, "filter", "item")


@fixed(admin_list_filter)
def admin_list_filter_joined(client):
    changelist(client, "filter-joined", "item")


@problem("store.Region.customers", 'Count("customers"', why="a filter counts for each of its choices")
def admin_simple_list_filter(client):
    changelist(client, "simple-filter", "customer")


@fixed(admin_simple_list_filter)
def admin_simple_list_filter_annotated(client):
    changelist(client, "simple-filter-joined", "customer")


@problem(
    "store.Product.objects.all()",
    "choices | variable | cache | once | autocomplete | raw_id",
    kind="duplicate_query",
    why="each row of an inline asks for the same choices",
)
def admin_inline_choices(client, store):
    change_page(client, "inline", "supplier", store.wholesaler)


@problem(
    "store.Offer.product", 'select_related("product")', why="a read-only key in an inline is shown by its row"
)
def admin_inline_read_only(client, store):
    change_page(client, "read-only", "supplier", store.wholesaler)


@problem("store.Product.objects.get()", "in_bulk | __in=", why="raw_id_fields look the label of each key up")
def admin_inline_raw_id(client, store):
    change_page(client, "raw", "supplier", store.wholesaler)


@problem(
    "store.Product.objects.filter()", "in_bulk | __in=", why="autocomplete_fields look the label of each key up"
)
def admin_inline_autocomplete(client, store):
    change_page(client, "completed", "supplier", store.wholesaler)


@problem(
    "store.Offer.product",
    "product__category",
    why="a method of an inline reads two levels",
    through=("store.Product.category",),
)
def admin_inline_method(client, store):
    change_page(client, "inline-method", "supplier", store.wholesaler)


@fixed(
    admin_inline_choices,
    admin_inline_read_only,
    admin_inline_raw_id,
    admin_inline_autocomplete,
    admin_inline_method,
)
def admin_inline_joined(client, store):
    change_page(client, "inline-joined", "supplier", store.wholesaler)


@problem("store.Order.customer", JOINED, why="an action reads a relation of each row that was chosen")
def admin_action(client, store):
    act(client, store, "greet")


def act(client, store, action):
    data = {"action": action, "_selected_action": store.orders}
    assert client.post("/admin/actions/store/order/", data).status_code == 302


@fixed(admin_action)
def admin_action_joined(client, store):
    act(client, store, "greet_joined")


@problem("store.Order.save()", ".update( | bulk_update", kind="write_in_loop", why="an action saves row by row")
def admin_action_that_writes(client, store):
    act(client, store, "pay")


@fixed(admin_action_that_writes)
def admin_action_that_writes_at_once(client, store):
    act(client, store, "pay_at_once")


@clean(why="the change page of one order: each of its keys has a list of choices of its own")
def admin_change_page(client, store):
    change_page(client, "keys", "order", store.orders[0])
