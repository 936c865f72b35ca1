"""The API of the shop."""

from django.urls import path
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import filters, generics, serializers

from .models import Order, Product


class ProductSerializer(serializers.ModelSerializer):
    class Meta:
        model = Product
        fields = ["sku", "name", "price"]


class ProductList(generics.ListAPIView):
    queryset = Product.objects.filter(is_listed=True)
    serializer_class = ProductSerializer
    filter_backends = [filters.OrderingFilter, filters.SearchFilter]
    ordering_fields = ["name", "sku", "description"]
    search_fields = ["=name"]


class OrderSerializer(serializers.ModelSerializer):
    class Meta:
        model = Order
        fields = ["number", "state"]


class OrderList(generics.ListAPIView):
    queryset = Order.objects.all()
    serializer_class = OrderSerializer
    filter_backends = [DjangoFilterBackend]
    filterset_fields = {
        "customer": ["exact"],
        "placed_at": ["gte", "date"],
        "note": ["exact"],
        "number": ["exact"],
    }


urlpatterns = [path("products/", ProductList.as_view()), path("orders/", OrderList.as_view())]
