"""The store's pages."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.generic import DetailView

from .models import Order


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


def menu_page(request):
    return render(request, "store/menu.html")


class OrderPage(DetailView):
    queryset = Order.objects.select_related("customer")
    template_name = "store/order.html"
    context_object_name = "order"
