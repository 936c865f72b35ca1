"""The store's template tags."""

from __future__ import annotations

from django import template

register = template.Library()


@register.simple_tag
def phone(customer):
    return customer.profile.phone  # culprit template_simple_tag


@register.filter
def coupon_code(order):
    return order.coupon.code  # culprit template_filter


@register.inclusion_tag("store/_items.html")
def items_of(order):
    return {"items": order.items.all()}
