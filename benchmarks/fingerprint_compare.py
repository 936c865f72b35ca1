"""Which way of turning SQL into a shape is right, and what does it cost?

`python -m benchmarks.fingerprint_compare` prints the table in `docs/fingerprint.md`. Every way gets the pairs of
`tests/fingerprint_pairs.py` and the statements below, in turn, in one process. The others are measured when they
are installed: `pip install sqlglot sqlparse pglast sqlfp sql-impressao`.
"""

from __future__ import annotations

import argparse
import gc
import importlib.metadata
import logging
import re
import statistics
import sys
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from importlib import import_module
from time import perf_counter_ns
from typing import Any

from nplusone_guard.fingerprint import clear_cache, fingerprint
from tests.fingerprint_pairs import PAIRS
from tests.test_fingerprint import HOSTILE

_TURNS = 5
DIALECTS = {"any": "postgresql"}  # what a reader that must be told a dialect is told
Fingerprint = Callable[[str, str], Hashable]

_TEMPLATES = """
SELECT {book} FROM {t}library_book{q} WHERE {t}library_book{q}.{t}id{q} = %s LIMIT 21
SELECT {book} FROM {t}library_book{q} WHERE {t}library_book{q}.{t}author_id{q} IN (%s, %s, %s, %s, %s)
SELECT {book} FROM {t}library_book{q} ORDER BY {t}library_book{q}.{t}title{q} ASC
SELECT {author} FROM {t}library_author{q} WHERE {t}library_author{q}.{t}id{q} = %s LIMIT 21
SELECT {book}, {author} FROM {t}library_book{q} INNER JOIN {t}library_author{q} ON \
({t}library_book{q}.{t}author_id{q} = {t}library_author{q}.{t}id{q}) WHERE \
({t}library_author{q}.{t}name{q} LIKE %s AND NOT \
({t}library_book{q}.{t}price{q} > %s AND {t}library_book{q}.{t}price{q} IS NOT NULL)) \
ORDER BY {t}library_book{q}.{t}title{q} ASC LIMIT 20 OFFSET 40
SELECT COUNT(*) AS {t}__count{q} FROM {t}library_book{q} WHERE {t}library_book{q}.{t}author_id{q} = %s
SELECT 1 AS {t}a{q} FROM {t}library_book{q} WHERE {t}library_book{q}.{t}slug{q} = %s LIMIT 1
SELECT {author}, (SELECT COUNT(U0.{t}id{q}) AS {t}n{q} FROM {t}library_book{q} U0 WHERE U0.{t}author_id{q} = \
({t}library_author{q}.{t}id{q})) AS {t}books{q} FROM {t}library_author{q}
INSERT INTO {t}library_author{q} ({t}name{q}, {t}born{q}, {t}active{q}) VALUES (%s, %s, %s)
INSERT INTO {t}library_author{q} ({t}name{q}, {t}born{q}) VALUES (%s, %s), (%s, %s), (%s, %s), (%s, %s)
UPDATE {t}library_book{q} SET {t}title{q} = %s, {t}price{q} = %s WHERE {t}library_book{q}.{t}id{q} = %s
DELETE FROM {t}library_book{q} WHERE {t}library_book{q}.{t}id{q} IN (%s)
"""


def statements() -> list[tuple[str, str]]:
    """Statements as Django writes them, with their dialects: 20 to 3,000 characters."""
    statements = []
    for dialect, quote in (("postgresql", '"'), ("sqlite", '"'), ("mysql", "`")):

        def columns(table: str, *names: str, quote: str = quote) -> str:
            return ", ".join(f"{quote}{table}{quote}.{quote}{name}{quote}" for name in names)

        book = columns("library_book", "id", "title", "slug", "price", "author_id", "published", "isbn", "pages")
        author = columns("library_author", "id", "name", "born", "active")
        values = {"t": quote, "q": quote, "book": book, "author": author}
        statements += [(template.format(**values), dialect) for template in _TEMPLATES.strip().splitlines()]
    wide = ", ".join(f'"catalog_product"."attribute_{number}"' for number in range(75))
    statements += [
        (f'SELECT {wide} FROM "catalog_product" WHERE "catalog_product"."id" = %s LIMIT 21', "postgresql"),
        ('SAVEPOINT "s139872543_x12"', "postgresql"),
    ]
    return statements


@dataclass(frozen=True)
class Way:
    """One way to turn a text and its dialect into something that is equal for equal shapes."""

    name: str
    distribution: str
    load: Callable[[], Fingerprint]


def _ours() -> Fingerprint:
    return lambda sql, _dialect: fingerprint(sql)


def _all_of_it(sql: str, _dialect: str) -> Hashable:
    """Ours, and all that a shape works out when it is first asked for it."""
    shape = fingerprint(sql)
    return shape.id, shape.operation, shape.table


_MARKS = re.compile(r"%\(\w+\)s|%s")


def _substituted(sql: str) -> str:
    """The text with its placeholders replaced, for what takes them for a syntax error."""
    return _MARKS.sub("1", sql).replace("%%", "%")


def _pglast() -> Fingerprint:
    pglast = import_module("pglast")

    return lambda sql, _dialect: pglast.fingerprint(_substituted(sql))


def _sqlfp() -> Fingerprint:
    sqlfp = import_module("sqlfp")

    names = {"postgresql": "postgres"}
    return lambda sql, dialect: sqlfp.normalize(_substituted(sql), names.get(dialect, dialect)).normalized


def _sql_impressao() -> Fingerprint:
    sql_impressao = import_module("sql_impressao")

    names = {"postgresql": "postgres"}
    return lambda sql, dialect: sql_impressao.fingerprint_one(
        _substituted(sql), dialect=names.get(dialect, dialect)
    )


def _sqlparse() -> Fingerprint:
    lexer, tokens = import_module("sqlparse.lexer"), import_module("sqlparse.tokens")

    lists = re.compile(r"\( ?\?(?: ?, ?\?)* ?\)(?: ?, ?\( ?\?(?: ?, ?\?)* ?\))*")

    def normalized(sql: str, _dialect: str) -> str:
        words = []
        for kind, text in lexer.tokenize(sql):
            is_name = kind is tokens.String.Symbol  # in double quotes
            if (kind in tokens.Literal and not is_name) or kind in tokens.Name.Placeholder:
                words.append("?")
            elif kind not in tokens.Comment and kind not in tokens.Whitespace:
                words.append(text.upper() if kind in tokens.Keyword else text)
        return lists.sub("(...)", " ".join(words))

    return normalized


def _sqlglot() -> Fingerprint:
    sqlglot, expressions = import_module("sqlglot"), import_module("sqlglot.expressions")
    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)  # its complaints belong to no table

    names = {"postgresql": "postgres"}

    def anonymous(node: Any) -> Any:
        if isinstance(node, (expressions.Literal, expressions.Placeholder, expressions.Parameter)):
            return expressions.Placeholder()
        if isinstance(node, expressions.In) and all(
            isinstance(one, (expressions.Literal, expressions.Placeholder)) for one in node.expressions
        ):
            node.set("expressions", node.expressions[:1])
        if isinstance(node, expressions.Values):
            node.set("expressions", node.expressions[:1])
        return node

    def normalized(sql: str, dialect: str) -> str:
        name = names.get(dialect, dialect)
        tree = sqlglot.parse_one(_substituted(sql), dialect=name)
        return tree.transform(anonymous).sql(dialect=name, comments=False)

    return normalized


# What is called, what is done before each call, and what is written behind each statement.
_OUR_KINDS: dict[str, tuple[Fingerprint, Callable[[], None], str]] = {
    "a miss with a comment": (_ours(), clear_cache, " /*route='books',traceparent='00-5bd66ef5095369c7-01'*/"),
    "a miss for the scanner": (_ours(), clear_cache, " -- not in Django's spelling"),
    "a miss, its id and its table": (_all_of_it, clear_cache, ""),
    "a hit": (_ours(), lambda: None, ""),
}

WAYS = (
    Way("nplusone-guard", "nplusone-guard", _ours),
    Way("pglast", "pglast", _pglast),
    Way("sqlfp", "sqlfp", _sqlfp),
    Way("sql-impressao", "sql-impressao", _sql_impressao),
    Way("sqlparse, lexer", "sqlparse", _sqlparse),
    Way("sqlglot", "sqlglot", _sqlglot),
)


def _microseconds(way: Fingerprint, sql: str, dialect: str, rounds: int, prepare: Callable[[], None]) -> float:
    """The median of `rounds` calls, each with `prepare` called before it, outside the clock."""
    times: dict[Fingerprint, list[int]] = {_nothing: [], way: []}
    for _ in range(rounds):
        for one, taken in times.items():
            prepare()
            text = "".join((sql[:1], sql[1:]))  # new each time, as Django's is: its hash is not known yet
            started = perf_counter_ns()
            one(text, dialect)
            taken.append(perf_counter_ns() - started)
    return (statistics.median(times[way]) - statistics.median(times[_nothing])) / 1_000


def _fastest(
    way: Fingerprint, texts: list[tuple[str, str]], rounds: int, prepare: Callable[[], None]
) -> list[float]:
    """For each text, the fastest of some turns. A machine with other work to do is slow in most of them."""
    turns = [[_microseconds(way, *one, rounds, prepare) for one in texts] for _ in range(_TURNS)]
    return [min(times) for times in zip(*turns, strict=True)]


def _nothing(_sql: str, _dialect: str) -> None:
    """What the clock itself costs, which is taken off."""


def _readable(way: Fingerprint, statements: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for sql, dialect in statements:
        try:
            way(sql, dialect)
        except Exception:  # noqa: BLE001 — counted by the caller, as what is missing
            continue
        yield sql, dialect


def _wrong_pairs(way: Fingerprint) -> tuple[list[str], int]:
    """The names of the pairs that come out wrong, and how many texts could not be read (their pairs are wrong)."""
    wrong, errors = [], 0
    for pair in PAIRS:
        dialect = DIALECTS.get(pair.dialect, pair.dialect)
        shapes = []
        for sql in (pair.left, pair.right):
            try:
                shapes.append(way(sql, dialect))
            except Exception:  # noqa: BLE001 — whatever a library raises
                errors += 1
        if len(shapes) < 2 or (shapes[0] == shapes[1]) is not pair.same:
            wrong.append(pair.name)
    return wrong, errors


def _row(
    name: str, way: Fingerprint, rounds: int, prepare: Callable[[], None], comment: str = ""
) -> tuple[str, list[str]]:
    texts = [(sql + comment, dialect) for sql, dialect in statements()]
    readable = list(_readable(way, texts))
    median = statistics.median(_fastest(way, readable, rounds, prepare))
    many = f'SELECT "b"."id" FROM "b" WHERE "b"."id" IN ({", ".join(["%s"] * 1_000)}){comment}'
    thousand = _fastest(way, [(many, "postgresql")], max(rounds // 20, 3), prepare)[0]
    wrong, errors = _wrong_pairs(way)
    unread = errors + len(texts) - len(readable)
    return f"| {name} | {median:,.2f} µs | {thousand:,.1f} µs | {len(wrong)} | {unread} |", wrong


def _megabyte(rounds: int) -> None:
    """The slowest of some hostile texts of a megabyte."""
    worst = {name: _microseconds(_ours(), text, "", rounds, clear_cache) / 1e6 for name, text in HOSTILE.items()}
    name = max(worst, key=lambda one: worst[one])
    median = statistics.median(worst.values())
    print(f"\n{len(worst)} hostile texts of 1 MB: median {median:.2f} s,", end=" ")
    print(f"slowest {worst[name]:.2f} s ({name}).")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40, help="calls per statement, way and turn")
    parser.add_argument("--wrong", action="store_true", help="name the pairs that came out wrong")
    arguments = parser.parse_args()
    gc.disable()  # a collection in the middle of a call is nobody's cost
    lengths = sorted(len(sql) for sql, _ in statements())
    print(
        f"Python {sys.version.split()[0]}; {len(lengths)} statements of {lengths[0]} to {lengths[-1]:,} "
        f"characters (median {statistics.median(lengths):.0f}), {len(PAIRS)} pairs.\n"
    )
    print("| way | median | `IN` of 1,000 | wrong pairs | not read |")
    print("|---|---|---|---|---|")
    mistakes: dict[str, list[str]] = {}
    missing = []
    for way in WAYS:
        try:
            implementation = way.load()
        except ImportError:
            missing.append(way.distribution)
            continue
        name = f"{way.name} {importlib.metadata.version(way.distribution)}"
        ours = way.load is _ours
        row, mistakes[name] = _row(f"{name}{', a miss' * ours}", implementation, arguments.rounds, clear_cache)
        print(row, flush=True)
        if ours:
            for kind, (called, prepare, comment) in _OUR_KINDS.items():
                print(_row(f"{name}, {kind}", called, arguments.rounds, prepare, comment)[0], flush=True)
        gc.collect()
    for distribution in missing:
        print(f"\nSkipped, as it is not installed: {distribution}.")
    _megabyte(3)
    if arguments.wrong:
        for name, wrong in mistakes.items():
            print(f"\n{name}: {', '.join(wrong) or 'none'}")


if __name__ == "__main__":
    main()
