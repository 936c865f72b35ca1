"""The store's feed and sitemap: Django loops over the rows, the project says what each looks like."""

from __future__ import annotations

from django.contrib.sitemaps import Sitemap
from django.contrib.syndication.views import Feed

from .models import Order


class OrderFeed(Feed):
    title = "orders"
    link = "/"
    description = "the newest orders"

    def items(self):
        return Order.objects.all()  # origin page_feed

    def item_title(self, order):
        return order.customer.name  # culprit page_feed

    def item_description(self, order):
        return order.number

    def item_link(self, order):
        return f"/orders/{order.pk}/"


class JoinedOrderFeed(OrderFeed):
    def items(self):
        return Order.objects.select_related("customer")


class OrderSitemap(Sitemap):
    def items(self):
        return Order.objects.all()  # origin page_sitemap

    def location(self, order):
        return f"/{order.coupon.code}/{order.pk}/"  # culprit page_sitemap


class JoinedOrderSitemap(OrderSitemap):
    def items(self):
        return Order.objects.select_related("coupon")
