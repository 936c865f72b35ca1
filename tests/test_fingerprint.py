"""Two statements have one shape when they differ in their values alone."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
import threading
import tracemalloc

import pytest
from psycopg import sql as psycopg_sql

from nplusone_guard.fingerprint import (
    Shape,
    batch_slots,
    cache_info,
    clear_cache,
    fingerprint,
    literal_key,
)
from tests.fingerprint_pairs import PAIRS, Pair

BOOK = (
    'SELECT "library_book"."id", "library_book"."title" FROM "library_book" '
    'WHERE "library_book"."id" = %s LIMIT 21'
)


@pytest.fixture(autouse=True)
def _empty_cache():
    clear_cache()
    yield
    clear_cache()


# The table


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name.replace(" ", "-"))
def test_a_pair_has_the_shapes_the_table_says(pair: Pair):
    left, right = fingerprint(pair.left), fingerprint(pair.right)
    assert (left.id == right.id) is pair.same, f"{left.sql}\n{right.sql}"
    assert (left is right) is pair.same


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name.replace(" ", "-"))
def test_a_normalized_text_is_its_own(pair: Pair):
    for statement in (pair.left, pair.right):
        shape = fingerprint(statement)
        assert fingerprint(shape.sql) is shape


def test_the_table_has_sixty_pairs_over_three_dialects_each_with_a_name_of_its_own():
    assert len(PAIRS) >= 60
    assert {pair.dialect for pair in PAIRS} == {"any", "sqlite", "postgresql", "mysql"}
    assert len({pair.name for pair in PAIRS}) == len(PAIRS)


# What a shape says


def test_the_normalized_text_reads_as_django_spells_it():
    shape = fingerprint(
        "select a.id,count( * ) from a\nwhere a.x in (1,2)and b=-3.5 and c like 'x%' -- why\n limit 5;"
    )
    assert shape.sql == "SELECT a.id, COUNT(*) FROM a WHERE a.x IN (...) AND b = ? AND c LIKE ? LIMIT ?"


def test_the_text_of_django_stays_as_it_is_but_for_its_values():
    assert fingerprint(BOOK).sql == BOOK.replace("%s", "?").replace("21", "?")


@pytest.mark.parametrize(
    ("statement", "operation", "table"),
    [
        (BOOK, "SELECT", "library_book"),
        ('SELECT "a"."b" FROM "public"."a"', "SELECT", "public.a"),
        ('SELECT "a"."b" FROM "public.a"', "SELECT", "public.a"),
        ("SELECT `a`.`b` FROM `a`", "SELECT", "a"),
        ("select x from plain.users u", "SELECT", "plain.users"),
        ('SELECT (SELECT COUNT(*) FROM "b" U0 WHERE U0."c" = 1) AS "n" FROM "a"', "SELECT", "a"),
        ('SELECT COUNT(*) FROM (SELECT "a"."b" AS "c" FROM "a") subquery', "SELECT", "a"),
        ('(SELECT "a"."b" FROM "a") UNION (SELECT "c"."b" FROM "c")', "SELECT", "a"),
        ("SELECT EXTRACT(YEAR FROM d) FROM t", "SELECT", "t"),
        ('SELECT "with "" quote" FROM "odd "" name"', "SELECT", 'odd " name'),
        ('INSERT INTO "a" ("b") VALUES (1)', "INSERT", "a"),
        ('INSERT OR IGNORE INTO "a" ("b") VALUES (1)', "INSERT", "a"),
        ("INSERT INTO a(b) SELECT c FROM d", "INSERT", "a"),
        ('UPDATE "a" SET "b" = 1', "UPDATE", "a"),
        ('DELETE FROM "a" WHERE "b" IN (SELECT "c" FROM "d")', "DELETE", "a"),
        ("REPLACE INTO a (b) VALUES (1)", "REPLACE", "a"),
        ("WITH x AS (SELECT id FROM t) SELECT * FROM x", "SELECT", "t"),
        ("WITH x AS (SELECT id FROM t) UPDATE u SET a = 1", "UPDATE", "u"),
        ('SAVEPOINT "s1_x1"', "SAVEPOINT", ""),
        ('RELEASE SAVEPOINT "s1_x1"', "RELEASE", ""),
        ('ROLLBACK TO SAVEPOINT "s1_x1"', "ROLLBACK", ""),
        ("BEGIN", "BEGIN", ""),
        ("commit", "COMMIT", ""),
        ("SET TIME ZONE 'UTC'", "SET", ""),
        ("PRAGMA foreign_keys = ON", "PRAGMA", ""),
        ("/* only a comment */", "", ""),
        ("", "", ""),
        ("1", "", ""),
    ],
)
def test_a_shape_names_its_operation_and_its_main_table(statement: str, operation: str, table: str):
    shape = fingerprint(statement)
    assert (shape.operation, shape.table) == (operation, table)


def test_an_id_is_the_same_on_every_host_and_run():
    assert fingerprint(BOOK).id == "bc47ea0ec952267c"
    code = f"from nplusone_guard.fingerprint import fingerprint; print(fingerprint({BOOK!r}).id)"
    for seed in ("1", "2"):
        printed = subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        )
        assert printed.stdout.strip() == "bc47ea0ec952267c"


def test_a_copy_of_a_shape_is_that_shape():
    shape = fingerprint(BOOK)
    assert copy.deepcopy(shape) is shape
    assert pickle.loads(pickle.dumps(shape)) is shape


def test_a_shape_somebody_holds_outlives_the_cache():
    shape = fingerprint(BOOK)
    clear_cache()
    assert fingerprint(BOOK) is shape


# Values do not get out


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT a FROM t WHERE s = 'secret",
        "SELECT a FROM t WHERE s = 'x''secret",
        "SELECT a FROM t WHERE s = E'\\'secret",
        "SELECT a FROM t WHERE s = $$secret",
        "SELECT a FROM t WHERE s = $tag$secret$$",
        'SELECT a FROM t WHERE s = "secret',
        'SELECT a FROM "t" WHERE s = "x""secret',
        "SELECT a FROM t WHERE s = `secret",
        "SELECT a FROM t /* secret",
        "SELECT a FROM t -- secret",
        "SELECT a FROM t WHERE s IN ('x', 'secret",
        "SELECT `a` FROM `t` WHERE s = 'it\\'s secret'",
        "SELECT a FROM t WHERE s = 'it\\'s secret'",
        'SELECT `a` FROM `t` WHERE s = "it\'s secret"',
        'SELECT a FROM t WHERE s LIKE "secret"',
        "SELECT a FROM t WHERE n = 12secret",
        "SELECT a FROM t WHERE n = 0xsecret",
        "SELECT a FROM t WHERE n = :secret",
        "SELECT a FROM t WHERE n = %(secret)s",
        "SELECT U&'secret', _utf8'secret', B'secret'",
    ],
)
def test_no_value_is_left_in_a_shape(statement: str):
    assert "secret" not in fingerprint(statement).sql


MYSQL = [
    'SELECT CONCAT("secret", a) FROM t',
    'SELECT TRIM(LEADING "secret" FROM "secretive") FROM t',
    'SELECT a FROM t WHERE a IN ("secret", b)',
    'SELECT a FROM t WHERE f(a, "it\\"s secret") = 1',
    "SELECT a FROM t WHERE f(a, 'it\\'s secret') = 1",
    'INSERT INTO t (a, b) VALUES ("secret", f("secret"))',
    'SELECT "FROM ""t"" secret" FROM t',
    "SELECT a FROM t # WHERE b = secret",
    'SELECT a FROM t WHERE a = b OR "secret',
]


@pytest.mark.parametrize("statement", MYSQL)
def test_on_mysql_all_that_is_in_double_quotes_is_a_value(statement: str):
    assert "secret" not in fingerprint(statement, "mysql").sql
    assert "secret" not in fingerprint(statement, vendor="mysql").table


def test_a_text_may_have_another_shape_on_mysql():
    statement = 'SELECT CONCAT("x", a) FROM t'
    for _ in range(2):  # read, and from the cache
        assert fingerprint(statement).sql == statement
        assert fingerprint(statement, "mysql").sql == "SELECT CONCAT(?, a) FROM t"
        assert fingerprint(statement, "postgresql") is fingerprint(statement, "sqlite") is fingerprint(statement)


def test_the_vendor_tells_which_are_the_values_and_parameters():
    left, right = ('SELECT CONCAT("x", a) FROM t', 'SELECT CONCAT("y", a) FROM t')
    assert literal_key(left, "mysql") != literal_key(right, "mysql")
    statement = r'SELECT a FROM t WHERE b = f("\"%s") AND c IN (%s, %s)'
    assert batch_slots(statement, "mysql") == {0, 1}


def test_what_django_writes_needs_no_vendor():
    statement = "SELECT `t`.`a` FROM `t` WHERE `t`.`b` = %s"
    assert fingerprint(statement, "mysql") is fingerprint(statement)


# Anything goes in


@pytest.mark.parametrize(
    ("statement", "normalized"),
    [
        (b"SELECT 1", "SELECT ?"),
        (bytearray(b"SELECT 1"), "SELECT ?"),
        (memoryview(b"SELECT 1"), "SELECT ?"),
        (b"SELECT \xff", "SELECT �"),
        (psycopg_sql.SQL("SELECT 1"), "SELECT ?"),
        (
            psycopg_sql.SQL("SELECT {} FROM {} WHERE a = {}").format(
                psycopg_sql.Identifier("a"), psycopg_sql.Identifier("s", "t"), psycopg_sql.Literal("secret")
            ),
            'SELECT "a" FROM "s"."t" WHERE a = ?',
        ),
        (None, "None"),
        ("SELECT \ud800", "SELECT \ud800"),
    ],
)
def test_what_is_no_text_is_rendered(statement: object, normalized: str):
    assert fingerprint(statement).sql == normalized


class _Broken:
    def __hash__(self) -> int:
        raise RuntimeError

    def __str__(self) -> str:
        raise RuntimeError


class _Unhashable:
    __hash__ = None

    def __str__(self) -> str:
        return "SELECT 1"


class _Text(str):
    __slots__ = ()


def test_no_object_raises():
    assert fingerprint(_Broken()).sql == ""
    assert fingerprint(_Unhashable()).sql == "SELECT ?"
    assert fingerprint(_Text("SELECT 1")).sql == "SELECT ?"


MEGABYTE = 1_000_000
HOSTILE = {
    "a quote without end": "'" + "x" * MEGABYTE,
    "nothing but quotes": "'" * MEGABYTE,
    "nothing but double quotes": '"' * MEGABYTE,
    "nothing but backticks": "`" * MEGABYTE,
    "nothing but backslashes": "\\" * MEGABYTE,
    "escaped quotes": "\\'" * (MEGABYTE // 2),
    "comments in comments": "/*" * (MEGABYTE // 2),
    "comments in comments, even": "/*" * (MEGABYTE // 4) + "*/" * (MEGABYTE // 4),
    "comments in a list": "IN (" + "/**/" * (MEGABYTE // 4),
    "many lists with a comment": "IN (/* */" * (MEGABYTE // 9),
    "parentheses": "(" * MEGABYTE,
    "spaced parentheses": "( " * (MEGABYTE // 2),
    "lists without end": "IN (1," * (MEGABYTE // 6),
    "one list without end": "IN (" + "%s, " * (MEGABYTE // 4),
    "dollars": "$a$b$c" * (MEGABYTE // 6),
    "dollar tags": "".join(f"$a{i}$ " for i in range(MEGABYTE // 8)),
    "spaces": " " * MEGABYTE,
    "spaces in between": "a" + " " * MEGABYTE + "b",
    "digits": "1" * MEGABYTE,
    "signs": "- " * (MEGABYTE // 2),
    "column numbers": "ORDER BY 1, " * (MEGABYTE // 12),
    "hashes": "# a " * (MEGABYTE // 4),
    "tables": "FROM " * (MEGABYTE // 5),
    "rows": "VALUES " + "(NOW()), " * (MEGABYTE // 9),
    "Django's columns": 'SELECT "a" FROM "t" WHERE ' + '"t"."a", ' * (MEGABYTE // 9) + "!",
    "Django's words": "SELECT COUNT(MAX(" + "AND " * (MEGABYTE // 4) + "!",
    "Django's functions": "COUNT(" * (MEGABYTE // 6),
    "Django's lists": 'SELECT "a" IN (%s' + ", %s" * (MEGABYTE // 4) + ", 1",
    "Django's rows": "INSERT VALUES (%s)" + ", (%s)" * (MEGABYTE // 6) + ", (1",
    "capitals": "A" * MEGABYTE + "!",
    "a word of capitals on every line": "A!\n" * (MEGABYTE // 3),
    "names one after the other": '"a""b" ' * (MEGABYTE // 7),
    "null characters": "\0" * MEGABYTE,
    "surrogates": "\ud800" * MEGABYTE,
    "all of them": "\\' \" ` # $a$ /* -- ( IN (" * (MEGABYTE // 26),
}


@pytest.mark.parametrize("statement", HOSTILE.values(), ids=[name.replace(" ", "-") for name in HOSTILE])
def test_a_megabyte_of_hostile_text_comes_to_an_end(statement: str):
    # Only the docs give times, from `python -m benchmarks.fingerprint_compare`; a text that took the square of
    # its length would take hours, so that it ends at all is the test.
    assert len(fingerprint(statement).id) == 16
    literal_key(statement)
    batch_slots(statement)


# Values compared, never kept


def test_equal_values_have_equal_keys():
    left = literal_key("SELECT a FROM t WHERE b = 'x' AND c IN (1, 2) AND d = TRUE /* 5 */")
    right = literal_key("SELECT a  FROM t WHERE b='x' AND c IN (1,2) /* 6 */ AND d = TRUE")
    assert left == right


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("SELECT a FROM t WHERE b = 1", "SELECT a FROM t WHERE b = 2"),
        ("SELECT a FROM t WHERE b = -1", "SELECT a FROM t WHERE b = 1"),
        ("SELECT a FROM t WHERE b = 'x'", "SELECT a FROM t WHERE b = 'X'"),
        ("SELECT a FROM t WHERE b = $$x$$", "SELECT a FROM t WHERE b = $$y$$"),
        ("SELECT a FROM t WHERE b = 1 AND c = 2", "SELECT a FROM t WHERE b = 2 AND c = 1"),
        ("SELECT a FROM t WHERE b IN (1, 2)", "SELECT a FROM t WHERE b IN (1, 3)"),
        ("SELECT a FROM t WHERE b IN (1, NULL)", "SELECT a FROM t WHERE b IN (1, TRUE)"),
        ("INSERT INTO t VALUES (1), (2)", "INSERT INTO t VALUES (1), (3)"),
        ("SELECT ARRAY[1]", "SELECT ARRAY[2]"),
        ('SELECT `a` FROM `t` WHERE `b` = "x"', 'SELECT `a` FROM `t` WHERE `b` = "y"'),
        ('SAVEPOINT "s1_x1"', "SELECT 1"),
    ],
)
def test_different_values_have_different_keys(left: str, right: str):
    assert literal_key(left) != literal_key(right)


@pytest.mark.parametrize(
    ("statement", "slots"),
    [
        ("SELECT a FROM t WHERE b = %s", set()),
        ("SELECT a FROM t WHERE b IN (%s)", set()),
        ("SELECT a FROM t WHERE b IN (%s, %s)", {0, 1}),
        ("SELECT a FROM t WHERE x = %s AND b IN (%s, %s) AND y = %s", {1, 2}),
        ("SELECT a FROM t WHERE x = %s AND b IN (1, %s) AND y = %s", {1}),
        ("SELECT a FROM t WHERE (a, b) IN ((%s, %s))", set()),
        ("SELECT a FROM t WHERE (a, b) IN ((%s, %s), (%s, %s))", {0, 1, 2, 3}),
        ("SELECT f(%s, %s) FROM t", set()),
        ("SELECT a FROM t WHERE b IN (SELECT c FROM u WHERE d = %s)", set()),
        ("SELECT a FROM t WHERE x = '%s' AND b IN (%s, %s)", {0, 1}),
        ("SELECT a FROM t /* %s */ WHERE b IN (%s, %s)", {0, 1}),
        ("SELECT a FROM t WHERE x ? %s AND b IN (%s, %s)", {1, 2}),
        ("SELECT a FROM t WHERE x = ? AND b IN (?, ?)", {1, 2}),
        ("SELECT a FROM t WHERE x = %(x)s AND b IN (%(b)s, %(c)s)", {1, 2}),
        ("INSERT INTO t (a, b) VALUES (%s, %s)", set()),
        ("INSERT INTO t (a, b) VALUES (%s, %s), (%s, %s)", {0, 1, 2, 3}),
        ("INSERT INTO t (a, b) VALUES (%s, NOW()), (%s, NOW())", {0, 1}),
        ("INSERT INTO t (a, b) VALUES (%s, %s), (%s, %s) ON CONFLICT DO UPDATE SET a = %s", {0, 1, 2, 3}),
    ],
)
def test_the_parameters_of_a_list_are_told_from_the_others(statement: str, slots: set[int]):
    assert batch_slots(statement) == slots


# The cache


def test_a_hit_gives_the_same_object():
    assert fingerprint(BOOK) is fingerprint(str(BOOK.encode(), "utf-8"))
    assert cache_info().entries == 1


def test_the_cache_stays_within_its_bounds_under_a_hundred_thousand_statements():
    most = 0
    for number in range(100_000):
        fingerprint(f"SELECT a{number} FROM t")
        most = max(most, cache_info().entries)
    assert most == 2_000
    assert cache_info().bytes <= 4_000_000


def test_the_cache_is_bounded_in_bytes_as_well():
    for number in range(2_000):
        fingerprint(f"SELECT {'a' * 8_000}{number} FROM t")
        assert cache_info().bytes <= 4_000_000
    assert cache_info().entries < 500


def test_a_very_long_text_is_not_kept():
    fingerprint("SELECT a FROM t WHERE b IN (" + "1, " * 10_000 + "1)")
    assert cache_info().entries == 0


def test_a_text_in_use_stays_while_others_pass():
    shape = fingerprint(BOOK)
    for number in range(5_000):
        fingerprint(f"SELECT a{number} FROM t")
        if number % 500 == 0:
            assert fingerprint(BOOK) is shape


def test_clearing_the_cache_empties_it():
    fingerprint(BOOK)
    clear_cache()
    assert cache_info() == (0, 0)


def test_nothing_is_left_of_a_shape_nobody_holds():
    tracemalloc.start()
    try:
        for number in range(2_000):
            fingerprint(f"SELECT {'a' * 8_000}{number} FROM t")
        clear_cache()
        fingerprint(BOOK)
        assert tracemalloc.get_traced_memory()[0] < 1_000_000
    finally:
        tracemalloc.stop()


def test_threads_share_one_shape():
    statements = [f"SELECT a{number} FROM t WHERE b = {number}" for number in range(3_000)]
    results: list[list[Shape]] = []
    errors: list[BaseException] = []
    barrier = threading.Barrier(8)

    def work() -> None:
        try:
            barrier.wait()
            results.append([fingerprint(statement) for statement in statements])
        except BaseException as error:  # noqa: BLE001
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert len({tuple(result) for result in results}) == 1  # compared by identity
    assert len({shape.id for shape in results[0]}) == len(statements)
    assert cache_info().entries <= 2_000
