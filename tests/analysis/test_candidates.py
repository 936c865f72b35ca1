"""Candidates put equalities first, then a range or the order, and serve as many statements as they can."""

from __future__ import annotations

import pytest

from nplusone_guard.analysis.access import accesses_of
from nplusone_guard.analysis.candidates import advice_for
from nplusone_guard.analysis.values import Index, IndexColumn, Statement

KEY = Index("order_pkey", "order", (IndexColumn("id"),), unique=True, origin="primary key")


def index(name, columns, **values):
    parsed = tuple(IndexColumn(one.removeprefix("-"), one.startswith("-")) for one in columns.split())
    return Index(name, "order", parsed, **values)


def advised(*rests, indexes=(), partial=True, rare=()):
    """The indexes for statements that end so, as text."""
    statements = [
        Statement(str(number), f'SELECT "order"."id" FROM "order" {rest}', vendor="postgresql", calls=100 - number)
        for number, rest in enumerate(rests)
    ]
    accesses = [access for statement in statements for access in accesses_of(statement)]
    rare = {("order", condition): column for condition, column in dict(rare).items()}
    advice = advice_for(accesses, {"order": (KEY, *indexes)}, {"order": "shop.Order"}, partial=partial, rare=rare)
    return [
        ", ".join(map(str, one.columns)) + (f" WHERE {one.condition}" if one.condition else "") for one in advice
    ]


def where(condition):
    return f"WHERE ({condition})"


@pytest.mark.parametrize(
    ("rest", "columns"),
    [
        (where('"order"."state" = ?'), "state"),
        (where('"order"."day" > ? AND "order"."state" = ?'), "state, day"),
        (where('"order"."day" > ? AND "order"."total" > ?'), "day"),
        (where('"order"."state" = ?') + ' ORDER BY "order"."day" DESC LIMIT ?', "state, -day"),
        (where('"order"."state" = ?') + ' ORDER BY "order"."day" DESC', "state"),
        ('ORDER BY "order"."day" DESC, "order"."id" DESC LIMIT ?', "-day"),
        (where('"order"."day" > ?') + ' ORDER BY "order"."day" DESC LIMIT ?', "-day"),
        (where('"order"."state" = ? AND "order"."total" > ?') + ' ORDER BY "order"."day" LIMIT ?', "state, day"),
    ],
)
def test_equalities_come_first_then_one_range_or_the_order(rest, columns):
    assert advised(rest) == [columns]


@pytest.mark.parametrize(
    "rest",
    [
        "",
        where('"order"."id" = ?'),
        where('"order"."id" IN (?)'),
        'ORDER BY "order"."id" DESC LIMIT ?',
        where('"order"."id" = ? AND "order"."state" = ?'),
        where('UPPER("order"."name") = UPPER(?)'),
    ],
)
def test_what_the_primary_key_finds_or_no_index_can_wants_none(rest):
    assert advised(rest) == []


def test_one_index_serves_statements_whose_columns_it_begins_with():
    assert advised(
        where('"order"."customer_id" = ?'),
        where('"order"."state" = ? AND "order"."customer_id" = ?') + ' ORDER BY "order"."day" DESC LIMIT ?',
        where('"order"."state" = ? AND "order"."customer_id" = ?'),
    ) == ["customer_id, state, -day"]


def test_columns_that_no_order_can_serve_get_two_indexes():
    found = advised(
        where('"order"."a" = ? AND "order"."b" = ?'), where('"order"."a" = ?'), where('"order"."b" = ?')
    )
    assert found == ["a, b", "b"]


def test_an_order_read_backwards_is_the_same():
    assert advised('ORDER BY "order"."day" DESC LIMIT ?', 'ORDER BY "order"."day" ASC LIMIT ?') == ["-day"]


@pytest.mark.parametrize(
    ("columns", "served"),
    [
        ("state customer_id", True),
        ("customer_id state", True),
        ("customer_id state day", True),
        ("customer_id", False),
        ("customer_id day state", False),
    ],
)
def test_what_an_existing_index_does_is_not_advised_again(columns, served):
    rest = where('"order"."state" = ? AND "order"."customer_id" = ?')
    assert advised(rest, indexes=[index("there", columns)]) == ([] if served else ["customer_id, state"])


def test_a_unique_look_up_finds_one_row_and_needs_no_more():
    rest = where('"order"."number" = ? AND "order"."state" = ?')
    assert advised(rest, indexes=[index("number_key", "number", unique=True)]) == []


def test_a_constant_condition_becomes_a_partial_index_where_there_are_any():
    rest = where('"order"."state" = ? AND "order"."gone" IS NULL')
    assert advised(rest) == ['state WHERE "gone" IS NULL']
    assert advised(rest, partial=False) == ["state"]
    assert advised(rest, indexes=[index("there", "state", condition="(gone IS NULL)")]) == []


def test_a_rare_condition_is_an_index_of_its_own_where_nothing_else_finds_the_rows():
    unpaid = {'NOT "is_paid"': "is_paid"}
    rest = where('NOT "order"."is_paid"')
    assert advised(rest) == []
    assert advised(rest, rare=unpaid) == ['is_paid WHERE NOT "is_paid"']
    assert advised(rest + ' ORDER BY "order"."id" DESC LIMIT ?', rare=unpaid) == ['is_paid WHERE NOT "is_paid"']
    assert advised(where('"order"."is_paid"'), rare=unpaid) == []
    by_day = rest + ' ORDER BY "order"."day" DESC LIMIT ?'
    assert advised(by_day, rare=unpaid) == ['-day WHERE NOT "is_paid"']
    by_state = where('NOT "order"."is_paid" AND "order"."state" = ?')
    assert advised(by_state, rare=unpaid) == ['state WHERE NOT "is_paid"']


@pytest.mark.parametrize(
    "there", [index("there", "is_paid"), index("there", "is_paid day", condition="(NOT is_paid)")]
)
def test_an_index_that_begins_with_the_rare_column_finds_its_rows(there):
    rest = where('NOT "order"."is_paid"')
    assert advised(rest, indexes=[there], rare={'NOT "is_paid"': "is_paid"}) == []


def test_an_index_of_some_rows_does_not_serve_a_statement_about_all():
    assert advised(where('"order"."state" = ?'), indexes=[index("there", "state", condition="gone IS NULL")]) == [
        "state"
    ]


def test_an_index_has_four_columns_at_most():
    rest = where(" AND ".join(f'"order"."c{number}" = ?' for number in range(6)))
    assert advised(rest) == ["c0, c1, c2, c3"]


def test_advice_is_for_the_most_expensive_statements_first():
    assert advised(where('"order"."a" = ?'), where('"order"."b" = ?')) == ["a", "b"]


def test_a_table_without_a_model_gets_none():
    statement = Statement("0", 'SELECT "x" FROM "loose" WHERE "loose"."x" = ?', vendor="postgresql")
    assert advice_for(accesses_of(statement), {}, {}, partial=True) == ()


JOIN = 'INNER JOIN "customer" ON ("order"."customer_id" = "customer"."id") '


def test_an_ordered_page_comes_from_the_table_that_is_read_first():
    rest = JOIN + where('"order"."state" = ?') + ' ORDER BY "order"."day" DESC LIMIT ?'
    assert advised(rest) == ["state, -day"]


def test_without_an_order_the_joined_column_may_find_the_rows_too():
    assert advised(JOIN + where('"customer"."country" = ?')) == ["customer_id"]
    assert set(advised(JOIN + where('"order"."state" = ?'))) == {"state, customer_id"}


def test_one_column_that_finds_and_orders_gets_one_index():
    assert advised(where('"order"."day" = ?'), 'ORDER BY "order"."day" DESC LIMIT ?') == ["day"]


def test_an_index_of_all_rows_also_serves_who_wants_some_of_them():
    some = where('"order"."gone" IS NULL') + ' ORDER BY "order"."day" LIMIT ?'
    assert advised(some, 'ORDER BY "order"."day" LIMIT ?') == ["day"]
    assert advised(some, indexes=[index("there", "day")]) == []


def test_where_each_index_ends_in_the_key_it_is_left_out():
    sql = 'SELECT "order"."id" FROM "order" WHERE "order"."state" = ? ORDER BY "order"."id" LIMIT ?'
    found = {}
    for vendor in ("postgresql", "sqlite", "mysql"):
        accesses = accesses_of(Statement("0", sql.replace('"', "`" if vendor == "mysql" else '"'), vendor=vendor))
        (one,) = advice_for(accesses, {"order": (KEY,)}, {"order": "shop.Order"}, partial=True)
        found[vendor] = ", ".join(map(str, one.columns))
    assert found == {"postgresql": "state, id", "sqlite": "state", "mysql": "state"}
