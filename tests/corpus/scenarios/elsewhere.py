"""Code that runs elsewhere than it was written: coroutines, threads, pools and tasks."""

from __future__ import annotations

import asyncio
import queue
import threading
from concurrent.futures import ThreadPoolExecutor

from asgiref.sync import async_to_sync, sync_to_async
from django.db import connections
from django.db.models import Count

from nplusone_guard import watch

from ..scenario import clean, fixed, problem
from ..store.models import Customer, Item, Order, Product, Tag

BY_PK = ("store.Customer.objects.get()", "in_bulk")


def closing(function):
    """What runs in a thread of its own closes its connections."""

    def run(*args):
        try:
            return function(*args)
        finally:
            connections.close_all()

    return run


# -- coroutines ------------------------------------------------------------------------------------------------


@problem(*BY_PK, why="aget() in a loop")
async def aget_in_for(store):
    names = []
    for pk in store.customers:
        customer = await Customer.objects.aget(pk=pk)  # culprit
        names.append(customer.name)
    return names


@problem(*BY_PK, why="aget() in a coroutine two awaits below the loop")
async def aget_in_helper(store):
    async def customer_name(pk):
        customer = await Customer.objects.aget(pk=pk)  # culprit
        return customer.name

    async def line(pk):
        return f"{pk}: {await customer_name(pk)}"

    return [await line(pk) for pk in store.customers]


@problem(*BY_PK, why="gather() of one aget() for each key")
async def aget_in_gather(store):
    lookups = [Customer.objects.aget(pk=pk) for pk in store.customers]  # culprit
    return await asyncio.gather(*lookups)  # culprit


@problem(*BY_PK, why="a task for each key")
async def aget_in_tasks(store):
    async def name(pk):
        return (await Customer.objects.aget(pk=pk)).name  # culprit

    tasks = [asyncio.create_task(name(pk)) for pk in store.customers]
    return [await task for task in tasks]


@fixed(aget_in_for, aget_in_helper, aget_in_gather, aget_in_tasks)
async def aget_in_bulk(store):
    customers = await Customer.objects.ain_bulk(store.customers)
    return [customers[pk].name for pk in store.customers]


@problem("store.Order.items", 'prefetch_related("items")', why="async for over the manager of each row")
async def async_for_over_managers():
    quantities = []
    async for order in Order.objects.all():  # origin
        async for item in order.items.all():  # culprit
            quantities.append(item.quantity)
    return quantities


@fixed(async_for_over_managers)
async def async_for_over_prefetched():
    return [item.quantity async for order in Order.objects.prefetch_related("items") for item in order.items.all()]


@problem("store.Order.items", 'Count("items"', why="acount() of the manager of each row")
async def acount_for_each_row():
    return {order.number: await order.items.acount() async for order in Order.objects.all()}  # origin culprit


@fixed(acount_for_each_row)
async def acount_annotated():
    orders = Order.objects.annotate(how_many=Count("items"))
    return {order.number: order.how_many async for order in orders}


@problem("store.Customer.objects.exists()", "__in=", why="aexists() for each key")
async def aexists_for_each_key(store):
    return [email for email in store.emails if await Customer.objects.filter(email=email).aexists()]  # culprit


@fixed(aexists_for_each_key)
async def aexists_for_all_keys(store):
    return [
        email async for email in Customer.objects.filter(email__in=store.emails).values_list("email", flat=True)
    ]


@problem(
    "store.Order.customer", 'select_related("customer")', why="a synchronous function, in a thread, has the loop"
)
async def sync_to_async_around_a_loop():
    def names():
        return [order.customer.name for order in Order.objects.all()]  # origin culprit

    return await sync_to_async(names)()


@problem(
    "store.Order.customer",
    'select_related("customer")',
    why="the loop is in the coroutine, and the function that reads the relation in a thread",
)
async def sync_to_async_in_a_loop():
    def name(order):
        return order.customer.name  # culprit

    return [await sync_to_async(name)(order) async for order in Order.objects.all()]  # origin


@problem(
    "store.Order.customer", 'select_related("customer")', why="any thread of a pool, without thread_sensitive"
)
async def any_thread_around_a_loop():
    @closing
    def names():
        return [order.customer.name for order in Order.objects.all()]  # origin culprit

    return await sync_to_async(names, thread_sensitive=False)()


@fixed(sync_to_async_around_a_loop, sync_to_async_in_a_loop, any_thread_around_a_loop)
async def sync_to_async_joined():
    def names():
        return [order.customer.name for order in Order.objects.select_related("customer")]

    return await sync_to_async(names)()


@problem("store.Order.save()", "bulk_update", kind="write_in_loop", why="asave() of each row")
def asave_each():
    async def pay():
        async for order in Order.objects.all():  # origin
            order.status = "paid"
            await order.asave()  # culprit

    async_to_sync(pay)()


@fixed(asave_each)
def abulk_update():
    async def pay():
        orders = [order async for order in Order.objects.all()]
        for order in orders:
            order.status = "paid"
        await Order.objects.abulk_update(orders, ["status"])

    async_to_sync(pay)()


@problem("store.Tag.objects.create()", "bulk_create", kind="write_in_loop", why="acreate() for each name")
def acreate_each(store):
    async def create():
        for email in store.emails:
            await Tag.objects.acreate(name=email)  # culprit

    async_to_sync(create)()


@fixed(acreate_each)
def abulk_create(store):
    async def create():
        await Tag.objects.abulk_create([Tag(name=email) for email in store.emails])

    async_to_sync(create)()


@clean(why="five questions at once, each another one")
async def gather_of_different_questions(store):
    await asyncio.gather(
        Order.objects.acount(),
        Customer.objects.acount(),
        Product.objects.acount(),
        Customer.objects.aget(pk=store.customers[0]),
        Customer.objects.aget(pk=store.customers[1]),
        Order.objects.select_related("customer").afirst(),
        Item.objects.aexists(),
    )


@clean(why="asynchronous iteration in chunks, prefetched")
async def aiterator_with_prefetch():
    orders = Order.objects.prefetch_related("items")
    return [len(order.items.all()) async for order in orders.aiterator(chunk_size=100)]


# -- threads and pools -----------------------------------------------------------------------------------------


@problem(*BY_PK, why="a pool maps a look-up over the keys", commits=True)
def pool_map(store):
    @closing
    def name(pk):
        return Customer.objects.get(pk=pk).name  # culprit

    with ThreadPoolExecutor(max_workers=2) as pool:
        return list(pool.map(name, store.customers))


@problem(*BY_PK, why="a look-up is handed to the pool for each key", commits=True)
def pool_submit(store):
    @closing
    def name(pk):
        return Customer.objects.get(pk=pk).name  # culprit

    with ThreadPoolExecutor(max_workers=3) as pool:
        futures = [pool.submit(name, pk) for pk in store.customers]
    return [future.result() for future in futures]


@problem(*BY_PK, why="a thread that works through a list", commits=True)
def thread_with_a_loop(store):
    names = []

    @closing
    def work():
        for pk in store.customers:
            names.append(Customer.objects.get(pk=pk).name)  # culprit

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return names


@problem(*BY_PK, why="a thread for each key", commits=True)
def thread_for_each(store):
    @closing
    def look_up(pk):
        Customer.objects.get(pk=pk)  # culprit

    for pk in store.customers:
        thread = threading.Thread(target=look_up, args=(pk,))
        thread.start()
        thread.join()


@problem(*BY_PK, why="a worker draws keys from a queue and looks each up", commits=True)
def worker_with_a_queue(store):
    keys: queue.Queue[int | None] = queue.Queue()

    @closing
    def work():
        while (pk := keys.get()) is not None:
            Customer.objects.get(pk=pk)  # culprit

    worker = threading.Thread(target=work)
    worker.start()
    for pk in [*store.customers, None]:
        keys.put(pk)
    worker.join()


@fixed(pool_map, pool_submit, thread_with_a_loop, thread_for_each, worker_with_a_queue, commits=True)
def pool_of_chunks(store):
    @closing
    def names(keys):
        return [customer.name for customer in Customer.objects.filter(pk__in=keys)]

    half = len(store.customers) // 2
    with ThreadPoolExecutor(max_workers=2) as pool:
        return list(pool.map(names, (store.customers[:half], store.customers[half:])))


@clean(why="chunks of keys, each handed to a pool", commits=True, grows=True)
def pool_of_many_chunks(store):
    keys = list(Item.objects.values_list("pk", flat=True))

    @closing
    def load(chunk):
        return list(Item.objects.filter(pk__in=chunk))

    with ThreadPoolExecutor(max_workers=2) as pool:
        return list(pool.map(load, [keys[start : start + 4] for start in range(0, len(keys), 4)]))


# -- tasks -----------------------------------------------------------------------------------------------------


class Queue:
    """Runs its tasks at once, as task queues do in tests."""

    def __init__(self):
        self.jobs = []

    def task(self, function):
        def delay(*args):
            self.jobs.append((function, args))

        function.delay = delay
        return function

    def run(self):
        for function, args in self.jobs:
            function(*args)


@problem("store.Order.customer", 'select_related("customer")', why="a background task has the loop")
def task_with_a_loop():
    background = Queue()

    @background.task
    def report(status):
        orders = Order.objects.filter(status=status)  # origin
        return "\n".join(order.customer.name for order in orders)  # culprit

    report.delay("new")
    background.run()


@fixed(task_with_a_loop)
def task_joined():
    background = Queue()

    @background.task
    def report(status):
        orders = Order.objects.select_related("customer").filter(status=status)
        return "\n".join(order.customer.name for order in orders)

    report.delay("new")
    background.run()


@clean(why="six tasks, each a unit of work of its own that loads its own row")
def tasks_with_a_scope_each(store):
    background = Queue()

    @background.task
    @watch(kind="task")
    def remind(pk):
        order = Order.objects.get(pk=pk)
        return order.customer.email

    for pk in store.orders[:6]:
        remind.delay(pk)
    background.run()
