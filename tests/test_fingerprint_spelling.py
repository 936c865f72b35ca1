"""A statement in Django's own spelling is taken as it stands, and comes out as it does token by token."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from benchmarks.fingerprint_compare import statements
from nplusone_guard import sql_scanner
from nplusone_guard.sql_normalizer import normalize, scan
from nplusone_guard.sql_scanner import Reading, reading_of
from nplusone_guard.sql_spelling import respell

relaxed = settings(deadline=None, max_examples=400, suppress_health_check=[HealthCheck.too_slow])


@contextmanager
def token_by_token() -> Iterator[None]:
    """The scanner without its runs of words."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sql_scanner, "run", lambda _quote: "(?!)")
        sql_scanner.scanner.cache_clear()
        yield
    sql_scanner.scanner.cache_clear()


def quote_of(reading: Reading) -> str:
    return "`" if reading is Reading.MYSQL else '"'


# Statements as Django writes them, in tokens

names = st.from_regex(r"[a-z_]{1,6}", fullmatch=True)
columns = st.one_of(
    names.map(lambda name: [f'"{name}"']),
    st.tuples(names, names).map(lambda pair: [f'"{pair[0]}"', ".", f'"{pair[1]}"']),
    names.map(lambda name: ["U0", ".", f'"{name}"']),
)
operators = st.sampled_from(["=", "<", ">=", "<>", "LIKE", "@>", "->>", "||", "+", "-", "*"])
types = st.sampled_from(["text", "bigint", "varchar"])


def called(arguments: st.SearchStrategy[list[str]]) -> st.SearchStrategy[list[str]]:
    functions = st.sampled_from(["COUNT", "MAX", "COALESCE", "UPPER", "ANY", "django_date_trunc"])
    return st.tuples(functions, arguments).map(lambda call: [call[0], "(", *call[1], ")"])


def cast(operand: st.SearchStrategy[list[str]]) -> st.SearchStrategy[list[str]]:
    return st.tuples(operand, types).map(lambda pair: [*pair[0], "::", pair[1]])


operands = st.recursive(
    st.one_of(columns, st.just(["%s"]), st.just(["COUNT", "(", "*", ")"])),
    lambda inner: st.one_of(
        called(inner), cast(called(inner)), cast(columns), inner.map(lambda operand: ["(", *operand, ")"])
    ),
    max_leaves=2,
)
lists = st.integers(1, 4).map(lambda count: ["IN", "(", "%s", *[",", "%s"] * (count - 1), ")"])
subqueries = st.tuples(columns, names).map(
    lambda pair: ["IN", "(", "SELECT", *pair[0], "FROM", f'"{pair[1]}"', "U0", ")"]
)
comparisons = st.one_of(
    # `LIKE (…)` looks like a call, and is nothing that Django writes.
    st.tuples(operands, operators, operands)
    .filter(lambda parts: parts[1] != "LIKE" or parts[2][0] != "(")
    .map(lambda parts: [*parts[0], parts[1], *parts[2]]),
    st.tuples(columns, lists).map(lambda parts: [*parts[0], *parts[1]]),
    st.tuples(columns, subqueries).map(lambda parts: [*parts[0], "NOT", *parts[1]]),
    columns.map(lambda column: [*column, "IS", "NOT", "NULL"]),
    names.map(
        lambda name: ["EXISTS", "(", "SELECT", "1", "AS", f'"{name}"', "FROM", f'"{name}"', "LIMIT", "1", ")"]
    ),
)
filters = st.recursive(
    comparisons,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda pair: ["(", *pair[0], "AND", *pair[1], ")"]),
        inner.map(lambda one: ["NOT", "(", *one, ")"]),
    ),
    max_leaves=4,
)


@st.composite
def selects(draw: st.DrawFn) -> list[str]:
    tokens = ["SELECT", *draw(operands)]
    for operand in draw(st.lists(operands, max_size=4)):
        tokens += [",", *operand]
    tokens += ["FROM", f'"{draw(names)}"']
    if draw(st.booleans()):
        tokens += ["INNER", "JOIN", f'"{draw(names)}"', "ON", "(", *draw(comparisons), ")"]
    tokens += ["WHERE", *draw(filters)]
    if draw(st.booleans()):
        tokens += ["ORDER", "BY", *draw(st.one_of(columns, st.just(["2"]))), "ASC", ",", *draw(columns), "DESC"]
    if draw(st.booleans()):
        tokens += ["LIMIT", str(draw(st.integers(0, 10**6))), "OFFSET", "5"]
    return tokens


@st.composite
def inserts(draw: st.DrawFn) -> list[str]:
    width = draw(st.integers(1, 3))
    row = ["(", "%s", *[",", "%s"] * (width - 1), ")"]
    tokens = ["INSERT", "INTO", f'"{draw(names)}"', "(", f'"{draw(names)}"']
    for name in draw(st.lists(names, min_size=width - 1, max_size=width - 1)):
        tokens += [",", f'"{name}"']
    tokens += [")", "VALUES", *row]
    for _ in range(draw(st.integers(0, 3))):
        tokens += [",", *row]
    return tokens


FUNCTIONS = {"COUNT", "MAX", "COALESCE", "UPPER", "ANY", "EXISTS", "django_date_trunc"}


def djangos_spelling(tokens: list[str]) -> str:
    text = ""
    for before, token in zip([" ", *tokens], tokens, strict=False):
        together = before in "( .::" or token in "),.::" or (token == "(" and before in FUNCTIONS)
        text += token if together else f" {token}"
    return text


@relaxed
@given(st.one_of(selects(), inserts()))
def test_a_statement_in_djangos_spelling_is_taken_as_it_stands(tokens: list[str]):
    for reading in (Reading.ANSI, Reading.MYSQL):
        quote = quote_of(reading)
        spelled = djangos_spelling(tokens).replace('"', quote)
        spaced = "\n".join(tokens).replace('"', quote)
        assert respell(spelled, quote) == scan(spaced, reading) == scan(spelled, reading)


@pytest.mark.parametrize("statement", [sql for sql, _ in statements() if "SAVEPOINT" not in sql])
def test_the_statements_of_the_comparison_are_taken_as_they_stand(statement: str):
    reading = reading_of(statement)
    assert respell(statement, quote_of(reading)) == scan(statement, reading)


# And any other text

pieces = st.sampled_from(
    [
        *"SELECT FROM WHERE AND NOT IN VALUES LIMIT BY ORDER JOIN ALL NULL DEFAULT COUNT EXISTS SAVEPOINT".split(),
        *"U0 x E' N'x' INTERVAL ARRAY[ ROLLBACK COUNT(*) COUNT( IN( subquery select AS STANDBY".split(),
        *"( ) , . ; [ ] %s %%s %% ? ?| ... (...) ' '' 'x' \" \"\" ` \\ $$ # -- /* */ = < - + * / || ::".split(),
        *"1 21 1.5 ::text ::interval ::text[] ->> _x é ²".split(),
        *'"a" "a"."b" U0."b" `a` `a`.`b` "_django_curs_1" "IN(?)" "x%s" %s, %s), ("a" (%s), (SELECT'.split(),
        *("SELECT 1", "ORDER BY 1", "LIMIT 5", "IN (%s", "(%s, %s)", "VALUES (%s)", "IN (NULL)", "IN (SELECT"),
        *(r"ESCAPE '\'", "DATE '1'", "DATE %s", "NOT IN (%s, %s)", 'FROM "t"', '"a b"', '"VALUES (?"', "  ", "\n"),
    ]
)
texts = st.lists(st.tuples(pieces, st.sampled_from([" ", " ", " ", ""])), max_size=16).map(
    lambda parts: "".join(piece + gap for piece, gap in parts)
)


@given(columns, columns)
def test_the_patterns_of_sqlite_are_taken_as_they_stand(left: list[str], right: list[str]):
    statement = "SELECT {} FROM \"t\" WHERE {} LIKE %s ESCAPE '\\'".format("".join(left), "".join(right))
    assert respell(statement, '"') == scan(statement, Reading.ANSI)


comments = st.sampled_from(["", " /*route='a'*/", "/* x */", " /*", "*/", " /* /* */", "'/* */", " -- /* */"])


@relaxed
@given(texts, comments)
@example('SELECT "a" FROM "t" WHERE "b" IN (NULL)', "")
@example('SELECT U0 ("a")', "")
@example('INSERT INTO "t" ("a") VALUES (%s), (%s, "b")', "")
@example('SELECT "a" FROM "t" WHERE "b" LIKE %s ESCAPE \'\\\'\'', "")
@example('"a""b"."c"', "")
@example('SELECT "a" = - 5 LIMIT 5', "")
@example("SELECT %s::interval", "")
@example('SELECT "a" FROM "t" JOIN (%s), ALL', "")
@example("SELECT EXISTS(VALUES (%s) x", "")
@example('SELECT "a %s", "b IN (%s)", "c LIMIT 1" FROM "t"', "")
@example('SELECT "a" FROM "t"', " /* x */ AS b */")
@example('SELECT "a" FROM "t"', "*/")
def test_no_text_comes_out_otherwise_than_token_by_token(text: str, comment: str):
    text += comment
    for reading, vendor in ((Reading.MYSQL, "mysql"), (reading_of(text), "")):
        with token_by_token():
            tokens = scan(text, reading)
        assert scan(text, reading) == tokens
        assert normalize(text, vendor) == tokens
