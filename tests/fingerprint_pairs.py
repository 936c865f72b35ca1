r"""Which pairs of statements have one shape, and which have two? The table the fingerprint is held to.

`SAME` and `DIFFERENT` say what must come out; the dialect is the one the pair is written in. The comparison in
`benchmarks/fingerprint_compare.py` measures other libraries on the same table.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

__all__ = ["DIFFERENT", "PAIRS", "SAME", "Dialect", "Pair"]

Dialect = Literal["any", "sqlite", "postgresql", "mysql"]
SAME, DIFFERENT = True, False


class Pair(NamedTuple):
    """Two statements, whether they have one shape, and the fact that shows."""

    name: str
    dialect: Dialect
    same: bool
    left: str
    right: str


def _in_list(length: int) -> str:
    return f'SELECT "b"."id" FROM "b" WHERE "b"."id" IN ({", ".join(["%s"] * length)})'


def _rows(length: int) -> str:
    return f'INSERT INTO "b" ("x", "y") VALUES {", ".join(["(%s, %s)"] * length)}'


PAIRS: tuple[Pair, ...] = (
    # Values
    Pair("numbers", "any", SAME, "SELECT a FROM t WHERE id = 1", "SELECT a FROM t WHERE id = 20"),
    Pair("negative and positive", "any", SAME, "SELECT a FROM t WHERE n = -1", "SELECT a FROM t WHERE n = 1"),
    Pair("floats and exponents", "any", SAME, "SELECT a FROM t WHERE n < 1.5", "SELECT a FROM t WHERE n < .5e-3"),
    Pair("texts", "any", SAME, "SELECT a FROM t WHERE s = 'x'", "SELECT a FROM t WHERE s = 'it''s; -- y'"),
    Pair("a text and a number", "any", SAME, "SELECT a FROM t WHERE s = '1'", "SELECT a FROM t WHERE s = 1"),
    Pair(
        "a value and a placeholder", "any", SAME, "SELECT a FROM t WHERE id = 1", "SELECT a FROM t WHERE id = %s"
    ),
    Pair("hexadecimal", "any", SAME, "SELECT a FROM t WHERE b = x'ff'", "SELECT a FROM t WHERE b = X'00aa'"),
    Pair(
        "hexadecimal numbers", "mysql", SAME, "SELECT a FROM t WHERE b = 0xFF", "SELECT a FROM t WHERE b = 0x00AA"
    ),
    Pair("national texts", "any", SAME, "SELECT a FROM t WHERE s = N'ä'", "SELECT a FROM t WHERE s = N'ö'"),
    Pair(
        "escaped texts",
        "postgresql",
        SAME,
        r"SELECT a FROM t WHERE s = E'it\'s' AND b = 1",
        r"SELECT a FROM t WHERE s = E'\\' AND b = 1",
    ),
    Pair(
        "dollar quotes",
        "postgresql",
        SAME,
        "SELECT a FROM t WHERE s = $$it's$$ AND b = 1",
        "SELECT a FROM t WHERE s = $tag$a $$ b$tag$ AND b = 2",
    ),
    Pair("limits", "any", SAME, "SELECT a FROM t LIMIT 10 OFFSET 20", "SELECT a FROM t LIMIT 5 OFFSET 0"),
    Pair("limit or none", "any", DIFFERENT, "SELECT a FROM t LIMIT 10", "SELECT a FROM t"),
    Pair("typed texts", "any", SAME, "SELECT DATE '2020-01-01'", "SELECT DATE '2021-12-31'"),
    Pair(
        "true and false are filters",
        "any",
        DIFFERENT,
        "SELECT a FROM t WHERE b = TRUE",
        "SELECT a FROM t WHERE b = FALSE",
    ),
    Pair(
        "null is a filter",
        "any",
        DIFFERENT,
        "SELECT a FROM t WHERE b IS NULL",
        "SELECT a FROM t WHERE b IS NOT NULL",
    ),
    Pair(
        "a column number is a column",
        "any",
        DIFFERENT,
        "SELECT a, b FROM t ORDER BY 1",
        "SELECT a, b FROM t ORDER BY 2",
    ),
    Pair("subtraction of values", "any", SAME, "UPDATE t SET n = n - 1", "UPDATE t SET n = n - 25"),
    Pair("subtraction and addition", "any", DIFFERENT, "UPDATE t SET n = n - 1", "UPDATE t SET n = n + 1"),
    Pair("subtraction without spaces", "any", SAME, "UPDATE t SET n = n-1", "UPDATE t SET n = n - 25"),
    # Placeholders
    Pair("named placeholders", "any", SAME, "SELECT a FROM t WHERE b = %(b)s", "SELECT a FROM t WHERE b = %s"),
    Pair("question marks", "sqlite", SAME, "SELECT a FROM t WHERE b = ?", "SELECT a FROM t WHERE b = %s"),
    Pair("colon placeholders", "sqlite", SAME, "SELECT a FROM t WHERE b = :name", "SELECT a FROM t WHERE b = 5"),
    Pair(
        "numbered placeholders", "postgresql", SAME, "SELECT a FROM t WHERE b = $1", "SELECT a FROM t WHERE b = $2"
    ),
    Pair(
        "percent sign doubled", "any", SAME, "SELECT a FROM t WHERE b %% 2 = 1", "SELECT a FROM t WHERE b % 2 = 1"
    ),
    # Lists
    Pair("lists of one and of many", "any", SAME, _in_list(1), _in_list(1_000)),
    Pair(
        "lists of values",
        "any",
        SAME,
        "SELECT a FROM t WHERE b IN (1, 2)",
        "SELECT a FROM t WHERE b IN ('x', NULL, -3.5)",
    ),
    Pair(
        "lists without spaces",
        "any",
        SAME,
        "SELECT a FROM t WHERE b IN(1,2)",
        "SELECT a FROM t WHERE b IN ( 1 , 2 , 3 )",
    ),
    Pair(
        "lists with comments",
        "any",
        SAME,
        "SELECT a FROM t WHERE b IN (1 /* one, */, 2)",
        "SELECT a FROM t WHERE b IN (3)",
    ),
    Pair(
        "lists with casts",
        "postgresql",
        SAME,
        "SELECT a FROM t WHERE b IN (%s::int, %s::int)",
        "SELECT a FROM t WHERE b IN (%s::int)",
    ),
    Pair(
        "lists of tuples",
        "any",
        SAME,
        "SELECT a FROM t WHERE (b, c) IN ((1, 2))",
        "SELECT a FROM t WHERE (b, c) IN ((%s, %s), (%s, %s))",
    ),
    Pair(
        "in and not in",
        "any",
        DIFFERENT,
        "SELECT a FROM t WHERE b IN (1, 2)",
        "SELECT a FROM t WHERE b NOT IN (1, 2)",
    ),
    Pair("a list and a value", "any", DIFFERENT, "SELECT a FROM t WHERE b IN (1)", "SELECT a FROM t WHERE b = 1"),
    Pair(
        "a list and a subquery",
        "any",
        DIFFERENT,
        "SELECT a FROM t WHERE b IN (1)",
        "SELECT a FROM t WHERE b IN (SELECT 1)",
    ),
    Pair(
        "two subqueries",
        "any",
        DIFFERENT,
        "SELECT a FROM t WHERE b IN (SELECT c FROM u)",
        "SELECT a FROM t WHERE b IN (SELECT d FROM u)",
    ),
    Pair(
        "a list with a column",
        "any",
        DIFFERENT,
        "SELECT a FROM t WHERE b IN (1, 2)",
        "SELECT a FROM t WHERE b IN (1, c)",
    ),
    Pair(
        "lists with two columns",
        "any",
        DIFFERENT,
        "SELECT a FROM t WHERE b IN (1, c)",
        "SELECT a FROM t WHERE b IN (1, d)",
    ),
    Pair(
        "lists of quoted columns",
        "postgresql",
        DIFFERENT,
        'SELECT 1 FROM "t" WHERE 1 IN ("a", "b")',
        'SELECT 1 FROM "t" WHERE 1 IN ("a", "c")',
    ),
    Pair("function arguments are no list", "any", DIFFERENT, "SELECT f(1) FROM t", "SELECT f(1, 2) FROM t"),
    Pair("rows", "any", SAME, _rows(1), _rows(500)),
    Pair(
        "rows with keywords",
        "any",
        SAME,
        "INSERT INTO t (a, b) VALUES (1, DEFAULT)",
        "INSERT INTO t (a, b) VALUES (1, NULL), (2, TRUE)",
    ),
    Pair("rows of two tables", "any", DIFFERENT, "INSERT INTO t (a) VALUES (1)", "INSERT INTO u (a) VALUES (1)"),
    Pair("rows of two columns", "any", DIFFERENT, "INSERT INTO t (a) VALUES (1)", "INSERT INTO t (b) VALUES (1)"),
    Pair(
        "rows with expressions",
        "any",
        SAME,
        "INSERT INTO t (a, b) VALUES (%s, NOW())",
        "INSERT INTO t (a, b) VALUES (%s, NOW()), (%s, NOW())",
    ),
    Pair(
        "rows with two expressions",
        "any",
        DIFFERENT,
        "INSERT INTO t (a, b) VALUES (1, f(2))",
        "INSERT INTO t (a, b) VALUES (1, g(2))",
    ),
    Pair(
        "arrays",
        "postgresql",
        SAME,
        "SELECT a FROM t WHERE b = ANY(ARRAY[1, 2])",
        "SELECT a FROM t WHERE b = ANY(ARRAY[%s])",
    ),
    Pair("nested arrays", "postgresql", SAME, "SELECT ARRAY[[1, 2], [3, 4]]", "SELECT ARRAY[1]"),
    Pair("subscripts", "postgresql", SAME, "SELECT a[1] FROM t", "SELECT a[2] FROM t"),
    # Spelling
    Pair("whitespace", "any", SAME, "SELECT a\n\tFROM t  WHERE b = 1", "SELECT a FROM t WHERE b = 2"),
    Pair(
        "no whitespace at operators", "any", SAME, "SELECT a,b FROM t WHERE b=1", "SELECT a , b FROM t WHERE b = 2"
    ),
    Pair(
        "whitespace before parentheses",
        "any",
        SAME,
        "SELECT COUNT (*) FROM t WHERE( a = 1 )",
        "SELECT COUNT(*) FROM t WHERE (a = 1)",
    ),
    Pair("semicolon", "any", SAME, "SELECT a FROM t;", "SELECT a FROM t"),
    Pair("case of keywords", "any", SAME, "select a from t where b is null", "SELECT a FROM t WHERE b IS NULL"),
    Pair("case of table names", "mysql", DIFFERENT, "SELECT a FROM Orders", "SELECT a FROM orders"),
    Pair("case of quoted names", "postgresql", DIFFERENT, 'SELECT "A" FROM "t"', 'SELECT "a" FROM "t"'),
    Pair("whitespace in quoted names", "any", DIFFERENT, 'SELECT "a b" FROM "t"', 'SELECT "a  b" FROM "t"'),
    Pair("digits in names", "any", DIFFERENT, "SELECT a1 FROM t", "SELECT a2 FROM t"),
    Pair("digits in quoted names", "any", DIFFERENT, 'SELECT "a1" FROM "t"', 'SELECT "a2" FROM "t"'),
    Pair("alias numbers", "any", DIFFERENT, 'SELECT T4."a" FROM "t" T4', 'SELECT T5."a" FROM "t" T5'),
    # Comments
    Pair("line comments", "any", SAME, "SELECT a -- it's 1\nFROM t", "SELECT a FROM t -- 2"),
    Pair("block comments", "any", SAME, "SELECT /* 'x */ a FROM t", "/* y */ SELECT a FROM t"),
    Pair("nested comments", "postgresql", SAME, "SELECT a /* x /* y */ z */ FROM t", "SELECT a FROM t"),
    Pair("an opening inside a comment", "mysql", SAME, "/* x /* y */ SELECT a FROM t", "SELECT a FROM t"),
    Pair(
        "a trailing sqlcommenter comment",
        "any",
        SAME,
        "SELECT a FROM t /*controller='index',traceparent='00-5bd66ef5095369c7b0d1f8f4bd33716a-01'*/",
        "SELECT a FROM t /*controller='detail'*/",
    ),
    Pair("a leading sqlcommenter comment", "any", SAME, "/*route='a'*/ SELECT a FROM t", "SELECT a FROM t"),
    Pair("hash comments", "mysql", SAME, "SELECT `a` FROM `t` # one", "SELECT `a` FROM `t`"),
    Pair(
        "hash comments on lines of their own", "mysql", SAME, "# who's asking\nSELECT a FROM t", "SELECT a FROM t"
    ),
    Pair(
        "hash comments without backticks",
        "mysql",
        SAME,
        "SELECT a FROM t # only the active ones",
        "SELECT a FROM t",
    ),
    Pair("comment signs in a text", "any", DIFFERENT, "SELECT '-- x' FROM t", "SELECT '-- x'"),
    Pair("comment signs in a name", "any", DIFFERENT, 'SELECT "a--b" FROM "t"', 'SELECT "a--c" FROM "t"'),
    # Transactions and cursors
    Pair("savepoint names", "any", SAME, 'SAVEPOINT "s140_x1"', 'SAVEPOINT "s99_x22"'),
    Pair("savepoint names with spaces", "any", SAME, 'SAVEPOINT "my point"', "savepoint p"),
    Pair("released savepoints", "any", SAME, 'RELEASE SAVEPOINT "s140_x1"', 'RELEASE SAVEPOINT "s99_x22"'),
    Pair(
        "savepoints rolled back to", "any", SAME, 'ROLLBACK TO SAVEPOINT "s1_x1"', 'ROLLBACK TO SAVEPOINT "s2_x2"'
    ),
    Pair("setting and releasing a savepoint", "any", DIFFERENT, 'SAVEPOINT "s1"', 'RELEASE SAVEPOINT "s1"'),
    Pair("rollbacks", "any", DIFFERENT, "ROLLBACK", 'ROLLBACK TO SAVEPOINT "s1"'),
    Pair(
        "cursor names",
        "postgresql",
        SAME,
        'DECLARE "_django_curs_140_sync_1" NO SCROLL CURSOR WITH HOLD FOR SELECT "t"."a" FROM "t"',
        'DECLARE "_django_curs_281_sync_22" NO SCROLL CURSOR WITH HOLD FOR SELECT "t"."a" FROM "t"',
    ),
    Pair("closed cursors", "postgresql", SAME, 'CLOSE "_django_curs_1_sync_1"', 'CLOSE "_django_curs_1_sync_2"'),
    # What PostgreSQL adds
    Pair("casts", "postgresql", DIFFERENT, "SELECT a::int FROM t", "SELECT a::text FROM t"),
    Pair("casts of values", "postgresql", SAME, "SELECT '1'::int", "SELECT '2' :: int"),
    Pair("json paths", "postgresql", SAME, "SELECT a #>> '{b,c}' FROM t", "SELECT a #>> '{d}' FROM t"),
    Pair("json operators", "postgresql", DIFFERENT, "SELECT a -> 'b' FROM t", "SELECT a ->> 'b' FROM t"),
    Pair("json path operators", "postgresql", DIFFERENT, "SELECT a #> '{b}' FROM t", "SELECT a #>> '{b}' FROM t"),
    Pair("json keys", "postgresql", SAME, "SELECT a FROM t WHERE a ? 'b'", "SELECT a FROM t WHERE a ? 'c'"),
    Pair(
        "any key and all keys",
        "postgresql",
        DIFFERENT,
        "SELECT a FROM t WHERE a ?| %s",
        "SELECT a FROM t WHERE a ?& %s",
    ),
    Pair(
        "a key and any key",
        "postgresql",
        DIFFERENT,
        "SELECT a FROM t WHERE a ? %s",
        "SELECT a FROM t WHERE a ?| %s",
    ),
    Pair(
        "contains and is contained",
        "postgresql",
        DIFFERENT,
        "SELECT a FROM t WHERE a @> %s",
        "SELECT a FROM t WHERE a <@ %s",
    ),
    Pair("exclusive or", "postgresql", DIFFERENT, "SELECT a # b FROM t", "SELECT a # c FROM t"),
    Pair(
        "a backslash ends no text",
        "postgresql",
        DIFFERENT,
        r"SELECT a FROM t WHERE p = 'C:\' AND b = 'x'",
        r"SELECT a FROM t WHERE p = 'C:\' AND c = 'x'",
    ),
    Pair(
        "quoted columns compared",
        "postgresql",
        DIFFERENT,
        'SELECT 1 FROM "t" WHERE "a" = "b"',
        'SELECT 1 FROM "t" WHERE "a" = "c"',
    ),
    Pair(
        "quoted columns of an unquoted table",
        "postgresql",
        DIFFERENT,
        'SELECT 1 FROM t WHERE "userId" = 1',
        'SELECT 1 FROM t WHERE "ownerId" = 1',
    ),
    # What SQLite adds
    Pair(
        "escape of a pattern",
        "sqlite",
        SAME,
        r"""SELECT "t"."a" FROM "t" WHERE "t"."a" LIKE 'x' ESCAPE '\' AND "t"."b" = 1""",
        r"""SELECT "t"."a" FROM "t" WHERE "t"."a" LIKE %s ESCAPE '\' AND "t"."b" = 2""",
    ),
    Pair(
        "filters after an escape",
        "sqlite",
        DIFFERENT,
        r"""SELECT a FROM t WHERE a LIKE 'x' ESCAPE '\' AND b = 'y'""",
        r"""SELECT a FROM t WHERE a LIKE 'x' ESCAPE '\' AND c = 'y'""",
    ),
    # What MySQL adds
    Pair(
        "escaped quotes",
        "mysql",
        SAME,
        r"SELECT a FROM t WHERE s = 'it\'s' AND b = 1",
        "SELECT a FROM t WHERE s = 'x' AND b = 2",
    ),
    Pair(
        "filters after an escaped quote",
        "mysql",
        DIFFERENT,
        r"SELECT a FROM t WHERE s = 'it\'s' AND b = 1",
        r"SELECT a FROM t WHERE s = 'it\'s' AND c = 1",
    ),
    Pair(
        "texts in double quotes",
        "mysql",
        SAME,
        'SELECT `a` FROM `t` WHERE `s` = "x"',
        'SELECT `a` FROM `t` WHERE `s` = "y\\"z"',
    ),
    Pair(
        "texts in double quotes, no backticks",
        "mysql",
        SAME,
        'SELECT a FROM t WHERE s = "x"',
        'SELECT a FROM t WHERE s = "y"',
    ),
    Pair("backtick names", "mysql", DIFFERENT, "SELECT `a` FROM `t`", "SELECT `b` FROM `t`"),
    Pair(
        "null-safe equality",
        "mysql",
        DIFFERENT,
        "SELECT `a` FROM `t` WHERE `b` <=> 1",
        "SELECT `a` FROM `t` WHERE `b` <> 1",
    ),
    # What makes a statement another one
    Pair("columns", "any", DIFFERENT, 'SELECT "t"."a" FROM "t"', 'SELECT "t"."b" FROM "t"'),
    Pair("more columns", "any", DIFFERENT, 'SELECT "t"."a" FROM "t"', 'SELECT "t"."a", "t"."b" FROM "t"'),
    Pair("tables", "any", DIFFERENT, 'SELECT "t"."a" FROM "t"', 'SELECT "u"."a" FROM "u"'),
    Pair("filters", "any", DIFFERENT, "SELECT a FROM t WHERE b = 1", "SELECT a FROM t WHERE c = 1"),
    Pair("more filters", "any", DIFFERENT, "SELECT a FROM t WHERE b = 1", "SELECT a FROM t WHERE b = 1 AND c = 2"),
    Pair("operators", "any", DIFFERENT, "SELECT a FROM t WHERE b < 1", "SELECT a FROM t WHERE b <= 1"),
    Pair(
        "and and or",
        "any",
        DIFFERENT,
        "SELECT a FROM t WHERE b = 1 AND c = 1",
        "SELECT a FROM t WHERE b = 1 OR c = 1",
    ),
    Pair("orders", "any", DIFFERENT, "SELECT a FROM t ORDER BY a ASC", "SELECT a FROM t ORDER BY a DESC"),
    Pair(
        "joins",
        "any",
        DIFFERENT,
        "SELECT a FROM t INNER JOIN u ON t.b = u.c",
        "SELECT a FROM t LEFT OUTER JOIN u ON t.b = u.c",
    ),
    Pair("distinct", "any", DIFFERENT, "SELECT a FROM t", "SELECT DISTINCT a FROM t"),
    Pair("locks", "postgresql", DIFFERENT, "SELECT a FROM t", "SELECT a FROM t FOR UPDATE"),
    Pair("writes", "any", DIFFERENT, "UPDATE t SET a = 1", "UPDATE t SET b = 1"),
    Pair(
        "parentheses",
        "any",
        DIFFERENT,
        "SELECT a FROM t WHERE (b = 1 OR c = 2) AND d = 3",
        "SELECT a FROM t WHERE b = 1 OR (c = 2 AND d = 3)",
    ),
)
