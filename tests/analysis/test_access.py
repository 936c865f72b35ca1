"""What a statement does to its tables is read from its syntax tree."""

from __future__ import annotations

import pytest

from nplusone_guard.analysis.access import accesses_of
from nplusone_guard.analysis.values import IndexColumn, Statement


def accesses(sql, vendor="postgresql"):
    return {access.table: access for access in accesses_of(Statement("0", sql, vendor=vendor))}


def test_equalities_ranges_and_constants_are_told_apart():
    access = accesses(
        'SELECT "a"."id" FROM "a" WHERE ("a"."x" = ? AND "a"."y" IN (...) AND "a"."z" >= ? AND ? > "a"."w" '
        'AND "a"."gone" IS NULL AND "a"."live" AND NOT "a"."hidden")'
    )["a"]
    assert access.equal == ("x", "y")
    assert access.ranges == ("z", "w")
    assert access.constants == ('"gone" IS NULL', '"live"', 'NOT "hidden"')
    assert access.columns == ("id", "x", "y", "z", "w", "gone", "live", "hidden")


@pytest.mark.parametrize(
    "condition",
    [
        '"a"."x" = ? OR "a"."y" = ?',
        'UPPER("a"."x"::text) = UPPER(?)',
        '"a"."x"::text LIKE ?',
        '"a"."x" = "a"."y"',
        '"a"."x" = ("a"."y" + ?)',
        'NOT ("a"."x" = ?)',
    ],
)
def test_what_no_ordinary_index_helps_with_is_left_out(condition):
    access = accesses(f'SELECT "a"."id" FROM "a" WHERE {condition}')["a"]
    assert (access.equal, access.ranges, access.constants) == ((), (), ())
    assert "x" in access.columns


def test_both_sides_of_a_join_are_compared_for_equality():
    found = accesses('SELECT "a"."id" FROM "a" INNER JOIN "b" ON ("a"."b_id" = "b"."id") WHERE "b"."n" = ?')
    assert (found["a"].equal, found["a"].joined) == (("b_id",), ("b_id",))
    assert (found["b"].equal, found["b"].joined) == (("id", "n"), ("id",))


def test_an_outer_join_finds_rows_of_the_table_it_adds_only():
    found = accesses(
        'SELECT "a"."id" FROM "a" LEFT OUTER JOIN "c" ON ("a"."id" = "c"."a_id" AND "c"."k" = ?) WHERE "a"."x" < ?'
    )
    assert (found["a"].equal, found["a"].ranges) == ((), ("x",))
    assert (found["c"].equal, found["c"].joined) == (("a_id", "k"), ("a_id",))


def test_a_subquery_is_read_by_what_it_shares_with_the_outer_query():
    found = accesses(
        'SELECT "a"."id" FROM "a" WHERE EXISTS(SELECT ? AS "a" FROM "b" U0 WHERE (U0."a_id" = ("a"."id")) LIMIT ?)'
    )
    assert (found["b"].equal, found["b"].joined, found["b"].limited) == (("a_id",), ("a_id",), True)
    assert found["a"].equal == ()


@pytest.mark.parametrize(
    ("rest", "order"),
    [
        ('ORDER BY "a"."c" DESC, "a"."id" ASC LIMIT ?', (IndexColumn("c", descending=True), IndexColumn("id"))),
        ('ORDER BY "a"."c" DESC, "b"."n" ASC', ()),
        ('ORDER BY UPPER("a"."c") ASC', ()),
        ('GROUP BY "a"."c" ORDER BY "a"."c" ASC', ()),
    ],
)
def test_an_order_counts_when_one_table_has_all_of_it(rest, order):
    access = accesses(f'SELECT "a"."c" FROM "a" INNER JOIN "b" ON ("a"."b_id" = "b"."id") {rest}')["a"]
    assert access.order == order
    assert access.limited == ("LIMIT" in rest)


@pytest.mark.parametrize(
    ("sql", "equal"),
    [
        ('UPDATE "a" SET "x" = ? WHERE "a"."id" = ?', ("id",)),
        ('DELETE FROM "a" WHERE "a"."id" IN (SELECT U0."a_id" FROM "b" U0 WHERE U0."n" = ?)', ("id",)),
        ('INSERT INTO "a" ("x", "y") VALUES (...)', ()),
    ],
)
def test_a_change_writes_its_table_and_reads_the_rows_it_changes(sql, equal):
    found = accesses(sql)
    assert (found["a"].writes, found["a"].equal) == (True, equal)
    assert all(not access.writes for table, access in found.items() if table != "a")


@pytest.mark.parametrize("vendor", ["sqlite", "mysql"])
def test_each_vendors_spelling_is_understood(vendor):
    quote = {"sqlite": '"', "mysql": "`"}[vendor]
    sql = "SELECT 'a'.'id' FROM 'a' WHERE ('a'.'x' = ? AND 'a'.'y' LIKE ?) LIMIT ?".replace("'", quote)
    assert accesses(sql, vendor)["a"].equal == ("x",)


def test_what_reads_no_rows_has_no_access_and_what_is_not_understood_none_at_all():
    assert accesses_of(Statement("0", 'SAVEPOINT "s"', vendor="sqlite")) == ()
    assert accesses_of(Statement("0", "SELECT ? AS one", vendor="sqlite")) == ()
    assert accesses_of(Statement("0", "SELECT (((", vendor="sqlite")) is None
