"""Rows enough for a planner to choose, and statements as a workload has them."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager

from django.db import connection, transaction

from nplusone_guard.analysis.values import Statement
from nplusone_guard.fingerprint import fingerprint

from .series.models import Alarm, Reading, Sensor
from .shop.models import Customer, Line, Order, Product
from .tracker.models import Issue, Member, Tenant

START = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)


def minutes(number):
    return START + dt.timedelta(minutes=number)


def fill():
    """About 30,000 rows, the same ones each time."""
    _fill_shop()
    _fill_tracker()
    _fill_series()
    connection.check_constraints()  # PostgreSQL makes no index while foreign keys wait to be checked
    with connection.cursor() as cursor:
        if connection.vendor != "mysql":
            cursor.execute("ANALYZE")


@contextmanager
def filled():
    """With these rows inside of the block; afterwards they are gone, and the statistics say so."""
    if connection.vendor == "mysql":  # which is asked on another connection, and that sees what is committed
        try:
            fill()
            yield
        finally:
            for model in (Line, Order, Product, Customer, Issue, Member, Tenant, Alarm, Reading, Sensor):
                model.objects.all()._raw_delete("default")
                with connection.cursor() as cursor:
                    cursor.execute(f"ANALYZE TABLE {model._meta.db_table}")
                    cursor.fetchall()
        return
    with transaction.atomic():
        fill()
        yield
        transaction.set_rollback(True)
    if connection.vendor == "postgresql":  # whose count of rows is not rolled back
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _fill_shop():
    customers = Customer.objects.bulk_create(
        Customer(email=f"c{n}@shop.example", name=f"name {n}", country=("DE", "FR", "IT")[n % 3])
        for n in range(400)
    )
    products = Product.objects.bulk_create(
        Product(sku=f"sku{n}", name=f"product {n * 7919 % 3000}", price=n * 31 % 900, is_listed=n % 50 != 0)
        for n in range(3000)
    )
    orders = Order.objects.bulk_create(
        Order(
            customer=customers[n * 13 % 400],
            number=f"o{n}",
            state="open" if n % 40 == 0 else "done",
            placed_at=minutes(n * 7919 % 8000),
        )
        for n in range(8000)
    )
    Line.objects.bulk_create(
        Line(order=orders[n // 2], product=products[n * 17 % 3000], position=n % 2, quantity=1)
        for n in range(8000)
    )


def _fill_tracker():
    tenants = Tenant.objects.bulk_create(Tenant(slug=f"t{n}") for n in range(20))
    members = Member.objects.bulk_create(Member(tenant=tenants[n % 20], handle=f"m{n}") for n in range(200))
    Issue.objects.bulk_create(
        Issue(
            tenant=tenants[n % 20],
            number=n,
            assignee=members[n % 200],
            state=("open", "closed", "closed", "closed")[n // 20 % 4],
            title=f"issue {n}",
            updated_at=minutes(n * 7919 % 8000),
            deleted_at=minutes(n) if n % 3 == 0 else None,
        )
        for n in range(8000)
    )


def _fill_series():
    sensors = Sensor.objects.bulk_create(Sensor(code=f"s{n}") for n in range(10))
    Reading.objects.bulk_create(
        Reading(sensor=sensors[n % 10], at=minutes(n), value=n % 97, is_faulty=n % 1000 == 0)
        for n in range(10_000)
    )
    Alarm.objects.bulk_create(
        Alarm(sensor=sensors[n % 10], raised_at=minutes(n * 7919 % 3000), payload=b"") for n in range(3000)
    )


def statement(queryset, calls=1000):
    shape = fingerprint(queryset.query.get_compiler(connection=connection).as_sql()[0], connection.vendor)
    return Statement(shape.id, shape.sql, vendor=connection.vendor, calls=calls, total_ms=calls / 10)


def insert_into(model, calls):
    columns = ", ".join(connection.ops.quote_name(field.column) for field in model._meta.local_concrete_fields)
    sql = f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({columns}) VALUES (?)"
    shape = fingerprint(sql, connection.vendor)
    return Statement(shape.id, shape.sql, vendor=connection.vendor, calls=calls, total_ms=calls / 10)


def statements():
    """What each would like, and the statements that it would like it for."""
    day = {"placed_at__gte": minutes(10), "placed_at__lt": minutes(70)}
    live = Issue.objects.filter(deleted_at=None)
    partial = connection.features.supports_partial_indexes
    return {
        "shop.Order (state, -placed_at)": Order.objects.filter(state="open").order_by("-placed_at")[:20],
        "shop.Order (placed_at)": Order.objects.filter(**day),
        "shop.Line (product_id)": Line.objects.filter(product=7),
        "shop.Product (price)": Product.objects.order_by("price")[:20],
        "tracker.Issue (state, tenant_id, -updated_at)" + (' where "deleted_at" IS NULL' if partial else ""): (
            live.filter(tenant=3, state="open").order_by("-updated_at")[:20]
        ),
        "series.Reading (at)": Reading.objects.filter(at__gte=minutes(10), at__lt=minutes(20)),
        "series.Alarm (-raised_at)": Alarm.objects.order_by("-raised_at")[:20],
    }


def served():
    """Statements for which there is an index, or no index would help."""
    return [
        Order.objects.filter(customer=3).order_by("-placed_at")[:20],
        Order.objects.filter(number="o7"),
        Order.objects.filter(customer=3),
        Order.objects.filter(note="long"),
        Line.objects.filter(order=7, position=0),
        Customer.objects.filter(email="c7@shop.example"),
        Customer.objects.filter(name__icontains="7"),
        Product.objects.filter(description="long"),
        Product.objects.all(),
        Issue.objects.filter(tenant=3, number=63),
        Issue.objects.filter(pk=7),
        Member.objects.filter(tenant=3, handle="m3"),
        Reading.objects.filter(sensor=3).order_by("-at")[:20],
        Reading.objects.filter(sensor=3, at__gte=minutes(9000)),
        Alarm.objects.filter(sensor=3),
        Tenant.objects.filter(slug="t3"),
    ]
