"""The store's middleware."""

from __future__ import annotations

from .models import Order


def stamp_customers(get_response):
    """Writes into a header who ordered last; only below `/stamped/`, so that it disturbs no other scenario."""

    def middleware(request):
        response = get_response(request)
        if request.path == "/stamped/":
            names = []
            for order in Order.objects.all():
                names.append(order.customer.name)  # culprit middleware_after_the_view
            response["X-Customers"] = ",".join(names)
        elif request.path == "/stamped-joined/":
            orders = Order.objects.select_related("customer")
            response["X-Customers"] = ",".join(order.customer.name for order in orders)
        return response

    return middleware
