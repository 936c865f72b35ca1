"""Fine code that looks guilty: one relation, line or statement again and again, and no loop over rows."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.db import OperationalError, connections, models, transaction

from nplusone_guard import watch

from ..scenario import clean
from ..store.models import (
    Category,
    Customer,
    Item,
    Note,
    Order,
    Product,
    Profile,
    Region,
    Setting,
    Tag,
)

# -- rows that were loaded singly ------------------------------------------------------------------------------


@clean(why="six rows, each loaded for itself, and each asked once for the same relation, on six lines")
def singly_loaded_on_six_lines():
    first = Order.objects.first()
    last = Order.objects.last()
    cheapest = Order.objects.order_by("total")[0]
    dearest = Order.objects.latest("total")
    third = Order.objects.all()[2]
    known = Order.objects.get(number="N4")
    return (
        first.customer.name,
        last.customer.name,
        cheapest.customer.name,
        dearest.customer.name,
        third.customer.name,
        known.customer.name,
    )


def customer_name(order):
    return order.customer.name


@clean(why="one helper, called from six places with a row each")
def one_helper_from_six_places(store):
    a = customer_name(Order.objects.get(pk=store.orders[0]))
    b = customer_name(Order.objects.get(pk=store.orders[1]))
    c = customer_name(Order.objects.get(pk=store.orders[2]))
    d = customer_name(Order.objects.get(pk=store.orders[3]))
    e = customer_name(Order.objects.get(pk=store.orders[4]))
    f = customer_name(Order.objects.get(pk=store.orders[5]))
    return a, b, c, d, e, f


@clean(why="two rows, loaded singly, compared on one line: a pair is no list")
def a_pair_on_one_line(store):
    mine = Order.objects.get(pk=store.orders[0])
    yours = Order.objects.get(pk=store.orders[1])
    return [order.customer.region.name for order in (mine, yours)]


@clean(why="a shared look-up function, called by six functions that each need another setting")
def one_lookup_from_six_places():
    def value(key):
        return Setting.objects.get(key=key).value

    return {
        "vat": value("vat"),
        "currency": value("currency"),
        "locale": value("locale"),
        "theme": value("theme"),
        "footer": value("footer"),
        "banner": value("banner"),
    }


@clean(why="a detail page reads everything about one row, each once")
def detail_page(store):
    order = Order.objects.get(pk=store.orders[1])
    return {
        "customer": order.customer.name,
        "region": order.customer.region.name,
        "phone": order.customer.profile.phone,
        "coupon": order.coupon.code,
        "items": [item.quantity for item in order.items.all()],
        "tags": [tag.name for tag in order.tags.all()],
        "notes": order.notes.count(),
        "carrier": order.shipment.carrier,
    }


@clean(why="parent and child rows of one detail page: one customer's orders, whose customer is known")
def back_to_the_parent(store):
    customer = Customer.objects.get(pk=store.customers[0])
    return [order.customer.name for order in customer.orders.all()]


@clean(why="each row is asked twice, but it was joined")
def joined_and_asked_often():
    rows = []
    for order in Order.objects.select_related("customer__profile"):
        rows.append((order.customer.name, order.customer.profile.phone, order.customer.email))
    return rows


@clean(why="only keys are read, which the rows have")
def only_keys_are_read():
    return {order.customer_id for order in Order.objects.all()} | {item.order_id for item in Item.objects.all()}


@clean(why="the parent link of an inherited model is filled from the row itself")
def parent_link_without_a_query():
    from ..store.models import Warehouse

    return [warehouse.location_ptr.name for warehouse in Warehouse.objects.all()]


@clean(why="keys that are null ask nothing")
def null_keys():
    orders = [Order(number=str(number)) for number in range(12)]
    return Order.objects.count(), [order.coupon for order in orders]


# -- caches and batches ----------------------------------------------------------------------------------------


@clean(why="Django's cache misses once for each key; the keys are few, whatever the rows")
def cache_misses_once_a_key():
    def shelf(pk):
        return cache.get_or_set(f"shelf-{pk}", lambda: Category.objects.get(pk=pk).name)

    return [shelf(product.category_id) for product in Product.objects.all()]


@clean(why="a memo: a few settings, asked for again and again, and loaded once each")
def memo_misses_once_a_key():
    known = {}

    def setting(key):
        if key not in known:
            known[key] = Setting.objects.get(key=key).value
        return known[key]

    keys = ["vat", "currency", "locale", "theme"]
    return [[setting(key) for key in keys] for _ in Order.objects.all()]


@clean(why="a data loader collects the keys of a round and asks once for all of them")
def data_loader():
    class Loader:
        def __init__(self):
            self.wanted, self.known = set(), {}

        def want(self, pk):
            self.wanted.add(pk)
            return lambda: self.known[pk]

        def run(self):
            self.known.update(Customer.objects.in_bulk(self.wanted))

    loader = Loader()
    promises = [loader.want(order.customer_id) for order in Order.objects.all()]
    loader.run()
    return [promise().name for promise in promises]


@clean(why="a data loader for each of five relations: five statements on one line, each about another table")
def one_batch_function_for_many_models(store):
    def batch(model, **conditions):
        return list(model._default_manager.filter(**conditions))

    return [
        batch(model, **{f"{key}__in": keys})
        for model, key, keys in (
            (Customer, "pk", store.customers),
            (Profile, "customer", store.customers),
            (Order, "customer", store.customers),
            (Item, "order", store.orders),
            (Product, "pk", store.products),
            (Note, "object_id", store.orders),
            (Region, "customers", store.customers),
        )
    ]


@clean(why="one count for each model of a dashboard: other tables, the same line")
def dashboard_counts():
    return {model.__name__: model.objects.count() for model in (Order, Customer, Product, Item, Tag, Note, Region)}


@clean(why="exists(), then the loop over the rows")
def exists_then_loop():
    orders = Order.objects.filter(status="new")
    if orders.exists():
        return [order.number for order in orders]
    return []


@clean(why="a count and a page")
def count_and_page():
    orders = Order.objects.select_related("customer").order_by("pk")
    return orders.count(), [order.customer.name for order in orders[:5]]


@clean(why="a dict of all rows, looked up for each row")
def dict_before_the_loop():
    customers = {customer.pk: customer for customer in Customer.objects.all()}
    return [customers[order.customer_id].name for order in Order.objects.all()]


@clean(why="filter() in a loop only builds one query; nothing is asked before the end")
def conditions_built_in_a_loop(store):
    query = models.Q()
    for email in store.emails:
        query |= models.Q(email=email)
    narrowed = Customer.objects.filter(query)
    for name in ("a", "b", "c", "d", "e", "f"):
        narrowed = narrowed.exclude(name=name)
    return list(narrowed)


@clean(why="subqueries and joins do in one statement what a loop would")
def subquery_annotations():
    newest = Order.objects.filter(customer=models.OuterRef("pk")).order_by("-pk")
    customers = Customer.objects.annotate(newest=models.Subquery(newest.values("number")[:1]))
    return [(customer.name, customer.newest) for customer in customers]


# -- machinery -------------------------------------------------------------------------------------------------


@clean(why="a transaction in a transaction in a loop: savepoints are no queries")
def atomic_in_a_loop(store):
    total = 0
    for pk in store.orders:
        with transaction.atomic():
            total += pk
    return Order.objects.filter(total=total).count()


@clean(why="content types are looked up once for each model, then cached by Django")
def content_types():
    for model in (Order, Product, Customer, Item, Tag, Region, Note):
        ContentType.objects.get_for_model(model)
    ContentType.objects.clear_cache()
    return [
        ContentType.objects.get_for_model(model) for model in (Order, Product, Customer, Item, Tag, Region, Note)
    ]


@clean(why="sessions: the machinery of each request")
def session_lookups():
    keys = []
    for number in range(6):
        session = SessionStore()
        session["number"] = number
        session.save()
        keys.append(session.session_key)
    return [SessionStore(key).get("number") for key in keys]


@clean(why="permissions of one user are loaded once, however often they are asked for")
def permission_cache():
    user = get_user_model().objects.create(email="clerk@example.org")
    return [user.has_perm("store.view_order") for _ in Order.objects.all()]


@clean(why="three tries, as a retry has them")
def retry():
    for attempt in range(3):
        try:
            order = Order.objects.get(number="N1")
            if attempt < 2:
                raise OperationalError("the connection was lost")  # noqa: TRY301
        except OperationalError:
            continue
        return order
    return None


@clean(why="is each database there? the same question, to another one each time, three times")
def health_check_of_databases():
    answers = []
    for _ in range(3):
        for alias in connections:
            with connections[alias].cursor() as cursor:
                cursor.execute("SELECT COUNT(*) FROM store_setting")
                answers.append(cursor.fetchone())
    return answers


@clean(why="a slug is tried until one is free: each try depends on the one before, and few are taken")
def slug_probing():
    Tag.objects.bulk_create([Tag(name="summer"), Tag(name="summer-2"), Tag(name="summer-3")])
    slug, number = "summer", 1
    while Tag.objects.filter(name=slug).exists():
        number += 1
        slug = f"summer-{number}"
    return slug


@clean(why="a worker runs job after job: each is a unit of work of its own")
def jobs_with_a_scope_each(store):
    @watch(kind="task")
    def job(pk):
        order = Order.objects.get(pk=pk)
        return order.customer.name

    return [job(pk) for pk in store.orders[:6]]


@clean(why="several requests, one after the other, each fine")
def several_requests(client):
    for _ in range(8):
        assert client.get("/orders-joined/").status_code == 200


@clean(why="a detail page, asked for again and again: each request loads one row")
def several_detail_requests(client, store):
    for pk in store.orders[:6]:
        assert client.get(f"/orders/{pk}/").status_code == 200
