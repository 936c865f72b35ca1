"""On three schemas that look nothing like the demo site nothing is recommended that the planner ignores."""

from __future__ import annotations

from contextlib import closing

import pytest
from django.db import connection

from nplusone_guard.analysis.existing import indexes_of
from nplusone_guard.analysis.proof.questions import INDEX, create_index
from nplusone_guard.analysis.recommend import recommend_indexes
from nplusone_guard.analysis.values import Index, Workload
from nplusone_guard.analysis.waste import covers, waste_among
from tests.analysis.schemas import rows
from tests.analysis.schemas.series.models import Alarm, Reading
from tests.analysis.schemas.shop.models import Order, Product
from tests.analysis.schemas.tracker.models import Issue

pytestmark = pytest.mark.django_db

SORTED_IN_NO_TIME = {"shop.Product (price)", "series.Alarm (-raised_at)"}
"""MariaDB rather sorts 3,000 rows than follow an index to twenty; and it has the index of each foreign key."""
UNLIKE_THE_OTHERS = {*SORTED_IN_NO_TIME, "shop.Line (product_id)"} if connection.vendor == "mysql" else set()
APPS = ["shop", "tracker", "series"]


@pytest.fixture(scope="module")
def filled(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), rows.filled():
        yield


def recommended(statements, many=10_000, few=()):
    sizes = dict.fromkeys(connection.introspection.table_names(), many) | dict(few)
    return recommend_indexes(
        connection,
        Workload("recorded file", tuple(statements), ""),
        rows=sizes,
        app_labels=APPS,
        apply_in_test_db=True,
    )


def name_of(advice):
    columns = ", ".join(map(str, advice.columns))
    return f"{advice.model} ({columns})" + (f" where {advice.condition}" if advice.condition else "")


@pytest.fixture(scope="module")
def found(filled, django_db_blocker):
    wanted = [*rows.statements().values(), *rows.served()]
    with django_db_blocker.unblock():
        return {name_of(one.advice): one for one in recommended(map(rows.statement, wanted))}


def test_what_the_statements_need_is_recommended_and_nothing_else(found):
    standings = {name: one.standing for name, one in found.items()}
    ignored = {name: standings.pop(name) for name in UNLIKE_THE_OTHERS & set(standings)}
    assert standings == dict.fromkeys(set(rows.statements()) - UNLIKE_THE_OTHERS, "recommended")
    assert ignored == dict.fromkeys(ignored, "ignored")


@pytest.mark.parametrize("name", [*rows.statements()])
def test_once_it_is_there_the_planner_uses_what_is_recommended_and_nothing_else(found, name):
    """Asked of the statement with its values, and of an index that exists."""
    if name not in found:
        pytest.skip("there is one already")
    advice = found[name].advice
    create = create_index(advice, connection.ops.quote_name)
    if connection.vendor == "mysql":
        plan = explained_with(create, advice.table, rows.statements()[name])
        assert (INDEX in plan) is (found[name].standing == "recommended")
        return
    with connection.cursor() as cursor:
        cursor.execute(create)
        cursor.execute("ANALYZE")
    assert INDEX in rows.statements()[name].explain()


def explained_with(create, table, queryset):
    """What MariaDB's planner says with the index; what makes one ends the transaction it is in."""
    with closing(connection.copy()) as other, other.cursor() as cursor:
        cursor.execute(create)
        try:
            cursor.execute(f"ANALYZE TABLE {table}")
            cursor.fetchall()
            sql, values = queryset.query.sql_with_params()
            cursor.execute(f"EXPLAIN {sql}", values)
            return str(cursor.fetchall())
        finally:
            cursor.execute(f"DROP INDEX {INDEX} ON {table}")


def test_none_is_what_an_index_does_already(found):
    for one in found.values():
        there = indexes_of(connection, [one.advice.table])
        wanted = Index("wanted", one.advice.table, one.advice.columns, condition=one.advice.condition)
        assert not [index.name for index in there if covers(index, wanted)]
        assert one.indexes == len(there)


def test_of_few_rows_or_none_nothing_is_recommended(filled):
    statements = map(rows.statement, rows.statements().values())
    sizes = {"series_alarm": 0, "series_reading": 999, "shop_order": 1}
    reasons = {one.advice.table: (one.standing, one.reason) for one in recommended(statements, few=sizes)}
    assert reasons["series_alarm"] == (
        "unverified",
        "The table series_alarm is empty here, so the planner's choice says nothing of a table with rows.",
    )
    assert reasons["series_reading"][0] == reasons["shop_order"][0] == "unverified"
    assert "has 1 row here, too few" in reasons["shop_order"][1]
    assert reasons["series_alarm"][0] != reasons["shop_product"][0]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL's planner tells costs in pages")
def test_many_writes_outweigh_few_reads(filled):
    alarms = rows.statement(Alarm.objects.order_by("-raised_at")[:20], calls=10)
    for writes, standing in ((10, "recommended"), (100_000, "outweighed")):
        (one,) = recommended([alarms, rows.insert_into(Alarm, writes)])
        assert (one.standing, one.reads, one.writes) == (standing, 10, writes)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only its statistics tell what is rare")
@pytest.mark.parametrize(
    ("rows_of", "names"),
    [
        (lambda: Reading.objects.filter(is_faulty=True), ['series.Reading (is_faulty) where "is_faulty"']),
        (lambda: Product.objects.filter(is_listed=False), ['shop.Product (is_listed) where NOT "is_listed"']),
        (lambda: Product.objects.filter(is_listed=True), []),
        (lambda: Issue.objects.filter(deleted_at=None), []),  # two thirds of them
    ],
)
def test_what_holds_for_few_rows_is_an_index_that_the_planner_uses(filled, rows_of, names):
    found = recommended([rows.statement(rows_of().order_by())])
    assert {name_of(one.advice): one.standing for one in found} == dict.fromkeys(names, "recommended")
    for one in found:
        with connection.cursor() as cursor:
            cursor.execute(create_index(one.advice, connection.ops.quote_name))
        assert INDEX in rows_of().order_by().explain()
        there = indexes_of(connection, [one.advice.table])
        assert INDEX not in {waste.index.name for waste in waste_among(there, {}, "")}


@pytest.mark.skipif(connection.vendor == "postgresql", reason="it weighs its costs")
def test_where_no_cost_is_known_writes_outweigh_what_all_rows_would_save(filled):
    orders = rows.statement(Order.objects.filter(state="open").order_by("-placed_at")[:20], calls=10)
    for writes, standing in ((400, "recommended"), (401, "outweighed")):
        (one,) = recommended([orders, rows.insert_into(Order, writes)], many=8_000)
        assert (one.standing, one.reads, one.writes) == (standing, 10, writes)
    assert one.reason == (
        "Even if it saved each of 10 reads all of 8,000 rows, 401 writes would pay more for it, "
        "about 200 rows each."
    )
    unknown = [rows.statement(Order.objects.filter(state="open").order_by("-placed_at")[:20], calls=0)]
    assert [one.standing for one in recommended([*unknown, rows.insert_into(Order, 9)])] == ["recommended"]


@pytest.mark.skipif(connection.vendor == "postgresql", reason="it weighs its costs")
def test_what_a_join_may_save_many_times_is_not_weighed_by_rows(filled):
    lines = Order.objects.filter(state="open", customer__country="DE").order_by("-placed_at")[:20]
    found = recommended([rows.statement(lines, calls=10), rows.insert_into(Order, 100_000)], many=8_000)
    assert "outweighed" not in {one.standing for one in found}
    assert "recommended" in {one.standing for one in found}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's planner takes any range to be narrow")
def test_an_index_that_the_planner_ignores_is_told_as_ignored(filled):
    (one,) = recommended([rows.statement(Reading.objects.filter(value__gt=-1))])
    assert (one.standing, name_of(one.advice)) == ("ignored", "series.Reading (value)")
    assert "too little" in one.reason or "does not use it" in one.reason
