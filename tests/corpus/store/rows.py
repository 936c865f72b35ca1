"""The rows of the store: as many of each as a scenario is run with."""

from __future__ import annotations

from dataclasses import dataclass

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from .models import (
    Category,
    Coupon,
    Customer,
    Department,
    Item,
    Note,
    Offer,
    Order,
    Page,
    Product,
    Profile,
    Region,
    Setting,
    Shipment,
    Supplier,
    Tag,
    Warehouse,
)

__all__ = ["SETTINGS", "Store", "empty", "fill"]

SETTINGS = ("vat", "currency", "locale", "theme", "footer", "banner")
SHELVES = 3  # categories with products; their number does not depend on how many products there are


@dataclass(frozen=True, slots=True)
class Store:
    """What a scenario may be told from outside: keys as an import file or a request's body has them.

    Attributes:
        size: How many orders, customers, products and so on there are.
        orders: The primary keys of the orders.
        customers: The primary keys of the customers.
        products: The primary keys of the products.
        emails: The customers' emails.
        skus: The products' SKUs.
        chain: The primary keys of a category, its child, the child's child and so on.
        wholesaler: The primary key of a supplier that offers every product.
    """

    size: int
    orders: tuple[int, ...]
    customers: tuple[int, ...]
    products: tuple[int, ...]
    emails: tuple[str, ...]
    skus: tuple[str, ...]
    chain: tuple[int, ...]
    wholesaler: int


def fill(size: int, using: str = "default") -> Store:
    """`size` orders, each with a customer, a product, a shipment … of its own and two of what is to many."""
    with transaction.atomic(using=using):
        return _fill(size, using)


def _fill(size: int, using: str) -> Store:
    numbers = range(size)

    def made(model, rows):
        rows = list(rows)
        model._default_manager.using(using).bulk_create(rows)
        return list(model._default_manager.using(using).order_by("pk"))

    regions = made(Region, (Region(name=f"region {n}") for n in numbers))
    customers = made(
        Customer,
        (Customer(name=f"customer {n}", email=f"{n}@example.org", region=regions[n], bio="long") for n in numbers),
    )
    for customer, referrer in zip(customers[1:], customers, strict=False):
        customer.referrer = referrer
    Customer.objects.using(using).bulk_update(customers, ["referrer"])
    made(Profile, (Profile(customer=one, phone=f"555-{one.pk}") for one in customers))
    coupons = made(Coupon, (Coupon(code=f"C{n}") for n in numbers))
    tags = made(Tag, (Tag(name=f"tag {n}") for n in numbers))
    chain = _categories(size, using)
    shelves = chain[:SHELVES]
    products = made(
        Product,
        (Product(name=f"product {n}", sku=f"S{n}", category=shelves[n % SHELVES], price=n + 1) for n in numbers),
    )
    suppliers = made(Supplier, (Supplier(name=f"supplier {n}", code=f"U{n}") for n in numbers))
    made(
        Offer,
        (Offer(product=products[n], supplier=suppliers[(n + k) % size], price=k) for n in numbers for k in (0, 1)),
    )
    wholesaler = Supplier.directory.using(using).create(name="wholesale", code="ALL")
    made(Offer, (Offer(product=product, supplier=wholesaler, price=9) for product in products))
    related = Product.related.through
    # Each pair once, though with one or two rows there are fewer neighbours than two.
    neighbours = dict.fromkeys(pair for k in numbers for pair in ((k, (k + 1) % size), ((k + 1) % size, k)))
    made(related, (related(from_product=products[n], to_product=products[m]) for n, m in neighbours))
    orders = made(
        Order,
        (Order(number=f"N{n}", customer=customers[n], coupon=coupons[n], total=n) for n in numbers),
    )
    through = Order.tags.through
    labelled = dict.fromkeys((n, (n + k) % size) for n in numbers for k in (0, 1))
    made(through, (through(order=orders[n], tag=tags[m]) for n, m in labelled))
    made(Item, (Item(order=orders[n], product=products[(n + k) % size]) for n in numbers for k in (0, 1)))
    for n in numbers:
        warehouse = Warehouse.objects.using(using).create(name=f"warehouse {n}", region=regions[n])
        Shipment.objects.using(using).create(order=orders[n], warehouse=warehouse)
    types = {
        model: ContentType.objects.db_manager(using).get_for_model(model) for model in (Order, Product, Customer)
    }
    subjects = [(orders, Order), (products, Product)]
    made(
        Note,
        (
            Note(text="read", author=customers[n], content_type=types[model], object_id=rows[n].pk)
            for n in numbers
            for rows, model in subjects
        ),
    )
    made(Setting, (Setting(key=key, value=key) for key in SETTINGS))
    if using == "default":
        _trees(size)
        users = get_user_model().objects
        users.create_superuser("boss@example.org")
        users.bulk_create(users.model(email=f"clerk{n}@example.org") for n in numbers)
    return Store(
        size,
        tuple(one.pk for one in orders),
        tuple(one.pk for one in customers),
        tuple(one.pk for one in products),
        tuple(one.email for one in customers),
        tuple(one.sku for one in products),
        tuple(one.pk for one in chain),
        wholesaler.pk,
    )


def _categories(size: int, using: str) -> list[Category]:
    """A chain of `size` categories, and two leaves under each."""
    chain: list[Category] = []
    for number in range(size):
        parent = chain[-1] if chain else None
        chain.append(Category.objects.using(using).create(name=f"category {number}", parent=parent))
    Category.objects.using(using).bulk_create(
        [Category(name=f"leaf {number}", parent=node) for node in chain for number in (0, 1)]
    )
    return chain


def _trees(size: int) -> None:
    root = Page.objects.add_root({"title": "home"})
    department = Department.objects.create(title="all")
    for number in range(size):
        child = Page.objects.add_child(root, {"title": f"page {number}"})
        Page.objects.add_child(child, {"title": "leaf"})
        below = Department.objects.create(title=f"department {number}", parent=department)
        Department.objects.create(title="team", parent=below)
        root.refresh_from_db()
        department.refresh_from_db()


def empty(using: str = "default") -> None:
    """No rows of the store any more, and none of what `fill` made beside it."""
    every = apps.get_app_config("store").get_models(include_auto_created=True)
    models = [model for model in every if not model._meta.proxy]
    with transaction.atomic(using=using):
        # MariaDB checks each row as it goes, also against those of the same table.
        for model, key in ((Category, "parent"), (Customer, "referrer"), (Department, "parent")):
            model._base_manager.using(using).update(**{key: None})
        for model in _children_first(models):
            model._base_manager.using(using)._raw_delete(using)
        if using == "default":
            get_user_model().objects.filter(email__endswith="@example.org").delete()


def _children_first(models):
    """`models` in an order in which nothing that is left points to what is gone."""
    left, ordered = list(models), []
    while left:
        for model in left:
            pointed_at = any(
                field.is_relation and field.remote_field and field.concrete and field.related_model is model
                for other in left
                if other is not model
                for field in other._meta.local_fields
            )
            if not pointed_at:
                ordered.append(model)
                left.remove(model)
                break
        else:
            raise ValueError(f"a circle of relations among {left}")
    return ordered
