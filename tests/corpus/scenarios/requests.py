"""Views, middleware and responses, asked for by a client."""

from __future__ import annotations

from asgiref.sync import async_to_sync
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db.models import Q

from ..scenario import clean, fixed, problem
from ..store.models import Order

JOINED = 'select_related("customer")'


def get(client, path):
    response = client.get(path)
    assert response.status_code == 200
    return response


@problem("store.Order.coupon", 'select_related("coupon")', why="a generic view: `model`, and a template")
def view_class_with_a_template(client):
    get(client, "/listed/")


@problem("store.Order.coupon", 'select_related("coupon")', why="a generic view with get_queryset() and pages")
def view_class_with_pages(client):
    get(client, "/pages/")


@fixed(view_class_with_a_template, view_class_with_pages)
def view_class_joined(client):
    get(client, "/listed-joined/")
    get(client, "/pages-joined/")


@problem("store.Customer.orders", ("orders",), why="a view in methods: the rows in one, the query in another")
def view_class_with_methods(client):
    get(client, "/totals/")


@fixed(view_class_with_methods)
def view_class_with_methods_prefetched(client):
    get(client, "/totals-prefetched/")


@problem(
    "store.Item.product", 'select_related("product")', why="behind a decorator that names no line of interest"
)
def view_behind_a_decorator(client):
    get(client, "/decorated/")


@fixed(view_behind_a_decorator)
def view_behind_a_decorator_joined(client):
    get(client, "/decorated-joined/")


@problem(
    "store.Customer.orders",
    "Prefetch( | prefetch_related(",
    why="the related rows of each row are paginated: a count and a slice for each",
    also=("store.Customer.orders",),
)
def view_with_a_paginator_for_each_row(client):
    get(client, "/related-pages/")


@fixed(view_with_a_paginator_for_each_row)
def view_with_pages_of_prefetched_rows(client):
    get(client, "/related-pages-prefetched/")


@problem("store.Order.customer", JOINED, why="a middleware of the project's, after the view")
def middleware_after_the_view(client):
    get(client, "/stamped/")


@fixed(middleware_after_the_view)
def middleware_after_the_view_joined(client):
    get(client, "/stamped-joined/")


@problem("store.Order.customer", JOINED, why="the rows are read while the response is sent")
def streaming_response(client):
    assert b"customer 1" in b"".join(get(client, "/streamed/"))


@fixed(streaming_response)
def streaming_response_joined(client):
    assert b"customer 1" in b"".join(get(client, "/streamed-joined/"))


@problem(
    ("accounts.User.user_permissions", "auth.Permission.objects.filter()"),
    "prefetch_related | __in= | with_perm",
    why="each user is asked for a permission: two queries for each of them",
    also=("auth.Permission.objects.filter()", "accounts.User.user_permissions", "accounts.User.groups"),
)
def permission_of_each_user():
    users = list(get_user_model().objects.filter(email__startswith="clerk"))  # origin
    return [user.email for user in users if user.has_perm("store.view_order")]  # culprit


@fixed(permission_of_each_user)
def users_with_permission():
    users = get_user_model().objects.filter(email__startswith="clerk")
    direct = Q(user_permissions__codename="view_order")
    return list(users.filter(direct | Q(groups__permissions__codename="view_order")).distinct())


@clean(why="one user is asked for permission after permission, row after row")
def permissions_of_the_user(client):
    user = get_user_model().objects.get(email="boss@example.org")
    user.is_superuser = False
    names = [permission.codename for permission in Permission.objects.all()[:20]]
    return [user.has_perm(f"store.{name}") for _ in Order.objects.all() for name in names]


@clean(why="the session and the user of each request are loaded once in each")
def user_of_several_requests(client):
    for _ in range(8):
        get(client, "/whoami/")


@problem("store.Customer.objects.get()", "in_bulk", why="an asynchronous view under WSGI")
def async_view_under_wsgi(client):
    get(client, "/async/")


@fixed(async_view_under_wsgi)
def async_view_under_wsgi_joined(client):
    get(client, "/async-joined/")


@problem("store.Customer.objects.get()", "in_bulk", why="an asynchronous view under ASGI")
async def async_view(aclient):
    assert (await aclient.get("/async/")).status_code == 200


@fixed(async_view)
async def async_view_joined(aclient):
    assert (await aclient.get("/async-joined/")).status_code == 200


@problem("store.Product.sold", 'Count("sold"', why="a class with asynchronous methods")
async def async_class_view(aclient):
    assert (await aclient.get("/async-class/")).status_code == 200


@fixed(async_class_view)
async def async_class_view_annotated(aclient):
    assert (await aclient.get("/async-class-annotated/")).status_code == 200


@problem("store.Customer.objects.get()", "in_bulk", why="an asynchronous stream")
async def streaming_response_async(aclient):
    response = await aclient.get("/streamed-async/")
    assert len([line async for line in response.streaming_content]) > 1


@fixed(streaming_response_async)
async def streaming_response_async_joined(aclient):
    response = await aclient.get("/streamed-async-joined/")
    assert len([line async for line in response.streaming_content]) > 1


@clean(why="a synchronous page under ASGI, joined")
async def sync_view_under_asgi(aclient):
    assert (await aclient.get("/orders-joined/")).status_code == 200


@clean(why="several asynchronous requests, one after the other")
async def several_async_requests(aclient, store):
    for pk in store.orders[:6]:
        assert (await aclient.get(f"/orders/{pk}/")).status_code == 200


@clean(why="async_to_sync around one query")
def async_to_sync_once():
    async def names():
        return [order.customer.name async for order in Order.objects.select_related("customer")]

    return async_to_sync(names)()
