"""More of what templates and Django's own page makers do with rows."""

from __future__ import annotations

from django.test import RequestFactory

from ..scenario import clean, fixed, problem
from ..store import feeds
from ..store.models import Order
from .templates import page

WITH_COUPON = 'select_related("coupon")'


@problem("store.Order.items", ('prefetch_related("items")',), why="{{ order.items.all|length }}")
def page_length_filter():
    return page("length", orders=Order.objects.all())  # origin


@problem("store.Order.items", "items", why="{{ order.items.first.quantity }} in a table")
def page_first_of_manager():
    return page("first", orders=Order.objects.all())  # origin


@fixed(page_length_filter, page_first_of_manager)
def page_of_prefetched_items():
    orders = Order.objects.prefetch_related("items")
    return page("length", orders=orders), page("first", orders=orders)


@problem("store.Order.customer", 'select_related("customer")', why="{% ifchanged %} over unpacked pairs")
def page_ifchanged():
    return page("pairs", pairs=list(enumerate(Order.objects.all(), 1)))  # origin


@fixed(page_ifchanged)
def page_ifchanged_joined():
    return page("pairs", pairs=list(enumerate(Order.objects.select_related("customer"), 1)))


@problem("store.Order.coupon", WITH_COUPON, why="an argument of {% url %}")
def page_url_tag():
    return page("linked", orders=Order.objects.all())  # origin


@problem("store.Order.coupon", WITH_COUPON, why="an argument of {% include %}")
def page_include_with():
    return page("passed", orders=Order.objects.all())  # origin


@problem("store.Order.coupon", WITH_COUPON, why="rows in lists in a dict")
def page_of_a_dict():
    groups = {}
    for order in Order.objects.all():  # origin
        groups.setdefault(order.total % 2, []).append(order)
    return page("grouped", groups=groups)


@problem("store.Order.coupon", WITH_COUPON, why="inside a block tag of the project's")
def page_block_tag():
    return page("boxed", orders=Order.objects.all())  # origin


@problem("store.Order.coupon", WITH_COUPON, why="a sitemap's location()")
def page_sitemap():
    site = type("Site", (), {"domain": "example.org"})
    return feeds.OrderSitemap().get_urls(site=site)


@fixed(page_url_tag, page_include_with, page_of_a_dict, page_block_tag, page_sitemap)
def pages_with_coupons():
    orders = Order.objects.select_related("coupon")
    site = type("Site", (), {"domain": "example.org"})
    return [
        page("linked", orders=orders),
        page("passed", orders=orders),
        page("grouped", groups={"all": orders}),
        page("boxed", orders=orders),
        feeds.JoinedOrderSitemap().get_urls(site=site),
    ]


@problem("store.Order.shipment", 'select_related("shipment")', why="a condition of {% if %} with and")
def page_if_condition():
    return page("ifs", orders=Order.objects.all())  # origin


@fixed(page_if_condition)
def page_if_condition_joined():
    return page("ifs", orders=Order.objects.select_related("shipment"))


@problem("store.Order.customer", 'select_related("customer")', why="a feed's item_title()")
def page_feed():
    return feeds.OrderFeed()(RequestFactory().get("/feed/")).content


@fixed(page_feed)
def page_feed_joined():
    return feeds.JoinedOrderFeed()(RequestFactory().get("/feed/")).content


@clean(why="keys, own fields and what Python computes from them need no other table")
def page_of_own_fields():
    orders = [{"number": order.number, "coupon": {"code": order.coupon_id}} for order in Order.objects.all()]
    return page("inherited", orders=orders), page("linked", orders=orders)
