"""Where a loop over one row hides an N+1, and what looks like one and is done once for however many rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.template import Context, Template

from ..scenario import clean, fixed, problem
from ..store.models import Customer, Item, Order, Product, Supplier

CUSTOMER = 'select_related("customer")'


def customer_name(order):
    return order.customer.name  # culprit read_by_a_helper


@dataclass
class Line:
    order: Order

    def label(self):
        return f"{self.order.number}: {self.order.coupon.code}"  # culprit wrapped_rows


def numbered(orders):
    for order in orders:
        yield order.number, order


# -- one row today, many tomorrow ------------------------------------------------------------------------------


@problem("store.Order.customer", CUSTOMER, why="a list, gone through elsewhere than it was made")
def read_by_a_helper():
    orders = list(Order.objects.filter(status="new"))  # origin
    return [customer_name(order) for order in orders]


@problem("store.Order.coupon", 'select_related("coupon")', why="a page is as long as there are rows")
def page_of_rows():
    page = Paginator(Order.objects.all(), 100).page(1)  # origin
    return [order.coupon.code for order in page]  # culprit


@problem("store.Order.customer", CUSTOMER, why="each row is looked up in a dict of all of them")
def looked_up_rows(store):
    orders = {order.pk: order for order in Order.objects.all()}  # origin
    return [orders[pk].customer.name for pk in store.orders]  # culprit


@problem("store.Order.customer", CUSTOMER, why="as many rows as there are keys, though there is one key")
def looked_up_and_assigned(store):
    orders = Order.objects.in_bulk(store.orders)  # origin
    names = []
    for pk in store.orders:
        order = orders.get(pk)
        names.append(order.customer.name)  # culprit
    return names


@problem("store.Order.coupon", 'select_related("coupon")', why="the rows are inside of objects of one's own")
def wrapped_rows():
    lines = [Line(order) for order in Order.objects.all()]  # origin
    return [line.label() for line in lines]


@problem("store.Order.customer", CUSTOMER, why="a generator passes the rows on, and the loop is around it")
def rows_by_a_generator():
    orders = Order.objects.filter(total__gte=0)  # origin
    return [f"{number} {order.customer.name}" for number, order in numbered(orders)]  # culprit


@problem("store.Offer.product", '"offer_set__product"', why="one supplier by get(), and all that it offers")
def rows_below_one_row(store):
    wholesaler = Supplier.directory.get(pk=store.wholesaler)  # origin
    return [offer.product.name for offer in wholesaler.offer_set.all()]  # culprit


@problem("store.Customer.bio", "bio", why="a field that only() has left out")
def field_left_out():
    return [customer.bio for customer in Customer.objects.only("name")]  # origin culprit


@problem(
    "store.Order.customer",
    'select_related("customer__region")',
    why="two relations, one after the other",
    through=("store.Customer.region",),
)
def chain_of_one_row():
    return [order.customer.region.name for order in Order.objects.all()]  # origin culprit


@problem("store.Customer.region", "customer__region", why="one level is prefetched, the next one is not")
def behind_a_prefetch():
    orders = Order.objects.prefetch_related("customer")  # origin
    return [order.customer.region.name for order in orders]  # culprit


@problem("store.Order.tags", "tags", why="exists() of each row")
def exists_for_each():
    return [order.tags.exists() for order in Order.objects.filter(status="new")]  # origin culprit


@problem("store.Order.coupon", 'select_related("coupon")', why="keys from outside; a test gives one of them")
def rows_of_keys(store):
    return {order.coupon.code for order in Order.objects.filter(pk__in=store.orders)}  # origin culprit


@problem("store.Order.customer", CUSTOMER, why="a loop over names of fields, inside of one over rows")
def fields_of_each_row():
    rows = []
    for order in Order.objects.all():  # origin
        rows.append([str(getattr(order, name)) for name in ("number", "customer")])  # culprit
    return rows


@problem("store.Order.customer", CUSTOMER, why="a loop that goes on after a find")
def searched_to_the_end():
    found = []
    for order in Order.objects.all():  # origin
        if order.customer.name.startswith("customer"):  # culprit
            found.append(order)
            continue
    return found


@problem("store.Order.customer", CUSTOMER, why="any() goes on until one fits, and none does")
def any_of_them():
    return any(order.customer.name == "nobody" for order in Order.objects.all())  # origin culprit


@problem("store.Order.customer", CUSTOMER, why="rows in batches, and each of them read")
def rows_in_batches():
    start, names = 0, []
    while True:
        batch = list(Order.objects.all()[start : start + 50])  # origin
        if not batch:
            return names
        for order in batch:
            names.append(order.customer.name)  # culprit
        start += len(batch)


@fixed(
    read_by_a_helper,
    page_of_rows,
    looked_up_rows,
    looked_up_and_assigned,
    wrapped_rows,
    rows_by_a_generator,
    chain_of_one_row,
    behind_a_prefetch,
    rows_of_keys,
    fields_of_each_row,
    searched_to_the_end,
    any_of_them,
    rows_in_batches,
)
def everything_joined(store):
    orders = Order.objects.select_related("customer__region", "coupon")
    page = Paginator(orders, 100).page(1)
    by_key = orders.in_bulk(store.orders)
    return [
        [customer_name(order) for order in orders],
        [order.coupon.code for order in page],
        [by_key[pk].customer.region.name for pk in store.orders],
        [Line(order).label() for order in orders],
        [order.customer.name for _, order in numbered(orders)],
        [[str(getattr(order, name)) for name in ("number", "customer")] for order in orders],
    ]


@fixed(rows_below_one_row)
def rows_below_one_row_joined(store):
    wholesaler = Supplier.directory.get(pk=store.wholesaler)
    return [offer.product.name for offer in wholesaler.offer_set.select_related("product")]


@fixed(field_left_out)
def field_not_left_out():
    return [customer.bio for customer in Customer.objects.only("name", "bio")]


@fixed(exists_for_each)
def exists_of_a_prefetch():
    return [bool(order.tags.all()) for order in Order.objects.filter(status="new").prefetch_related("tags")]


# -- one row, whatever there is --------------------------------------------------------------------------------


@clean(why="one row is picked of a list, and used outside of any loop over it")
def picked_from_a_list():
    orders = list(Order.objects.filter(status="new"))
    return len(orders), orders[0].customer.name, orders[-1].coupon.code


@clean(why="the first one of a query that is not sliced")
def taken_with_next():
    order = next(iter(Order.objects.all()))
    return order.customer.name, order.tags.count()


@clean(why="one is searched for by what the rows have, and then used")
def searched_with_next(store):
    order = next((order for order in Order.objects.all() if order.pk == store.orders[0]), None)
    return order.customer.name


@clean(why="next() takes the first name, and no other is made")
def made_with_next():
    return next(order.customer.name for order in Order.objects.all())


@clean(why="the greatest is found by a column, and one row is used")
def greatest_of_a_list():
    return max(Order.objects.all(), key=lambda order: order.total).customer.name


@clean(why="a loop that ends with the row that it was looking for")
def returned_when_found(store):
    for order in Order.objects.all():
        if order.pk == store.orders[0]:
            return order.customer.name
    return None


@clean(why="the same, and the loop is left")
def left_when_found(store):
    name = ""
    for order in Order.objects.all():
        if order.pk == store.orders[0]:
            name = order.customer.name
            break
    return name


@clean(why="a loop over a filter on a unique field")
def loop_over_a_unique_row(store):
    names = [order.customer.name for order in Order.objects.filter(pk=store.orders[0])]
    for order in Order.objects.filter(number="N0", status="new"):
        names.append(order.coupon.code)
    return names


@clean(why="two fields that are unique together")
def loop_over_a_row_unique_by_two(store):
    link = Order.tags.through.objects.first()
    links = Order.tags.through.objects.filter(order=link.order_id, tag=link.tag_id)
    return [(one.order.number, one.tag.name) for one in links]


@clean(why="a slice of one, gone through")
def loop_over_a_slice_of_one():
    return [order.customer.name for order in Order.objects.order_by("-pk")[:1]]


@clean(why="a loop over the names of the fields of one row that was picked")
def fields_of_a_picked_row():
    orders = list(Order.objects.all())
    order = orders[-1]
    return {name: str(getattr(order, name)) for name in ("number", "customer", "coupon")}


@clean(why="a loop over the rows, and one of them that was picked before, asked once")
def one_beside_all():
    orders = list(Order.objects.all())
    first = orders[0]
    return [(order.number, first.customer.name) for order in orders]


@clean(why="one row is picked, and used in a loop over other rows")
def one_beside_others():
    orders = list(Order.objects.all())
    order = orders[-1]
    return [f"{product.name} for {order.customer.name}" for product in Product.objects.all()]


@clean(why="a helper with a loop of its own, called for one row that was picked")
def helper_for_a_picked_row():
    def printed(order):
        return [line.format(order.customer.name) for line in ("Dear {}", "Yours, {}")]

    orders = list(Order.objects.all())
    return printed(orders[0])


@clean(why="rows that were fetched one by one, in a list")
def loop_over_singly_loaded_rows(store):
    orders = [Order.objects.get(pk=store.orders[0])]
    return [order.customer.name for order in orders]


@clean(why="the rows of a related manager know the row they belong to")
def known_parent(store):
    order = Order.objects.get(pk=store.orders[0])
    return [(item.quantity, item.order.number) for item in order.items.all()]


@clean(why="the key of the relation is in the row")
def key_of_the_relation():
    return [(order.customer_id, order.coupon_id) for order in Order.objects.all()]


@clean(why="prefetched into a list, with what is behind it")
def prefetched_to_a_list():
    items = Prefetch("items", queryset=Item.objects.select_related("product"), to_attr="lines")
    return [[line.product.name for line in order.lines] for order in Order.objects.prefetch_related(items)]


@clean(why="one row by its key, out of a dict of all of them")
def one_of_a_dict(store):
    orders = Order.objects.in_bulk()
    return orders[store.orders[0]].customer.name


@clean(why="a template that shows one row of a list")
def template_of_a_picked_row():
    template = Template("{{ orders.0.customer.name }}{% for order in orders %}{{ order.number }}{% endfor %}")
    return template.render(Context({"orders": list(Order.objects.all())}))


@clean(why="what the rows point to is asked for once, for all of them")
def loaded_for_all_of_them():
    orders = list(Order.objects.all())
    customers = Customer.objects.in_bulk({order.customer_id for order in orders})
    return [customers[order.customer_id].name for order in orders]


@clean(why="a value that is kept after the first row has asked for it")
def kept_after_the_first():
    @cache
    def greeting():
        return first.customer.name

    orders = list(Order.objects.all())
    first = orders[0]
    return [f"{greeting()}: {order.number}" for order in orders]
