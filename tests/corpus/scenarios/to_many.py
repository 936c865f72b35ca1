"""Relations to many rows, read from each row of a list."""

from __future__ import annotations

from itertools import chain

from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Sum

from ..scenario import fixed, problem
from ..store.models import Category, Customer, Item, Order, Product, Supplier, Tag

ONE_EACH = "one query for the rows, one more for each of them"


@problem("store.Order.items", 'prefetch_related("items")', why=ONE_EACH)
def reverse_in_for():
    total = 0
    for order in Order.objects.all():  # origin
        for item in order.items.all():  # culprit
            total += item.quantity
    return total


@problem("store.Order.items", 'prefetch_related("items")', why="chain.from_iterable() over the managers of a list")
def reverse_in_chain():
    orders = Order.objects.filter(status="new")  # origin
    return list(chain.from_iterable(order.items.all() for order in orders))  # origin culprit


@problem("store.Order.items", 'prefetch_related("items")', why="len() of a related queryset loads it")
def reverse_by_len():
    return {order.number: len(order.items.all()) for order in Order.objects.all()}  # origin culprit


@problem("store.Order.items", 'prefetch_related("items")', why="zip() of the rows and of what belongs to each")
def reverse_in_zip():
    orders = list(Order.objects.all())  # origin
    first_items = [list(order.items.all())[0] for order in orders]  # noqa: RUF015  # culprit
    return list(zip(orders, first_items, strict=True))


@fixed(reverse_in_for, reverse_in_chain, reverse_by_len, reverse_in_zip)
def reverse_prefetched():
    total = 0
    for order in Order.objects.prefetch_related("items"):
        for item in order.items.all():
            total += item.quantity
    return total


@problem("store.Supplier.offer_set", 'prefetch_related("offer_set")', why="the manager has the name Django gives")
def reverse_without_a_name():
    prices = []
    for supplier in Supplier.directory.all():  # origin
        prices.extend(offer.price for offer in supplier.offer_set.all())  # culprit
    return prices


@fixed(reverse_without_a_name)
def reverse_without_a_name_prefetched():
    prices = []
    for supplier in Supplier.directory.prefetch_related("offer_set"):
        prices.extend(offer.price for offer in supplier.offer_set.all())
    return prices


@problem("store.Order.items", 'Count("items"', why="a count for each row is one annotation")
def reverse_count():
    return [(order.number, order.items.count()) for order in Order.objects.all()]  # origin culprit


@fixed(reverse_count)
def reverse_count_annotated():
    orders = Order.objects.annotate(item_count=Count("items"))
    return [(order.number, order.item_count) for order in orders]


@problem("store.Supplier.offer_set", 'Count("offer"', why="in queries the relation has another name")
def reverse_count_without_a_name():
    return sum(supplier.offer_set.count() for supplier in Supplier.directory.all())  # origin culprit


@fixed(reverse_count_without_a_name)
def reverse_count_without_a_name_annotated():
    return sum(supplier.offers for supplier in Supplier.directory.annotate(offers=Count("offer")))


@problem("store.Customer.orders", 'Exists( | prefetch_related("orders"', why="is there one? asked for each row")
def reverse_exists():
    active = []
    for customer in Customer.objects.all():  # origin
        if customer.orders.exists():  # culprit
            active.append(customer)
    return active


@fixed(reverse_exists)
def reverse_exists_annotated():
    orders = Order.objects.filter(customer=OuterRef("pk"))
    return [one for one in Customer.objects.annotate(active=Exists(orders)) if one.active]


@problem("store.Customer.orders", 'Sum("orders__ | Sum(', why="an aggregate for each row is one annotation")
def reverse_aggregate():
    spent = {}
    for customer in Customer.objects.all():  # origin
        spent[customer.pk] = customer.orders.aggregate(total=Sum("total"))["total"]  # culprit
    return spent


@fixed(reverse_aggregate)
def reverse_aggregate_annotated():
    customers = Customer.objects.annotate(spent=Sum("orders__total"))
    return {customer.pk: customer.spent for customer in customers}


@problem("store.Order.items", ('Prefetch("items"', "queryset="), why="a filtered manager, for each row")
def reverse_filtered():
    bulky = []
    for order in Order.objects.all():  # origin
        bulky += order.items.filter(quantity__gte=1)  # culprit
    return bulky


@fixed(reverse_filtered)
def reverse_filtered_prefetched():
    rows = Item.objects.filter(quantity__gte=1)
    bulky = []
    for order in Order.objects.prefetch_related(Prefetch("items", queryset=rows, to_attr="bulky")):
        bulky += order.bulky
    return bulky


@problem("store.Customer.orders", 'Prefetch("orders" | Max( | Subquery(', why="the newest order of each customer")
def reverse_latest():
    return [customer.orders.latest("pk").number for customer in Customer.objects.all()]  # origin culprit


@fixed(reverse_latest)
def reverse_latest_annotated():
    return [customer.newest for customer in Customer.objects.annotate(newest=Max("orders__pk"))]


@problem("store.Order.items", 'Prefetch("items" | prefetch_related("items")', why="a related manager's get()")
def reverse_get():
    found = []
    for order in Order.objects.all():  # origin
        found.append(order.items.get(product__sku=f"S{order.number[1:]}"))  # culprit
    return found


@fixed(reverse_get)
def reverse_get_prefetched():
    return [order.items.all()[0] for order in Order.objects.prefetch_related("items")]


@problem(
    "store.Customer.orders", 'prefetch_related("orders" | Prefetch("orders"', why="the keys of each row's rows"
)
def reverse_values_list():
    customers = Customer.objects.all()  # origin
    return [list(one.orders.values_list("number", flat=True)) for one in customers]  # origin culprit


@fixed(reverse_values_list)
def reverse_values_list_prefetched():
    customers = Customer.objects.prefetch_related("orders")
    return [[order.number for order in one.orders.all()] for one in customers]


@problem("store.Order.tags", 'prefetch_related("tags")', why=ONE_EACH)
def many_to_many():
    for order in Order.objects.all():  # origin
        yield_names(tag.name for tag in order.tags.all())  # culprit


def yield_names(names):
    return ",".join(names)


@fixed(many_to_many)
def many_to_many_prefetched():
    for order in Order.objects.prefetch_related("tags"):
        yield_names(tag.name for tag in order.tags.all())


@problem("store.Tag.order_set", 'prefetch_related("order_set")', why="the other way, under Django's own name")
def many_to_many_reverse():
    numbers = {}
    for tag in Tag.objects.all():  # origin
        numbers[tag.name] = [order.number for order in tag.order_set.all()]  # culprit
    return numbers


@fixed(many_to_many_reverse)
def many_to_many_reverse_prefetched():
    tags = Tag.objects.prefetch_related("order_set")
    return {tag.name: [order.number for order in tag.order_set.all()] for tag in tags}


@problem("store.Order.tags", 'Count("tags"', why="a count over the join table, for each row")
def many_to_many_count():
    return max(order.tags.count() for order in Order.objects.all())  # origin culprit


@fixed(many_to_many_count)
def many_to_many_count_annotated():
    return max(order.tag_count for order in Order.objects.annotate(tag_count=Count("tags")))


@problem("store.Product.suppliers", 'prefetch_related("suppliers")', why="through a model of its own")
def many_to_many_through():
    names = []
    for product in Product.objects.all():  # origin
        names += [supplier.name for supplier in product.suppliers.all()]  # culprit
    return names


@fixed(many_to_many_through)
def many_to_many_through_prefetched():
    names = []
    for product in Product.objects.prefetch_related("suppliers"):
        names += [supplier.name for supplier in product.suppliers.all()]
    return names


@problem("store.Supplier.products", 'prefetch_related("products")', why="through a model of its own, backwards")
def many_to_many_through_reverse():
    suppliers = Supplier.directory.all()  # origin
    return sum(len(supplier.products.all()) for supplier in suppliers)  # origin culprit


@fixed(many_to_many_through_reverse)
def many_to_many_through_reverse_prefetched():
    suppliers = Supplier.directory.prefetch_related("products")
    return sum(len(supplier.products.all()) for supplier in suppliers)


@problem("store.Product.related", 'prefetch_related("related")', why="a many-to-many to the model itself")
def many_to_many_to_self():
    pairs = []
    for product in Product.objects.all():  # origin
        for other in product.related.all():  # culprit
            pairs.append((product.sku, other.sku))
    return pairs


@fixed(many_to_many_to_self)
def many_to_many_to_self_prefetched():
    products = Product.objects.prefetch_related("related")
    return [(product.sku, other.sku) for product in products for other in product.related.all()]


@problem("store.Order.tags", ('Prefetch("tags"', "queryset="), why="a filtered many-to-many, for each row")
def many_to_many_filtered():
    orders = Order.objects.all()  # origin
    return [order for order in orders if order.tags.filter(name="tag 1").exists()]  # origin culprit


@fixed(many_to_many_filtered)
def many_to_many_filtered_in_the_query():
    return list(Order.objects.filter(tags__name="tag 1"))


@problem("store.Order.notes", 'prefetch_related("notes")', why="a generic relation, from each row")
def generic_relation():
    return [[note.text for note in order.notes.all()] for order in Order.objects.all()]  # origin culprit


@fixed(generic_relation)
def generic_relation_prefetched():
    return [[note.text for note in order.notes.all()] for order in Order.objects.prefetch_related("notes")]


@problem("store.Product.notes", 'Count("notes"', why="a count over a generic relation")
def generic_relation_count():
    counts = {}
    for product in Product.objects.all():  # origin
        counts[product.sku] = product.notes.count()  # culprit
    return counts


@fixed(generic_relation_count)
def generic_relation_count_annotated():
    return {product.sku: product.note_count for product in Product.objects.annotate(note_count=Count("notes"))}


@problem(
    "store.Order.items",
    ('"items', "product"),
    why="a to-one under a to-many: rows of rows, and a query for each; one prefetch of both",
    through=("store.Item.product",),
)
def to_one_under_to_many():
    for order in Order.objects.all():  # origin
        for item in order.items.all():  # culprit
            yield_names([item.product.name])


@fixed(to_one_under_to_many)
def to_one_under_to_many_prefetched():
    for order in Order.objects.prefetch_related("items__product"):
        for item in order.items.all():
            yield_names([item.product.name])


@problem(
    "store.Customer.orders",
    "orders__items | Prefetch(",
    why="a to-many under a to-many: one nested prefetch",
    through=("store.Order.items",),
)
def to_many_under_to_many():
    def quantities(order):
        return [item.quantity for item in order.items.all()]

    by_customer = {}
    for customer in Customer.objects.all():  # origin
        orders = customer.orders.all()
        by_customer[customer.name] = [quantities(order) for order in orders]  # culprit
    return by_customer


@fixed(to_many_under_to_many)
def to_many_under_to_many_prefetched():
    return {
        customer.name: [[item.quantity for item in order.items.all()] for order in customer.orders.all()]
        for customer in Customer.objects.prefetch_related("orders__items")
    }


@problem(
    "store.Item.order",
    "order__tags",
    why="a to-many behind a to-one: the path begins at the list",
    through=("store.Order.tags",),
)
def to_many_behind_to_one():
    tags = set()
    for item in Item.objects.all():  # origin
        tags.update(item.order.tags.all())  # culprit
    return tags


@fixed(to_many_behind_to_one)
def to_many_behind_to_one_prefetched():
    tags = set()
    for item in Item.objects.select_related("order").prefetch_related("order__tags"):
        tags.update(item.order.tags.all())
    return tags


@problem("store.Category.children", 'prefetch_related("children | "children"', why="a tree, walked by recursion")
def tree_by_recursion(store):
    def walk(node):
        return [node.name, *(walk(child) for child in node.children.all())]  # culprit

    return walk(Category.objects.get(pk=store.chain[0]))  # origin


@problem("store.Category.children", 'prefetch_related("children | "children"', why="a tree, walked by a stack")
def tree_by_stack(store):
    stack, seen = [Category.objects.get(pk=store.chain[0])], []  # origin
    while stack:
        node = stack.pop()
        seen.append(node.name)
        stack.extend(node.children.all())  # culprit
    return seen


@fixed(tree_by_recursion, tree_by_stack)
def tree_from_one_query(store):
    children: dict[int, list[Category]] = {}
    for node in Category.objects.all():
        children.setdefault(node.parent_id, []).append(node)

    def walk(node):
        return [node.name, *(walk(child) for child in children.get(node.pk, ()))]

    return walk(children[None][0])


@problem(
    "store.Category.parent",
    'select_related("parent | select_related( | "parent"',
    why="up a tree, a query for each level; the deeper the tree, the more",
)
def tree_upwards(store):
    node = Category.objects.get(pk=store.chain[-1])  # origin
    names = [node.name]
    while node.parent is not None:  # culprit
        node = node.parent
        names.append(node.name)
    return names


@fixed(tree_upwards)
def tree_upwards_from_one_query(store):
    nodes = Category.objects.in_bulk()
    node = nodes[store.chain[-1]]
    names = [node.name]
    while node.parent_id is not None:
        node = nodes[node.parent_id]
        names.append(node.name)
    return names
