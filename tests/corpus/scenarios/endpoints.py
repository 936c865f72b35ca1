"""More of REST framework: what comes in, serializers in methods, plain serializers, and views of other kinds."""

from __future__ import annotations

from rest_framework.decorators import api_view
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from ..scenario import clean, fixed, problem
from ..store import serializers
from ..store.models import Customer, Item, Order, Product, Tag
from .api import shown


def answered(view):
    response = view(APIRequestFactory().get("/"))
    return response.data


@problem("store.Order.items", 'prefetch_related("items")', why="a serializer in a SerializerMethodField")
def endpoint_serializer_in_a_method():
    return shown(serializers.MethodWithSerializer, Order.objects.all())  # origin


@fixed(endpoint_serializer_in_a_method)
def endpoint_serializer_in_a_method_prefetched():
    return shown(serializers.MethodWithSerializer, Order.objects.prefetch_related("items"))


@problem("store.Order.tags", 'prefetch_related("tags")', why='ListField(source="tags.all")')
def endpoint_list_field():
    return shown(serializers.ListFieldSerializer, Order.objects.all())  # origin


@fixed(endpoint_list_field)
def endpoint_list_field_prefetched():
    return shown(serializers.ListFieldSerializer, Order.objects.prefetch_related("tags"))


@problem("store.Order.shipment", 'select_related("shipment")', why="a serializer without a model")
def endpoint_plain_serializer():
    return shown(serializers.ChoiceSerializer, Order.objects.all())  # origin


@fixed(endpoint_plain_serializer)
def endpoint_plain_serializer_joined():
    return shown(serializers.ChoiceSerializer, Order.objects.select_related("shipment"))


@problem(
    "store.Item.order",
    'select_related("order__customer")',
    why="a nested serializer in a nested serializer",
    through=("store.Order.customer",),
)
def endpoint_nested_chain():
    return shown(serializers.ParentSerializer, Item.objects.all())  # origin


@fixed(endpoint_nested_chain)
def endpoint_nested_chain_joined():
    return shown(serializers.ParentSerializer, Item.objects.select_related("order__customer"))


@problem("store.Tag.objects.exists()", "__in=", why="a unique validator asks for each line that comes in")
def endpoint_unique_validator(store):
    serializer = serializers.UniqueTagSerializer(data=[{"name": email} for email in store.emails], many=True)
    assert serializer.is_valid()


@fixed(endpoint_unique_validator)
def endpoint_unique_names_at_once(store):
    serializer = serializers.PlainTagSerializer(data=[{"name": email} for email in store.emails], many=True)
    assert serializer.is_valid()
    assert not Tag.objects.filter(name__in=store.emails).exists()


@problem(
    "store.Tag.objects.create()", "bulk_create", kind="write_in_loop", why="save() of many creates one by one"
)
def endpoint_create_each(store):
    serializer = serializers.PlainTagSerializer(data=[{"name": email} for email in store.emails], many=True)
    assert serializer.is_valid()
    serializer.save()


@fixed(endpoint_create_each)
def endpoint_create_all(store):
    serializer = serializers.PlainTagSerializer(data=[{"name": email} for email in store.emails], many=True)
    assert serializer.is_valid()
    Tag.objects.bulk_create(Tag(**line) for line in serializer.validated_data)


@problem("store.Product.objects.exists()", "__in=", why="validate_sku() asks for each line that comes in")
def endpoint_validate_method(store):
    serializer = serializers.SkuSerializer(data=[{"sku": sku} for sku in store.skus], many=True)
    assert serializer.is_valid()


@fixed(endpoint_validate_method)
def endpoint_validate_at_once(store):
    serializer = serializers.PlainTagSerializer(data=[{"name": sku} for sku in store.skus], many=True)
    assert serializer.is_valid()
    assert Product.objects.filter(sku__in=store.skus).count() == store.size


@problem("store.Order.customer", 'select_related("customer")', why="an APIView that builds its answer by hand")
def endpoint_api_view():
    class Orders(APIView):
        def get(self, request):
            return Response({order.number: self.owner(order) for order in Order.objects.all()})  # origin

        @staticmethod
        def owner(order):
            return order.customer.name  # culprit

    return answered(Orders.as_view())


@problem("store.Order.customer", 'select_related("customer")', why="a function that is a view")
def endpoint_function():
    @api_view(["GET"])
    def orders(request):
        rows = Order.objects.all()  # origin
        return Response([{"number": row.number, "name": row.customer.name} for row in rows])  # culprit

    return answered(orders)


@fixed(endpoint_api_view, endpoint_function)
def endpoint_function_joined():
    @api_view(["GET"])
    def orders(request):
        rows = Order.objects.select_related("customer")
        return Response([{"number": row.number, "name": row.customer.name} for row in rows])

    return answered(orders)


@clean(why="one row, with everything that belongs to it")
def endpoint_of_one_row(store):
    order = Order.objects.get(pk=store.orders[0])
    return [
        serializers.NestedOneSerializer(order).data,
        serializers.NestedTwiceSerializer(order).data,
        serializers.DeepSerializer(order).data,
        serializers.KeysSerializer(order).data,
    ]


@clean(why="values() instead of rows: dicts that have it all")
def endpoint_of_values():
    customers = Customer.objects.values("name", "email")
    return serializers.CustomerSerializer(customers, many=True).data
