r"""Which text is spelled already as its shape is, and may be taken as it stands?

Django writes a statement in one way: capitals, names in quotes, one space between words. `_words()` is the
grammar of that spelling, a word being what stands between two spaces. It has two uses. `respell` proves with one
match that a whole statement is spelled so, and replaces its values: all the work of most statements. In any other
the scanner takes a run of such words as one token, which makes it five times cheaper.

The grammar may only match what the tokens, one by one, would come out as too: tests/test_fingerprint_spelling.py
holds it to that. A word is atomic and the parentheses before it are counted, so the time is linear; no quantifier
over more than one character is possessive, as Python 3.11.0 to 3.11.4 get those wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

__all__ = ["respell", "run"]

# What stands before a parenthesis with a space, and what without: see `_is_apart` in the normalizer.
_SPACED = "AND AS ELSE FROM HAVING JOIN NOT ON OR OVER SELECT SET THEN WHEN WHERE".split()
_FUNCTIONS = """ANY AVG CAST COALESCE CONCAT CONVERT_TZ COUNT DATE_FORMAT DATE_TRUNC EXISTS EXTRACT GREATEST
    JSON_EXTRACT LEAST LENGTH LOWER MAX MIN NOW NULLIF RANK REPLACE ROUND ROW_NUMBER SUM TRIM UNNEST
    UPPER""".split()
# What Django casts to on PostgreSQL; none is a keyword, as those become capitals.
_TYPES = "bigint boolean citext date inet integer jsonb numeric smallint text timestamptz uuid varchar".split()

_ROW = r"\(%s(?:, %s)*\)"


def _words(name: str, first: str = "", other: str = "") -> str:
    """The grammar, given that of what is in quotes, and what else a word may be: looked for first, or last."""
    spaced = "|".join(rf"(?<=\b{word} \()" for word in _SPACED)
    function = "|".join(rf"(?<=\b{word}\()" for word in _FUNCTIONS)
    parenthesis = rf"\((?:(?<![^(]\()|(?<=[^\w(] \()|{spaced}|(?<=\bIN \()(?=SELECT ))"
    opened = rf"{parenthesis}|[A-Z_]++\((?:{function})|django_[a-z_]++\("  # the last are SQLite's
    cast = rf"(?:::(?:{'|'.join(_TYPES)})(?:\[\])?)?"
    qualified = rf"{name}(?:\.{name})?{cast}"
    capitals = rf"[A-Z_][A-Z0-9_]*+(?:\.{qualified})?"
    operator = r"[<=>]{1,2}|!=|\*|/|\|\||&&|@>|->>?"
    core = rf"{qualified}|%s{cast}|{capitals}|{operator}|(?<=[A-Z]\()(?=\))|subquery{other}"
    # Most words are of the first kind; the second would do for them too, at twice the cost.
    plain = rf"(?:{name}(?:\.{name})?,?|{first}[A-Z]++|%s|=)(?!\S)"
    word = rf"(?>{plain}|(?:{opened}){{0,9}}(?:{core})(?:\){cast})*,?(?!\S))"
    return f"{word}(?: {word})*"


def run(quote: str) -> str:
    """Words that a scanner may take in one go. The first has no parenthesis before it: that may begin a list."""
    return rf"(?!\()(?:{_words(rf'{quote}[^{quote}%]*{quote}(?!{quote})')})"


@cache
def _whole(quote: str) -> Callable[[str], object]:
    """What matches a statement that is spelled so from beginning to end, its lists and numbers included."""
    # Compiled when a database asks for it, as that takes 5 ms; most projects have one kind of database.
    lists = rf"IN(?<= IN) {_ROW}\)*,?|VALUES {_ROW}(?:, {_ROW})*\)*"
    numbers = r"(?:LIMIT|OFFSET) [0-9]+\)*|1(?<=\bSELECT 1)|BY [0-9]{1,2}\)*,?"
    escape = r"(?<=ESCAPE )'\\'" if quote == '"' else "(?!)"  # after each LIKE of SQLite
    # A name with a space or a parenthesis could be taken for a list or a number. Those of savepoints are values.
    words = _words(rf"{quote}[^{quote} %([]+{quote}", f"{lists}|{numbers}|", f"|[-+]|{escape}")
    return re.compile(f"(?!SAVEPOINT|RELEASE|ROLLBACK){words}").fullmatch


_IN = re.compile(f" IN {_ROW}").sub
_ROWS = re.compile(f"VALUES {_ROW}(?:, {_ROW})*").sub
_LIMIT = re.compile("LIMIT [0-9]+").sub
_OFFSET = re.compile("OFFSET [0-9]+").sub


def respell(sql: str, quote: str) -> str | None:
    """The normalized text of a statement in Django's spelling, or `None`: the scanner must read it.

    Args:
        sql: The statement.
        quote: What stands around its names, a double quote or a backtick.
    """
    if _whole(quote)(sql) is None or "_django_curs_" in sql:
        return None
    if " IN (%s" in sql:
        sql = _IN(" IN (...)", sql)
    if "VALUES (%s" in sql:
        sql = _ROWS("VALUES (...)", sql)
    if "LIMIT " in sql:
        sql = _LIMIT("LIMIT ?", sql)
    if "OFFSET " in sql:
        sql = _OFFSET("OFFSET ?", sql)
    if "SELECT 1" in sql:
        sql = sql.replace("SELECT 1", "SELECT ?")
    if "'" in sql:
        sql = sql.replace(r"ESCAPE '\'", "ESCAPE ?")
    return sql.replace("%s", "?")
