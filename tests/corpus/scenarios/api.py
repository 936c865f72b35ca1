"""REST framework: a field of every kind, without a line of the project on the stack."""

from __future__ import annotations

from django.db.models import Prefetch
from rest_framework.test import APIRequestFactory

from ..scenario import clean, fixed, problem
from ..store import serializers
from ..store.models import Customer, Item, Note, Order, Product, Profile, Tag

JOINED = 'select_related("customer")'


def shown(serializer, rows):
    """What a view would send."""
    request = APIRequestFactory().get("/")
    return serializer(rows, many=True, context={"request": request}).data


@problem("store.Order.customer", JOINED, why='CharField(source="customer.name")')
def drf_dotted_source():
    return shown(serializers.DottedSerializer, Order.objects.all())  # origin


@problem(
    "store.Order.customer",
    'select_related("customer__region")',
    why='CharField(source="customer.region.name")',
    through=("store.Customer.region",),
)
def drf_dotted_source_of_two_levels():
    return shown(serializers.DeepSerializer, Order.objects.all())  # origin


@problem("store.Order.customer", JOINED, why="StringRelatedField calls __str__ of what it points to")
def drf_string():
    return shown(serializers.StringSerializer, Order.objects.all())  # origin


@problem("store.Order.customer", JOINED, why="a nested serializer of one row")
def drf_nested_one():
    return shown(serializers.NestedOneSerializer, Order.objects.all())  # origin


@problem("store.Order.customer", JOINED, why="a field that shows a property, which reads a relation")
def drf_property():
    return shown(serializers.PropertySerializer, Order.objects.all())  # origin


@problem("store.Order.customer", JOINED, why="to_representation() reads a relation")
def drf_to_representation():
    return shown(serializers.RepresentationSerializer, Order.objects.all())  # origin


@fixed(
    drf_dotted_source,
    drf_dotted_source_of_two_levels,
    drf_string,
    drf_nested_one,
    drf_property,
    drf_to_representation,
)
def drf_joined():
    orders = list(Order.objects.select_related("customer__region"))
    return [
        shown(serializer, orders)
        for serializer in (
            serializers.DottedSerializer,
            serializers.DeepSerializer,
            serializers.StringSerializer,
            serializers.NestedOneSerializer,
            serializers.PropertySerializer,
            serializers.RepresentationSerializer,
        )
    ]


@problem("store.Order.coupon", 'select_related("coupon")', why="SlugRelatedField reads a field of the other row")
def drf_slug():
    return shown(serializers.SlugSerializer, Order.objects.all())  # origin


@problem("store.Order.coupon", 'select_related("coupon")', why="a link by another field than the key")
def drf_link_by_slug():
    return shown(serializers.LinkBySlugSerializer, Order.objects.all())  # origin


@fixed(drf_slug, drf_link_by_slug)
def drf_slug_joined():
    orders = Order.objects.select_related("coupon")
    return shown(serializers.SlugSerializer, orders), shown(serializers.LinkBySlugSerializer, orders.all())


@problem("store.Order.tags", 'prefetch_related("tags")', why="PrimaryKeyRelatedField(many=True)")
def drf_many_keys():
    return shown(serializers.KeysSerializer, Order.objects.all())  # origin


@problem("store.Order.tags", 'prefetch_related("tags")', why="SlugRelatedField(many=True)")
def drf_many_slugs():
    return shown(serializers.SlugsSerializer, Order.objects.all())  # origin


@fixed(drf_many_keys, drf_many_slugs)
def drf_many_prefetched():
    orders = Order.objects.prefetch_related("tags")
    return shown(serializers.KeysSerializer, orders), shown(serializers.SlugsSerializer, orders.all())


@problem("store.Customer.orders", 'prefetch_related("orders")', why="HyperlinkedRelatedField(many=True)")
def drf_many_links():
    return shown(serializers.LinksSerializer, Customer.objects.all())  # origin


@problem("store.Customer.orders", 'prefetch_related("orders")', why="a SerializerMethodField sums over a manager")
def drf_method():
    return shown(serializers.MethodSerializer, Customer.objects.all())  # origin


@fixed(drf_many_links, drf_method)
def drf_orders_prefetched():
    customers = Customer.objects.prefetch_related("orders")
    return shown(serializers.LinksSerializer, customers), shown(serializers.MethodSerializer, customers.all())


@problem("store.Order.items", 'prefetch_related("items")', why="a nested serializer of many rows")
def drf_nested_many():
    return shown(serializers.NestedManySerializer, Order.objects.all())  # origin


@problem("store.Order.items", 'Count("items"', why='IntegerField(source="items.count")')
def drf_count_as_source():
    return shown(serializers.CountSerializer, Order.objects.all())  # origin


@problem(
    "store.Order.items",
    ("items", "product"),
    why="many rows under each row, and a relation of each of those",
    through=("store.Item.product",),
)
def drf_nested_twice():
    return shown(serializers.NestedTwiceSerializer, Order.objects.all())  # origin


@fixed(drf_nested_many, drf_count_as_source, drf_nested_twice)
def drf_nested_prefetched():
    items = Item.objects.select_related("product")
    orders = list(Order.objects.prefetch_related(Prefetch("items", queryset=items)))
    return [
        shown(serializer, orders)
        for serializer in (
            serializers.NestedManySerializer,
            serializers.CountSerializer,
            serializers.NestedTwiceSerializer,
        )
    ]


@problem("store.Profile.customer", JOINED, why="depth = 1 nests every relation")
def drf_depth():
    return shown(serializers.DepthSerializer, Profile.objects.all())  # origin


@fixed(drf_depth)
def drf_depth_joined():
    return shown(serializers.DepthSerializer, Profile.objects.select_related("customer"))


@problem(
    "store.Note.subject", "GenericPrefetch | prefetch_related", why="a field of one's own shows a generic key"
)
def drf_generic_field():
    return shown(serializers.NoteSerializer, Note.objects.all())  # origin


@fixed(drf_generic_field)
def drf_generic_field_prefetched():
    return shown(serializers.NoteSerializer, Note.objects.prefetch_related("subject"))


@problem("store.Product.objects.get()", "in_bulk | __in=", why="each line of an import is looked up by its slug")
def drf_input(store):
    lines = [{"product": sku, "quantity": 2} for sku in store.skus]
    serializer = serializers.WriteSerializer(data=lines, many=True)
    assert serializer.is_valid()
    return serializer.validated_data


@fixed(drf_input)
def drf_input_in_bulk(store):
    return Product.objects.in_bulk(store.skus, field_name="sku")


@problem(
    "store.Tag.objects.get()",
    "in_bulk | __in=",
    why="PrimaryKeyRelatedField(many=True) looks each key up by itself",
)
def drf_input_keys():
    keys = list(Tag.objects.values_list("pk", flat=True))
    serializer = serializers.TagsSerializer(data={"tags": keys})
    assert serializer.is_valid()
    return serializer.validated_data


@fixed(drf_input_keys)
def drf_input_keys_in_bulk():
    return Tag.objects.in_bulk(Tag.objects.values_list("pk", flat=True))


@clean(why="keys and links by key need nothing but the row")
def drf_keys_and_links():
    orders = Order.objects.all()
    return shown(serializers.KeySerializer, orders), shown(serializers.LinkSerializer, orders.all())


@problem("store.Order.customer", JOINED, why="a viewset: the rows come from its `queryset`")
def drf_viewset(client):
    assert len(client.get("/api/orders/").json()["results"]) > 1


@fixed(drf_viewset)
def drf_viewset_joined(client):
    assert len(client.get("/api/orders-joined/").json()["results"]) > 1


@clean(why="the detail of a viewset is about one row")
def drf_viewset_detail(client, store):
    for pk in store.orders[:6]:
        assert client.get(f"/api/orders/{pk}/").status_code == 200


@problem(
    "store.Item.product",
    ("items", "product"),
    why="a viewset whose prefetch is one level short; the field is in the nested serializer",
)
def drf_field_of_nested_rows(client):
    assert client.get("/api/orders-nested/").status_code == 200


@fixed(drf_field_of_nested_rows)
def drf_field_of_prefetched_rows(client):
    assert client.get("/api/orders-prefetched/").status_code == 200


@problem(
    "store.Order.customer",
    'select_related("customer__profile")',
    why="a permission asks for each row",
    through=("store.Customer.profile",),
)
def drf_permission_for_each_row(client):
    assert client.get("/api/guarded/").status_code == 200


@fixed(drf_permission_for_each_row)
def drf_permission_of_joined_rows(client):
    assert client.get("/api/guarded-joined/").status_code == 200


@problem("store.Customer.orders", "Prefetch( | Window( | Subquery(", why="a page of related rows, for each row")
def drf_page_of_related_rows(client):
    assert client.get("/api/customers/").status_code == 200


@fixed(drf_page_of_related_rows)
def drf_page_of_prefetched_rows(client):
    assert client.get("/api/customers-prefetched/").status_code == 200
