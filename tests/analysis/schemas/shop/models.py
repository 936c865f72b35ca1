"""A shop: customers, what they ordered, and the admin and API that look at it."""

from django.db import models


class Customer(models.Model):
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=100)
    country = models.CharField(max_length=2)


class Product(models.Model):
    sku = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    description = models.TextField()
    price = models.DecimalField(max_digits=8, decimal_places=2)
    is_listed = models.BooleanField(default=True)

    class Meta:
        ordering = ["price"]


class Order(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="orders")
    number = models.CharField(max_length=20, unique=True)
    state = models.CharField(max_length=10)
    placed_at = models.DateTimeField()
    note = models.TextField()

    class Meta:
        get_latest_by = "placed_at"
        indexes = [
            models.Index(fields=["customer", "-placed_at"], name="shop_order_customer_day_idx"),
            models.Index(fields=["state"], name="shop_order_state_idx"),
        ]


class Line(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, db_index=False)  # without an index
    position = models.PositiveSmallIntegerField()
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "position"], name="shop_line_position")]
