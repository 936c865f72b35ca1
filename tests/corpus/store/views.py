"""The store's pages."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.generic import DetailView, ListView

from .models import Customer, Item, Order, Product


def ok(request):
    return HttpResponse("ok")


def order_page(request):
    orders = Order.objects.all()  # origin template_relation
    return render(request, "store/orders.html", {"orders": orders})


def order_page_joined(request):
    return render(request, "store/orders.html", {"orders": Order.objects.select_related("customer")})


def order_detail(request, pk):
    order = get_object_or_404(Order, pk=pk)
    names = [order.customer.name, order.customer.region.name, *(tag.name for tag in order.tags.all())]
    return HttpResponse(", ".join(names))


def whoami(request):
    orders = Order.objects.with_customer()
    return HttpResponse(f"{request.user.email}: {len(orders)} orders, {request.user.has_perm('store.view_order')}")


def menu_page(request):
    return render(request, "store/menu.html")


class OrderPage(DetailView):
    queryset = Order.objects.select_related("customer")
    template_name = "store/order.html"
    context_object_name = "order"


class OrderList(ListView):
    """The rows come from `model`, the query from a template."""

    model = Order  # origin view_class_with_a_template
    template_name = "store/listed.html"
    context_object_name = "orders"


class OrderListJoined(OrderList):
    queryset = Order.objects.select_related("coupon")


class OrderPages(ListView):
    model = Order
    paginate_by = 100
    template_name = "store/listed.html"
    context_object_name = "orders"

    def get_queryset(self):
        return super().get_queryset().filter(status="new")  # origin view_class_with_pages


class OrderPagesJoined(OrderPages):
    def get_queryset(self):
        return super().get_queryset().select_related("coupon")


class Totals(View):
    def get(self, request):
        return JsonResponse({"totals": dict(self.totals())})

    def totals(self):
        for customer in self.customers():
            yield customer.name, self.total(customer)

    def customers(self):
        return Customer.objects.all()  # origin view_class_with_methods

    def total(self, customer):
        return sum(order.total for order in customer.orders.all())  # culprit view_class_with_methods


class TotalsPrefetched(Totals):
    def customers(self):
        return Customer.objects.prefetch_related("orders")


def logged(view):
    def wrapper(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response["X-Logged"] = "yes"
        return response

    return wrapper


@method_decorator(logged, name="dispatch")
class Decorated(View):
    items = Item.objects.filter(order__status="new")  # origin view_behind_a_decorator

    def get(self, request):
        skus = []
        for item in self.items.all():  # origin view_behind_a_decorator
            skus.append(item.product.sku)  # culprit view_behind_a_decorator
        return JsonResponse(skus, safe=False)


class DecoratedJoined(Decorated):
    items = Decorated.items.select_related("product")


def pages_of_related(request):
    """Each customer's first page of orders: a count and a slice for each of them."""
    shown = {}
    for customer in Customer.objects.all():  # origin view_with_a_paginator_for_each_row
        page = Paginator(customer.orders.all(), 5).page(1)  # culprit view_with_a_paginator_for_each_row
        shown[customer.name] = list(page)  # culprit view_with_a_paginator_for_each_row
    return JsonResponse({name: [order.number for order in orders] for name, orders in shown.items()})


def pages_of_related_prefetched(request):
    shown = {}
    for customer in Customer.objects.prefetch_related("orders"):
        orders = Paginator(list(customer.orders.all()), 5)
        shown[customer.name] = [order.number for order in orders.page(1)]
    return JsonResponse(shown)


def streamed(request):
    def lines():
        for order in Order.objects.all():  # origin streaming_response
            yield f"{order.number};{order.customer.name}\n"  # culprit streaming_response

    return StreamingHttpResponse(lines(), content_type="text/csv")


def streamed_joined(request):
    orders = Order.objects.select_related("customer").iterator(chunk_size=100)
    return StreamingHttpResponse(f"{order.number};{order.customer.name}\n" for order in orders)


async def streamed_async(request):
    async def lines():
        async for order in Order.objects.all():  # origin streaming_response_async
            customer = await Customer.objects.aget(pk=order.customer_id)  # culprit streaming_response_async
            yield f"{order.number};{customer.name}\n"

    return StreamingHttpResponse(lines())


async def streamed_async_joined(request):
    async def lines():
        async for order in Order.objects.select_related("customer"):
            yield f"{order.number};{order.customer.name}\n"

    return StreamingHttpResponse(lines())


async def async_page(request):
    names = []
    async for order in Order.objects.all():  # origin async_view async_view_under_wsgi
        customer = await Customer.objects.aget(pk=order.customer_id)  # culprit async_view async_view_under_wsgi
        names.append(customer.name)
    return JsonResponse({"names": names})


async def async_page_joined(request):
    return JsonResponse(
        {"names": [order.customer.name async for order in Order.objects.select_related("customer")]}
    )


class AsyncClassView(View):
    async def get(self, request):
        return JsonResponse({"counts": await self.counts()})

    async def counts(self):
        counts = {}
        async for product in Product.objects.all():  # origin async_class_view
            counts[product.sku] = await product.sold.acount()  # culprit async_class_view
        return counts


class AsyncClassViewAnnotated(AsyncClassView):
    async def counts(self):
        from django.db.models import Count

        return {
            product.sku: product.how_many async for product in Product.objects.annotate(how_many=Count("sold"))
        }
