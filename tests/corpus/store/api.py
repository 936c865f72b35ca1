"""REST framework's views of the store."""

from __future__ import annotations

from django.db.models import Prefetch
from rest_framework import generics, permissions, serializers, viewsets
from rest_framework.pagination import PageNumberPagination

from . import serializers as store_serializers
from .models import Customer, Item, Order
from .serializers import DottedSerializer, NestedTwiceSerializer


class Pages(PageNumberPagination):
    page_size = 100


class OrderViewSet(viewsets.ReadOnlyModelViewSet):
    queryset = Order.objects.all()  # origin drf_viewset
    serializer_class = DottedSerializer
    pagination_class = Pages


class JoinedOrderViewSet(OrderViewSet):
    queryset = Order.objects.select_related("customer")


class NestedOrderViewSet(viewsets.ReadOnlyModelViewSet):
    serializer_class = NestedTwiceSerializer

    def get_queryset(self):
        return Order.objects.prefetch_related("items")  # origin drf_field_of_nested_rows


class PrefetchedOrderViewSet(NestedOrderViewSet):
    def get_queryset(self):
        items = Item.objects.select_related("product")
        return Order.objects.prefetch_related(Prefetch("items", queryset=items))


class IsOwner(permissions.BasePermission):
    def has_object_permission(self, request, view, order):
        return order.customer.profile is not None  # culprit drf_permission_for_each_row


class GuardedOrders(generics.ListAPIView):
    """Shows only what may be seen, as one does where a permission cannot be written as a filter."""

    queryset = Order.objects.all()  # origin drf_permission_for_each_row
    serializer_class = store_serializers.KeySerializer

    def list(self, request, *args, **kwargs):
        owner = IsOwner()
        orders = [order for order in self.get_queryset() if owner.has_object_permission(request, self, order)]
        return self.get_paginated(orders)

    def get_paginated(self, orders):
        from rest_framework.response import Response

        return Response(self.get_serializer(orders, many=True).data)


class GuardedOrdersJoined(GuardedOrders):
    queryset = Order.objects.select_related("customer__profile")


class CustomersWithLatest(generics.ListAPIView):
    """The newest orders of each customer, a page of rows for each row."""

    queryset = Customer.objects.all()  # origin drf_page_of_related_rows

    class serializer_class(serializers.ModelSerializer):  # noqa: N801
        newest = serializers.SerializerMethodField()

        class Meta:
            model = Customer
            fields = ["name", "newest"]

        def get_newest(self, customer):
            return [order.number for order in customer.orders.all()[:3]]  # culprit drf_page_of_related_rows


class CustomersWithLatestPrefetched(CustomersWithLatest):
    queryset = Customer.objects.prefetch_related(
        Prefetch("orders", Order.objects.order_by("-pk")[:3], to_attr="newest_orders")
    )

    class serializer_class(CustomersWithLatest.serializer_class):  # noqa: N801
        def get_newest(self, customer):
            return [order.number for order in customer.newest_orders]
