"""REST framework's serializers of the store: a field of every kind."""

from __future__ import annotations

from rest_framework import serializers

from .models import Customer, Item, Note, Order, Product, Profile, Tag


class DottedSerializer(serializers.ModelSerializer):
    customer_name = serializers.CharField(source="customer.name")  # culprit drf_dotted_source drf_viewset

    class Meta:
        model = Order
        fields = ["number", "customer_name"]


class DeepSerializer(serializers.ModelSerializer):
    region = serializers.CharField(source="customer.region.name")  # culprit drf_dotted_source_of_two_levels

    class Meta:
        model = Order
        fields = ["number", "region"]


class KeySerializer(serializers.ModelSerializer):
    """Only keys, which the rows have."""

    class Meta:
        model = Order
        fields = ["number", "customer", "coupon"]


class KeysSerializer(serializers.ModelSerializer):
    tags = serializers.PrimaryKeyRelatedField(many=True, read_only=True)  # culprit drf_many_keys

    class Meta:
        model = Order
        fields = ["number", "tags"]


class SlugSerializer(serializers.ModelSerializer):
    coupon = serializers.SlugRelatedField(slug_field="code", read_only=True)  # culprit drf_slug

    class Meta:
        model = Order
        fields = ["number", "coupon"]


class SlugsSerializer(serializers.ModelSerializer):
    tags = serializers.SlugRelatedField(slug_field="name", many=True, read_only=True)  # culprit drf_many_slugs

    class Meta:
        model = Order
        fields = ["number", "tags"]


class StringSerializer(serializers.ModelSerializer):
    customer = serializers.StringRelatedField()  # culprit drf_string

    class Meta:
        model = Order
        fields = ["number", "customer"]


class LinkSerializer(serializers.ModelSerializer):
    """Links need the key only, which the rows have; those to many need the rows."""

    customer = serializers.HyperlinkedRelatedField(view_name="customer", read_only=True)

    class Meta:
        model = Order
        fields = ["number", "customer"]


class LinksSerializer(serializers.ModelSerializer):
    orders = serializers.HyperlinkedRelatedField(  # culprit drf_many_links
        view_name="order-detail-page", many=True, read_only=True
    )

    class Meta:
        model = Customer
        fields = ["name", "orders"]


class LinkBySlugSerializer(serializers.ModelSerializer):
    coupon = serializers.HyperlinkedRelatedField(  # culprit drf_link_by_slug
        view_name="coupon", lookup_field="code", read_only=True
    )

    class Meta:
        model = Order
        fields = ["number", "coupon"]


class CustomerSerializer(serializers.ModelSerializer):
    class Meta:
        model = Customer
        fields = ["name", "email"]


class NestedOneSerializer(serializers.ModelSerializer):
    customer = CustomerSerializer()  # culprit drf_nested_one

    class Meta:
        model = Order
        fields = ["number", "customer"]


class ItemSerializer(serializers.ModelSerializer):
    class Meta:
        model = Item
        fields = ["quantity"]


class NestedManySerializer(serializers.ModelSerializer):
    items = ItemSerializer(many=True)  # culprit drf_nested_many

    class Meta:
        model = Order
        fields = ["number", "items"]


class ItemWithSkuSerializer(serializers.ModelSerializer):
    sku = serializers.CharField(source="product.sku")  # culprit drf_field_of_nested_rows

    class Meta:
        model = Item
        fields = ["quantity", "sku"]


class NestedTwiceSerializer(serializers.ModelSerializer):
    items = ItemWithSkuSerializer(many=True)  # culprit drf_nested_twice

    class Meta:
        model = Order
        fields = ["number", "items"]


class MethodSerializer(serializers.ModelSerializer):
    spent = serializers.SerializerMethodField()

    class Meta:
        model = Customer
        fields = ["name", "spent"]

    def get_spent(self, customer):
        return sum(order.total for order in customer.orders.all())  # culprit drf_method


class CountSerializer(serializers.ModelSerializer):
    item_count = serializers.IntegerField(source="items.count")  # culprit drf_count_as_source

    class Meta:
        model = Order
        fields = ["number", "item_count"]


class PropertySerializer(serializers.ModelSerializer):
    customer_email = serializers.ReadOnlyField()  # culprit drf_property

    class Meta:
        model = Order
        fields = ["number", "customer_email"]


class DepthSerializer(serializers.ModelSerializer):
    """With `depth`, REST framework makes the nested serializers itself."""

    class Meta:
        model = Profile
        fields = ["phone", "customer"]  # culprit drf_depth
        depth = 1  # culprit drf_depth


class RepresentationSerializer(serializers.ModelSerializer):
    class Meta:
        model = Order
        fields = ["number"]

    def to_representation(self, order):
        shown = super().to_representation(order)
        shown["region"] = order.customer.region_id  # culprit drf_to_representation
        return shown


class SubjectField(serializers.RelatedField):
    def to_representation(self, value):
        return f"{type(value).__name__} {value.pk}"


class NoteSerializer(serializers.ModelSerializer):
    subject = SubjectField(read_only=True)  # culprit drf_generic_field

    class Meta:
        model = Note
        fields = ["text", "subject"]


class WriteSerializer(serializers.ModelSerializer):
    """Each key of an import is looked up by a field that `many=True` runs once for each line."""

    product = serializers.SlugRelatedField(slug_field="sku", queryset=Product.objects.all())  # culprit drf_input

    class Meta:
        model = Item
        fields = ["product", "quantity"]


class TagsSerializer(serializers.Serializer):
    tags = serializers.PrimaryKeyRelatedField(many=True, queryset=Tag.objects.all())  # culprit drf_input_keys


class MethodWithSerializer(serializers.ModelSerializer):
    lines = serializers.SerializerMethodField()

    class Meta:
        model = Order
        fields = ["number", "lines"]

    def get_lines(self, order):
        return ItemSerializer(order.items.all(), many=True).data  # culprit endpoint_serializer_in_a_method


class ListFieldSerializer(serializers.Serializer):
    number = serializers.CharField()
    tags = serializers.ListField(child=serializers.CharField(), source="tags.all")  # culprit endpoint_list_field


class ChoiceSerializer(serializers.Serializer):
    code = serializers.SerializerMethodField(method_name="coupon_code")
    carrier = serializers.ChoiceField(["post"], source="shipment.carrier")  # culprit endpoint_plain_serializer

    def coupon_code(self, order):
        return order.coupon_id


class UniqueTagSerializer(serializers.ModelSerializer):
    """REST framework adds a validator to the name, which asks whether it is taken."""

    class Meta:
        model = Tag
        fields = ["name"]  # culprit endpoint_unique_validator


class PlainTagSerializer(serializers.Serializer):
    name = serializers.CharField()

    def create(self, validated_data):
        return Tag.objects.create(**validated_data)  # culprit endpoint_create_each


class SkuSerializer(serializers.Serializer):
    sku = serializers.CharField()

    def validate_sku(self, sku):
        if not Product.objects.filter(sku=sku).exists():  # culprit endpoint_validate_method
            raise serializers.ValidationError("unknown")
        return sku


class ParentSerializer(serializers.ModelSerializer):
    class Meta:
        model = Item
        fields = ["order"]

    order = NestedOneSerializer()  # culprit endpoint_nested_chain
