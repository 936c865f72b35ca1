"""Look-ups on managers, one for each row or key."""

from __future__ import annotations

from django.db import connection
from django.db.models import Count, Sum, prefetch_related_objects
from django.shortcuts import get_object_or_404

from ..scenario import fixed, problem
from ..store.models import Coupon, Customer, Item, Order, Product, Profile, Supplier, Tag


@problem("store.Customer.objects.get()", "in_bulk", why="get() by primary key, for each key of a list")
def get_by_pk(store):
    names = []
    for pk in store.customers:
        names.append(Customer.objects.get(pk=pk).name)  # culprit
    return names


@problem("store.Customer.objects.get()", "in_bulk", why="get() by a key column that the loop has as a number")
def get_by_id_of_a_row():
    orders = Order.objects.all()  # origin
    return [Customer.objects.get(id=order.customer_id).name for order in orders]  # culprit


@problem("store.Customer.objects.get()", "in_bulk", why="map() calls a method for each key")
def get_by_map(store):
    return list(map(CustomerDirectory().find, store.customers))


class CustomerDirectory:
    def find(self, pk):
        return Customer.objects.get(pk=pk)  # culprit get_by_map


@problem("store.Customer.objects.get()", "in_bulk", why="the shortcut runs get()")
def get_by_shortcut(store):
    return [get_object_or_404(Customer, pk=pk) for pk in store.customers]  # culprit


@fixed(get_by_pk, get_by_id_of_a_row, get_by_map, get_by_shortcut)
def get_in_bulk(store):
    customers = Customer.objects.in_bulk(store.customers)
    return [customers[pk].name for pk in store.customers]


@problem("store.Product.objects.get()", ("in_bulk", "sku"), why="get() by a unique field, rows of an import file")
def get_by_unique_field(store):
    found = {}
    for line_number, sku in enumerate(store.skus, start=1):
        try:
            found[line_number] = Product.objects.get(sku=sku)  # culprit
        except Product.DoesNotExist:
            continue
    return found


@fixed(get_by_unique_field)
def get_by_unique_field_in_bulk(store):
    by_sku = Product.objects.in_bulk(store.skus, field_name="sku")
    return {number: by_sku[sku] for number, sku in enumerate(store.skus, start=1)}


@problem("store.Supplier.directory.get()", "in_bulk", why="the manager has a name of its own")
def get_on_a_named_manager(store):
    return [Supplier.directory.get(code=f"U{number}") for number in range(store.size)]  # culprit


@fixed(get_on_a_named_manager)
def get_on_a_named_manager_in_bulk(store):
    return Supplier.directory.in_bulk([f"U{number}" for number in range(store.size)], field_name="code")


@problem("store.Customer.objects.first()", "__in= | in_bulk", why="filter().first() is a get()")
def filter_first(store):
    customers = []
    for email in store.emails:
        customer = Customer.objects.filter(email=email).first()  # culprit
        if customer:
            customers.append(customer)
    return customers


@fixed(filter_first)
def filter_in(store):
    return list(Customer.objects.filter(email__in=store.emails))


@problem("store.Customer.objects.exists()", "__in=", why="is it there? asked for each key")
def exists_for_each_key(store):
    return [email for email in store.emails if not Customer.objects.filter(email=email).exists()]  # culprit


@fixed(exists_for_each_key)
def exists_for_all_keys(store):
    known = set(Customer.objects.filter(email__in=store.emails).values_list("email", flat=True))
    return [email for email in store.emails if email not in known]


@problem(
    "store.Order.objects.exists()", "__in= | Exists(", why="has each customer ordered? on a manager, by object"
)
def exists_for_each_row():
    for customer in Customer.objects.all():  # origin
        if Order.objects.filter(customer=customer).exists():  # culprit
            note(customer)


def note(what):
    return str(what)


@fixed(exists_for_each_row)
def exists_in_the_query():
    for customer in Customer.objects.filter(orders__isnull=False).distinct():
        note(customer)


@problem("store.Item.objects.count()", "Count(", why="a count on a manager for each row")
def count_for_each_row():
    counts = {}
    for product in Product.objects.all():  # origin
        counts[product.pk] = Item.objects.filter(product=product).count()  # culprit
    return counts


@fixed(count_for_each_row)
def count_grouped():
    return dict(Item.objects.values_list("product").annotate(count=Count("pk")))


@problem("store.Order.objects.aggregate()", "annotate(", why="a sum on a manager for each key")
def aggregate_for_each_key(store):
    totals = {}
    for pk in store.customers:
        orders = Order.objects.filter(customer_id=pk)
        totals[pk] = orders.aggregate(spent=Sum("total"))["spent"] or 0  # culprit
    return totals


@fixed(aggregate_for_each_key)
def aggregate_grouped():
    return dict(Order.objects.values_list("customer").annotate(spent=Sum("total")))


@problem("store.Order.objects.filter()", "__in=", why="filter() by the row, for each row")
def filter_for_each_row():
    rows = []
    for customer in Customer.objects.all():  # origin
        rows.append((customer.name, list(Order.objects.filter(customer=customer))))  # culprit
    return rows


@problem("store.Order.objects.filter()", "__in=", why="values_list() of a filter, for each key")
def values_list_for_each_key(store):
    return {
        pk: list(Order.objects.filter(customer=pk).values_list("number", flat=True))  # culprit
        for pk in store.customers
    }


@problem("store.Order.objects.filter()", "__in=", why="a slice of a filter, for each row")
def slice_for_each_row():
    for customer in Customer.objects.all():  # origin
        for order in Order.objects.filter(customer=customer).order_by("-total")[:3]:  # culprit
            note(order.number)


@fixed(filter_for_each_row, values_list_for_each_key, slice_for_each_row)
def filter_for_all_rows(store):
    by_customer: dict[int, list[Order]] = {}
    for order in Order.objects.filter(customer__in=store.customers):
        by_customer.setdefault(order.customer_id, []).append(order)
    return by_customer


@problem(
    "store.Customer.objects.in_bulk()",
    "in_bulk | __in=",
    why="in_bulk() of one key at a time is a get() in a loop",
)
def in_bulk_of_one(store):
    return [Customer.objects.in_bulk([pk])[pk] for pk in store.customers]  # culprit


@fixed(in_bulk_of_one)
def in_bulk_of_all(store):
    customers = Customer.objects.in_bulk(store.customers)
    return [customers[pk] for pk in store.customers]


@problem("store.Customer.objects.filter()", "__in= | in_bulk", why="an IN list of one key is an equation")
def in_list_of_one(store):
    names = []
    for pk in store.customers:
        (customer,) = Customer.objects.filter(pk__in=[pk])  # culprit
        names.append(customer.name)
    return names


@fixed(in_list_of_one)
def in_list_of_all(store):
    return [customer.name for customer in Customer.objects.filter(pk__in=store.customers)]


@problem(
    ("store.Order.items", "prefetch_related_objects()"),
    'prefetch_related("items") | prefetch_related_objects(',
    why="prefetch_related_objects() of one row at a time prefetches nothing",
)
def prefetch_of_one():
    for order in Order.objects.all():  # origin
        prefetch_related_objects([order], "items")  # culprit
        note(len(order.items.all()))


@fixed(prefetch_of_one)
def prefetch_of_all():
    orders = list(Order.objects.all())
    prefetch_related_objects(orders, "items")
    for order in orders:
        note(len(order.items.all()))


@problem(
    "store.Tag.objects.get_or_create()",
    "in_bulk | __in= | bulk_create",
    why="get_or_create() of what is there is a get()",
)
def get_or_create_of_known(store):
    tags = []
    for number in range(store.size):
        tag, _ = Tag.objects.get_or_create(name=f"tag {number}")  # culprit
        tags.append(tag)
    return tags


@fixed(get_or_create_of_known)
def get_or_create_of_known_in_bulk(store):
    names = [f"tag {number}" for number in range(store.size)]
    return Tag.objects.in_bulk(names, field_name="name")


@problem("store.Order.refresh_from_db()", "one query | __in= | in_bulk", why="each row is read again by itself")
def refresh_each():
    orders = list(Order.objects.all())  # origin
    for order in orders:
        order.refresh_from_db()  # culprit
    return orders


@problem(
    "store.Order.refresh_from_db()",
    "one query | __in= | in_bulk",
    why="one column of each row is read again by itself",
)
def refresh_field_of_each():
    orders = list(Order.objects.all())  # origin
    return [order.refresh_from_db(fields=["status"]) for order in orders]  # culprit


@fixed(refresh_each, refresh_field_of_each)
def refresh_all():
    orders = list(Order.objects.all())
    return Order.objects.in_bulk([order.pk for order in orders])


@problem("store.Customer.objects.raw()", "IN ( | __in=", why="raw() with a parameter, for each key")
def raw_queryset_each(store):
    query = "SELECT * FROM store_customer WHERE id = %s"
    return [list(Customer.objects.raw(query, [pk])) for pk in store.customers]  # culprit


@fixed(raw_queryset_each)
def raw_queryset_once(store):
    keys = ", ".join(["%s"] * len(store.customers))
    return list(Customer.objects.raw(f"SELECT * FROM store_customer WHERE id IN ({keys})", store.customers))


@problem("SELECT store_customer", "IN (", why="a cursor with a parameter, for each key")
def cursor_with_parameters(store):
    names = []
    with connection.cursor() as cursor:
        for pk in store.customers:
            cursor.execute("SELECT name FROM store_customer WHERE id = %s", [pk])  # culprit
            names.append(cursor.fetchone()[0])
    return names


@problem("SELECT store_customer", "IN (", why="a cursor with the value written into the SQL, for each key")
def cursor_with_literals(store):
    def name_of(pk):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT name FROM store_customer WHERE id = {pk}")  # culprit
            return cursor.fetchone()[0]

    return [name_of(pk) for pk in store.customers]


@fixed(cursor_with_parameters, cursor_with_literals)
def cursor_once(store):
    keys = ", ".join(["%s"] * len(store.customers))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, name FROM store_customer WHERE id IN ({keys})", store.customers)
        return dict(cursor.fetchall())


@problem("store.Customer.objects.get()", "in_bulk", why="the same helper's line, reached by a nested loop")
def get_in_nested_loops(store):
    found = []
    halves = (store.customers[::2], store.customers[1::2])
    for half in halves:
        for pk in half:
            found.append(Customer.objects.select_related("region").get(pk=pk))  # culprit
    return found


@fixed(get_in_nested_loops)
def get_in_nested_loops_in_bulk(store):
    customers = Customer.objects.select_related("region").in_bulk(store.customers)
    return [customers[pk] for half in (store.customers[::2], store.customers[1::2]) for pk in half]


@problem(
    ("store.Profile.objects.get()",),
    "in_bulk | __in=",
    why="look-ups for each row that name a relation's column are not relations; still one for each row",
)
def get_by_foreign_key_column():
    rows = Customer.objects.values("pk", "name")  # origin
    return [Profile.objects.get(customer_id=row["pk"]).phone for row in rows]  # culprit


@fixed(get_by_foreign_key_column)
def get_by_foreign_key_column_joined():
    return list(Customer.objects.values_list("profile__phone", flat=True))


@problem("store.Coupon.objects.get()", "in_bulk", why="the key is made from the row, in a lambda that map() calls")
def get_by_computed_key():
    orders = Order.objects.all()  # origin
    return list(map(lambda order: Coupon.objects.get(code=f"C{order.number[1:]}"), orders))  # noqa: C417  # culprit


@fixed(get_by_computed_key)
def get_by_computed_key_in_bulk():
    orders = Order.objects.all()
    return Coupon.objects.in_bulk([f"C{order.number[1:]}" for order in orders], field_name="code")
