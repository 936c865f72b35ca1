"""Writes, one for each row; and the one statement for all of them."""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models import F

from ..scenario import clean, fixed, problem
from ..store.models import AuditEntry, Customer, Item, Order, Product, Setting, Shipment, Tag

ONE_EACH = "one write for each row"
WRITE = "write_in_loop"


@problem("store.Order.save()", "bulk_update", kind=WRITE, why=ONE_EACH)
def save_each():
    for order in Order.objects.all():  # origin
        order.status = "paid"
        order.save()  # culprit


@problem(
    "store.Order.save()", "bulk_update", kind=WRITE, why="save() of one column is one write for each row, too"
)
def save_one_column_of_each():
    orders = list(Order.objects.all())  # origin
    while orders:
        order = orders.pop()
        order.total += 1
        order.save(update_fields=["total"])  # culprit


@problem("store.Order.save()", "bulk_update", kind=WRITE, why="a method of the row saves it")
def save_in_a_method():
    class Checkout:
        def __init__(self, orders):
            self.orders = orders

        def run(self):
            for order in self.orders:
                self.pay(order)

        def pay(self, order):
            order.status = "paid"
            order.save()  # culprit

    Checkout(Order.objects.all()).run()  # origin


@fixed(save_each, save_one_column_of_each, save_in_a_method)
def save_all():
    orders = list(Order.objects.all())
    for order in orders:
        order.status = "paid"
    Order.objects.bulk_update(orders, ["status"])


@problem("store.Tag.objects.create()", "bulk_create", kind=WRITE, why="one INSERT for each name")
def create_each(store):
    return [Tag.objects.create(name=email) for email in store.emails]  # culprit


@problem("store.Tag.save()", "bulk_create", kind=WRITE, why="a new row is made and saved, for each name")
def save_new_each(store):
    for email in store.emails:
        tag = Tag(name=email)
        tag.save()  # culprit


@fixed(create_each, save_new_each)
def create_all(store):
    return Tag.objects.bulk_create(Tag(name=email) for email in store.emails)


@problem("store.Order.items.create()", "bulk_create", kind=WRITE, why="a row under one order, made one by one")
def create_through_manager(store):
    order = Order.objects.get(pk=store.orders[0])
    for pk in store.products:
        order.items.create(product_id=pk)  # culprit


@fixed(create_through_manager)
def create_through_manager_all(store):
    order = Order.objects.get(pk=store.orders[0])
    order.items.bulk_create([Item(order=order, product_id=pk) for pk in store.products])


@problem("store.Order.items.create()", "bulk_create", kind=WRITE, why="a row under each of the orders")
def create_under_each(store):
    for order in Order.objects.all():  # origin
        order.items.create(product_id=store.products[0])  # culprit


@fixed(create_under_each)
def create_under_all(store):
    product = store.products[0]
    Item.objects.bulk_create([Item(order=order, product_id=product) for order in Order.objects.all()])


@problem(
    "store.Tag.objects.get_or_create()",
    "bulk_create",
    kind=WRITE,
    why="get_or_create() of what is new: a look-up and an INSERT for each name",
)
def get_or_create_of_new(store):
    for email in store.emails:
        Tag.objects.get_or_create(name=email)  # culprit


@fixed(get_or_create_of_new)
def get_or_create_of_new_in_bulk(store):
    Tag.objects.bulk_create([Tag(name=email) for email in store.emails], ignore_conflicts=True)


@problem(
    "store.Product.objects.update_or_create()",
    "bulk_create | bulk_update",
    kind=WRITE,
    why="an import that looks each row up and writes it",
)
def update_or_create_each(store):
    for sku in store.skus:
        Product.objects.update_or_create(sku=sku, defaults={"price": 7})  # culprit


@fixed(update_or_create_each)
def update_or_create_all(store):
    products = list(Product.objects.filter(sku__in=store.skus))
    for product in products:
        product.price = 7
    Product.objects.bulk_update(products, ["price"])


@problem("store.Shipment.delete()", ".delete()", kind=WRITE, why="one DELETE for each row")
def delete_each():
    for shipment in Shipment.objects.all():  # origin
        shipment.delete()  # culprit


@fixed(delete_each)
def delete_all():
    Shipment.objects.all().delete()


@problem("store.Item.objects.delete()", ".delete()", kind=WRITE, why="a DELETE by filter for each key")
def delete_by_filter_each(store):
    for pk in store.orders:
        Item.objects.filter(order_id=pk).delete()  # culprit


@fixed(delete_by_filter_each)
def delete_by_filter_all(store):
    Item.objects.filter(order_id__in=store.orders).delete()


@problem(
    "store.Order.objects.update()", "bulk_update | .update(", kind=WRITE, why="an UPDATE by filter for each key"
)
def update_by_filter_each(store):
    for pk in store.orders:
        Order.objects.filter(pk=pk).update(status="sent")  # culprit


@fixed(update_by_filter_each)
def update_by_filter_all(store):
    Order.objects.filter(pk__in=store.orders).update(status="sent")


@problem(
    "store.Product.objects.update()",
    "bulk_update | .update( | Case(",
    kind=WRITE,
    why="stock, counted down line by line",
)
def update_by_expression_each():
    for item in Item.objects.filter(order__status="new"):  # origin
        Product.objects.filter(pk=item.product_id).update(stock=F("stock") - item.quantity)  # culprit


@fixed(update_by_expression_each)
def update_by_expression_all():
    products = {product.pk: product for product in Product.objects.all()}
    for item in Item.objects.filter(order__status="new"):
        products[item.product_id].stock -= item.quantity
    Product.objects.bulk_update(products.values(), ["stock"])


@problem(
    "store.Order.tags.add()",
    ".add( | bulk_create",
    kind=WRITE,
    why="one tag, added to each row",
)
def add_to_each():
    tag = Tag.objects.create(name="seen")
    for order in Order.objects.all():  # origin
        order.tags.add(tag)  # culprit


@fixed(add_to_each)
def add_to_all():
    tag = Tag.objects.create(name="seen")
    tag.order_set.add(*Order.objects.all())


@problem(
    "store.Order.tags.add()",
    ".add( | bulk_create",
    kind=WRITE,
    why="many tags, added to one row one by one",
)
def add_each():
    order = Order.objects.create(number="X", customer=Customer.objects.all()[0])
    for tag in Tag.objects.all():  # origin
        order.tags.add(tag)  # culprit


@fixed(add_each)
def add_all():
    order = Order.objects.create(number="X", customer=Customer.objects.all()[0])
    order.tags.add(*Tag.objects.all())


@problem(
    "store.Order.tags.set()",
    "bulk_create",
    kind=WRITE,
    why="the tags of each row are set",
)
def set_each():
    tag = Tag.objects.create(name="only")
    for order in Order.objects.all():  # origin
        order.tags.set([tag])  # culprit


@fixed(set_each)
def set_all():
    tag = Tag.objects.create(name="only")
    through = Order.tags.through
    through.objects.all().delete()
    through.objects.bulk_create([through(order=order, tag=tag) for order in Order.objects.all()])


@problem("store.Order.tags.clear()", "delete()", kind=WRITE, why="the tags of each row are cleared")
def clear_each():
    for order in Order.objects.all():  # origin
        order.tags.clear()  # culprit


@fixed(clear_each)
def clear_all():
    Order.tags.through.objects.filter(order__in=Order.objects.all()).delete()


@problem("INSERT store_tag", "executemany", kind=WRITE, why="an INSERT of one's own for each name")
def cursor_insert_each(store):
    with connection.cursor() as cursor:
        for email in store.emails:
            cursor.execute("INSERT INTO store_tag (name) VALUES (%s)", [email])  # culprit


@fixed(cursor_insert_each)
def cursor_insert_all(store):
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO store_tag (name) VALUES (%s)", [(email,) for email in store.emails])


@problem(
    "store.Order.save()", "bulk_update", kind=WRITE, why="a transaction around each write does not make it one"
)
def save_each_in_a_transaction():
    for order in Order.objects.all():  # origin
        with transaction.atomic():
            order.status = "paid"
            order.save()  # culprit


@fixed(save_each_in_a_transaction)
def save_all_in_a_transaction():
    with transaction.atomic():
        Order.objects.update(status="paid")


# -- fine ------------------------------------------------------------------------------------------------------


@clean(why="bulk_create() writes in batches, each of many rows", grows=True)
def bulk_create_in_batches(store):
    tags = [Tag(name=f"{email} {number}") for email in store.emails for number in range(2)]
    Tag.objects.bulk_create(tags, batch_size=4)


@clean(why="bulk_update() writes in batches, each of many rows", grows=True)
def bulk_update_in_batches():
    items = list(Item.objects.all())
    for item in items:
        item.quantity += 1
    Item.objects.bulk_update(items, ["quantity"], batch_size=4)


@clean(why="each round deletes a batch, as one does with large tables", grows=True)
def delete_in_batches():
    while keys := list(Item.objects.values_list("pk", flat=True)[:5]):
        Item.objects.filter(pk__in=keys).delete()


@clean(why="a few different rows, each saved once where it is made")
def a_few_different_writes(store):
    order = Order.objects.create(number="X", customer_id=store.customers[0])
    Shipment.objects.create(order=order, warehouse_id=Shipment.objects.all()[0].warehouse_id)
    item = Item.objects.create(order=order, product_id=store.products[0])
    order.tags.add(Tag.objects.create(name="new"))
    item.quantity = 2
    item.save()
    order.total = 5
    order.save()
    AuditEntry.objects.create(order=order, text="made")
    AuditEntry.objects.create(order=order, text="paid")


@clean(why="a handful of settings, each saved: their number is fixed and small")
def a_form_of_six_fields():
    for setting in Setting.objects.all():
        setting.value += "!"
        setting.save(update_fields=["value"])


@clean(why="a savepoint for each item, and one write at the end")
def savepoint_for_each_item(store):
    good = []
    for email in store.emails:
        try:
            with transaction.atomic():
                good.append(Tag(name=f"tag of {int(email.partition('@')[0])}"))
        except ValueError:
            continue
    Tag.objects.bulk_create(good)


@clean(why="deleting rows that others point to collects those in one query each relation, not each row")
def delete_with_cascade():
    Order.objects.filter(status="new").delete()
