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


class BoxNode(template.Node):
    def __init__(self, nodelist):
        self.nodelist = nodelist

    def render(self, context):
        return f"<div>{self.nodelist.render(context)}</div>"


@register.tag
def box(parser, token):
    nodelist = parser.parse(("endbox",))
    parser.delete_first_token()
    return BoxNode(nodelist)
