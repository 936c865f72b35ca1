"""A store: one relation of every sort."""

from __future__ import annotations

from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models
from mptt.models import MPTTModel, TreeForeignKey
from treebeard.mp_tree import MP_Node


class Region(models.Model):
    name = models.CharField(max_length=100)
    manager_name = models.CharField(max_length=100, default="")


class CustomerManager(models.Manager):
    def by_email(self, email):
        return self.get(email=email)  # culprit manager_method


class Customer(models.Model):
    name = models.CharField(max_length=100)
    email = models.CharField(max_length=100, unique=True)
    bio = models.TextField(default="")
    region = models.ForeignKey(Region, models.CASCADE, related_name="customers")
    referrer = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="referred")

    objects = CustomerManager()

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str]:
        return (self.email,)


class Member(Customer):
    """The same rows under another name."""

    class Meta:
        proxy = True


class Profile(models.Model):
    customer = models.OneToOneField(Customer, models.CASCADE, related_name="profile")
    phone = models.CharField(max_length=100)


class Coupon(models.Model):
    code = models.CharField(max_length=20, unique=True)


class Tag(models.Model):
    name = models.CharField(max_length=100, unique=True)


class OrderQuerySet(models.QuerySet):
    def of(self, customer):
        return self.filter(customer=customer)

    def number_of(self, customer):
        return self.of(customer).count()  # culprit queryset_method_that_counts

    def with_customer(self):
        return self.select_related("customer")


class Order(models.Model):
    number = models.CharField(max_length=20, unique=True)
    status = models.CharField(max_length=20, default="new")
    total = models.IntegerField(default=0)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="orders")
    coupon = models.ForeignKey(Coupon, models.SET_NULL, null=True, blank=True)
    tags = models.ManyToManyField(Tag)
    notes = GenericRelation("Note")

    objects = OrderQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        # culprit str_of_the_row str_by_map template_str form_str form_str_of_checkboxes
        # culprit admin_str_column admin_list_filter export_to_a_log export_by_repr
        return f"{self.number} for {self.customer.name}"

    @property
    def customer_email(self) -> str:
        # culprit property_of_the_row drf_property template_property jinja_property
        return self.customer.email

    @property
    def region_name(self) -> str:
        return self.customer.region.name  # culprit property_of_two_levels

    @property
    def number_of_items(self) -> int:
        return self.items.count()  # culprit property_that_counts

    def first_item(self) -> Item | None:
        return self.items.order_by("pk").first()  # culprit method_of_the_row report_by_methodcaller


class Category(models.Model):
    name = models.CharField(max_length=100)
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")

    def path(self) -> str:
        names = [self.name]
        node = self
        while node.parent is not None:  # culprit category_path
            node = node.parent
            names.append(node.name)
        return " / ".join(reversed(names))


class Supplier(models.Model):
    """Its manager is not called `objects`."""

    name = models.CharField(max_length=100)
    code = models.CharField(max_length=20, unique=True)

    directory = models.Manager()


class Product(models.Model):
    name = models.CharField(max_length=100)
    sku = models.CharField(max_length=20, unique=True)
    price = models.IntegerField(default=1)
    stock = models.IntegerField(default=10)
    category = models.ForeignKey(Category, models.CASCADE, related_name="products")
    suppliers = models.ManyToManyField(Supplier, through="Offer", related_name="products")
    related = models.ManyToManyField("self")
    notes = GenericRelation("Note")

    class Meta:
        ordering = ["pk"]


class Offer(models.Model):
    """What is between products and suppliers; its managers have the names Django gives them."""

    product = models.ForeignKey(Product, models.CASCADE)
    supplier = models.ForeignKey(Supplier, models.CASCADE)
    price = models.IntegerField()


class Item(models.Model):
    order = models.ForeignKey(Order, models.CASCADE, related_name="items")
    product = models.ForeignKey(Product, models.CASCADE, related_name="sold")
    quantity = models.IntegerField(default=1)

    class Meta:
        ordering = ["pk"]

    @property
    def sku(self) -> str:
        return self.product.sku  # culprit admin_property_column


class Note(models.Model):
    text = models.CharField(max_length=100)
    author = models.ForeignKey(Customer, models.CASCADE, related_name="written_notes")
    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    subject = GenericForeignKey()


class Location(models.Model):
    """The parent of a multi-table inheritance."""

    name = models.CharField(max_length=100)
    region = models.ForeignKey(Region, models.CASCADE, related_name="locations")


class Warehouse(Location):
    capacity = models.IntegerField(default=100)


class Shipment(models.Model):
    order = models.OneToOneField(Order, models.CASCADE, primary_key=True, related_name="shipment")
    warehouse = models.ForeignKey(Warehouse, models.CASCADE, related_name="shipments")
    carrier = models.CharField(max_length=20, default="post")


class Setting(models.Model):
    key = models.CharField(max_length=20, unique=True)
    value = models.CharField(max_length=100)


class AuditEntry(models.Model):
    text = models.CharField(max_length=100)
    order = models.ForeignKey(Order, models.CASCADE, null=True, related_name="audit_entries")


class Page(MP_Node):
    """A tree that treebeard keeps."""

    title = models.CharField(max_length=100)


class Department(MPTTModel):
    """A tree that mptt keeps."""

    title = models.CharField(max_length=100)
    parent = TreeForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")
