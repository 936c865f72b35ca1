"""Managers and querysets with methods of the project's, and parents that were loaded singly."""

from __future__ import annotations

from ..scenario import clean, fixed, problem
from ..store.models import Customer, Item, Offer, Order, Product, Supplier, Tag


@problem("store.Customer.objects.get()", "in_bulk | __in=", why="a method of the manager runs get()")
def manager_method(store):
    return [Customer.objects.by_email(email) for email in store.emails]  # culprit manager_method


@fixed(manager_method)
def manager_method_replaced(store):
    return Customer.objects.in_bulk(store.emails, field_name="email")


@problem("store.Order.objects.filter()", "__in=", why="a method of the queryset filters; the loop evaluates it")
def queryset_method():
    numbers = []
    for customer in Customer.objects.all():  # origin
        numbers += [order.number for order in Order.objects.of(customer)]  # culprit
    return numbers


@problem("store.Order.objects.count()", "Count(", why="a method of the queryset counts")
def queryset_method_that_counts():
    return {
        one: Order.objects.number_of(one) for one in Customer.objects.all()
    }  # culprit queryset_method_that_counts


@fixed(queryset_method, queryset_method_that_counts)
def queryset_methods_replaced():
    customers = Customer.objects.prefetch_related("orders")
    return {one: [order.number for order in one.orders.all()] for one in customers}


@problem("store.Item.product", 'select_related("product")', why="the queryset's method joins another relation")
def queryset_method_that_joins():
    items = Item.objects.filter(order__in=Order.objects.with_customer())  # origin
    return {item.product.sku for item in items}  # culprit


@fixed(queryset_method_that_joins)
def queryset_method_that_joins_and_more():
    items = Item.objects.filter(order__in=Order.objects.with_customer()).select_related("product")
    return {item.product.sku for item in items}


@clean(why="the queryset's method joins what is read")
def queryset_method_joins_what_is_read():
    return [(order.number, order.customer.name) for order in Order.objects.with_customer()]


@problem(
    "store.Offer.product",
    'select_related("product") | "offer_set__product"',
    why="the rows of one parent, which was got singly",
)
def rows_of_one_parent():
    supplier = Supplier.directory.get(code="ALL")  # origin
    lines = []
    for offer in supplier.offer_set.all():  # origin
        lines.append(f"{offer.product.name}: {offer.price}")  # culprit
    return lines


@fixed(rows_of_one_parent)
def rows_of_one_parent_joined():
    supplier = Supplier.directory.get(code="ALL")
    return [f"{offer.product.name}: {offer.price}" for offer in supplier.offer_set.select_related("product")]


@problem(
    "store.Product.category",
    'select_related("category") | "products__category"',
    why="many-to-many rows of one parent, got singly",
)
def many_to_many_rows_of_one_parent():
    supplier = Supplier.directory.get(code="ALL")  # origin
    products = supplier.products.all()  # origin
    return sorted(products, key=lambda product: product.category.name)  # origin culprit


@fixed(many_to_many_rows_of_one_parent)
def many_to_many_rows_of_one_parent_joined():
    supplier = Supplier.directory.get(code="ALL")
    return sorted(supplier.products.select_related("category"), key=lambda product: product.category.name)


@problem(
    "store.Offer.supplier",
    'select_related("supplier") | prefetch_related("supplier")',
    why="all rows point to one row: one parameter, and a query for each row all the same",
)
def all_rows_point_to_one():
    offers = Offer.objects.filter(supplier__code="ALL")  # origin
    return [offer.supplier.name for offer in offers]  # culprit


@fixed(all_rows_point_to_one)
def all_rows_point_to_one_joined():
    return [offer.supplier.name for offer in Offer.objects.filter(supplier__code="ALL").select_related("supplier")]


@problem(
    "store.Offer.product",
    'select_related("product__category")',
    why="the chain goes on from rows that were loaded one by one",
    through=("store.Product.category",),
)
def chain_in_two_functions():
    def shelf(product):
        return product.category.name

    def line(offer):
        return offer.price, shelf(offer.product)  # culprit

    return dict(map(line, Offer.objects.all()))  # origin


@fixed(chain_in_two_functions)
def chain_in_two_functions_joined():
    offers = Offer.objects.select_related("product__category")
    return {offer.price: offer.product.category.name for offer in offers}


@problem("store.Order.items", 'prefetch_related("items | Prefetch("items"', why="last() of each row's manager")
def reverse_last():
    return {order.pk: order.items.last() for order in Order.objects.all()}  # origin culprit


@problem("store.Order.items", 'prefetch_related("items', why="contains() of each row's manager")
def reverse_contains(store):
    product_item = Item.objects.all()[0]
    orders = Order.objects.all()  # origin
    return [order.items.contains(product_item) for order in orders]  # culprit


@problem("store.Order.items", 'prefetch_related("items', why="the truth of each row's queryset")
def reverse_truth():
    found = 0
    for order in Order.objects.all():  # origin
        if order.items.all():  # culprit
            found += 1
    return found


@problem("store.Order.items", 'prefetch_related("items', why="in_bulk() on each row's manager")
def reverse_in_bulk():
    return [order.items.in_bulk() for order in Order.objects.all()]  # origin culprit


@fixed(reverse_last, reverse_contains, reverse_truth, reverse_in_bulk)
def reverse_read_from_a_prefetch():
    rows = []
    for order in Order.objects.prefetch_related("items"):
        items = order.items.all()
        rows.append((list(items)[-1], {item.pk: item for item in items}, bool(items)))
    return rows


@clean(why="three rows, whatever the number of orders: a box with the newest of them")
def three_newest():
    return [(order.number, order.customer.name) for order in Order.objects.order_by("-pk")[:3]]


@clean(why="rows that know their parent: set by the manager that loaded them")
def parents_known_by_the_manager(store):
    supplier = Supplier.directory.get(code="ALL")
    return [offer.supplier.name for offer in supplier.offer_set.all()]


@clean(why="the parents are known to rows that a prefetch loaded")
def parents_known_by_the_prefetch():
    return [item.order.number for order in Order.objects.prefetch_related("items") for item in order.items.all()]


@clean(why="rows that were made from other rows have them at hand")
def new_rows_know_their_parents():
    items = [Item(order=order, quantity=2) for order in Order.objects.select_related("customer")]
    return [item.order.customer.name for item in items]


@clean(why="one statement is a union of many, a subquery is in another")
def many_querysets_one_statement():
    first, *others = [Tag.objects.filter(name=f"tag {number}") for number in range(4)]
    return list(first.union(*others)), list(Product.objects.filter(pk__in=Product.objects.filter(price__gt=1)))
