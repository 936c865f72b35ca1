r"""How is SQL text cut into tokens, when nobody says which database it is for?

One compiled regular expression per `Reading` takes the text from left to right. Each match is a run of text that
may stay as it is (`KEPT`) and one token of another kind. Nothing in it backtracks over more than one list, so the
time grows with the length of the text, whatever is in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import IntEnum
from functools import cache

from .sql_spelling import run

__all__ = [
    "COMMENT",
    "KEPT",
    "LIST",
    "NUMBER",
    "OTHER",
    "QUOTED",
    "VALUE",
    "WORD",
    "Reading",
    "reading_of",
    "scanner",
]

KEPT, VALUE, _DOLLAR_TAG, NUMBER, LIST, COMMENT, QUOTED, WORD, OTHER = range(1, 10)

Scan = Callable[[str, int], Iterator[re.Match[str]]]

# Every alternative begins with a character or a set of them: `re` skips those that do not fit at a glance.
_NAME = r"[^\W\d][\w$]*"
_BLOCK = r"(?>/\*.*?(?:\*/|\Z))"
_LINE = r"--[^\r\n]*"
_STANDARD = r"'[^']*(?:''[^']*)*(?:'|\Z)"
_ESCAPED = r"'[^'\\]*(?:(?:\\.|'')[^'\\]*)*(?:'|\\?\Z)"
_DOUBLE_QUOTED = r'"[^"\\]*(?:(?:\\.|"")[^"\\]*)*(?:"|\\?\Z)'
_STANDARD_TEXT = f"{_STANDARD}|[eE]{_ESCAPED}|[nNxXbB]{_STANDARD}|[uU]&{_STANDARD}"
_MYSQL_TEXT = f"{_ESCAPED}|[eEnNxXbB]{_ESCAPED}|{_DOUBLE_QUOTED}"
_DOLLAR_QUOTED = r"\$(?P<tag>[^\W\d]\w*|)\$.*?(?:\$(?P=tag)\$|\Z)"
_PLACEHOLDER = r"%s\b|%\(\w+\)[sbt]\b|%[bt]\b|\?(?!\|(?!\|)|&(?!&))|\$\w+|:\w+"
_DIGITS = r"0[xX]\w+|\d[\w.]*(?:(?<=[eE])[-+]\d+)?|\.(?<![\w\"`\])]\.)\d[\w.]*(?:(?<=[eE])[-+]\d+)?"
_QUOTED_NAME = r'"[^"]*(?:""[^"]*)*(?:"|\Z)|`[^`]*(?:``[^`]*)*(?:`|\Z)'
_OPERATOR = r"->>?|#>>?|#-|<->|\?[|&]|::|:=|\.\.\.|%%|(?:(?!/\*)[<>=!~@^&|*/#])+|."
_MYSQL_HASH = r"#[^\r\n]*"
# PostgreSQL's `#` stands between two operands, or begins one of the JSON operators; MySQL's begins a comment.
_HASH = (
    r"#(?![>#=-]|\s*\?)"
    r'(?!\s*(?:\w+(?:\.\w+)*|(?:"[^"\n]*"\.?)+)\s*'
    r"(?:[+*<>=)&|,]|/(?!\*)|-(?!-)|::|(?:FROM|AND|OR|AS|THEN|ELSE|END|WHERE|ORDER|GROUP)\b))[^\r\n]*"
)
_GAP = rf"(?>(?:\s+|{_BLOCK}|{_LINE})*)"
_CAST = r"(?:::\w+(?:\[\])?)?"
_TYPED = rf"(?:DATE|TIME|TIMESTAMP|INTERVAL|_\w+)\s+(?:{_STANDARD}|%s\b)"
_CONSTANT = "|".join("".join(f"[{c}{c.lower()}]" for c in word) for word in ("NULL", "TRUE", "FALSE", "DEFAULT"))

# A table in double quotes, or a name qualified with one, shows that double quotes hold names.
_EVIDENT_ANSI = re.compile(r'"\s*\.\s*["\w]|\w\."|\b(?:FROM|INTO|UPDATE|JOIN)\s+"', re.IGNORECASE)
_BACKTICKED = re.compile(r"`[^`'\"\s]+`")


class Reading(IntEnum):  # numbers hash ten times faster than the members of an Enum
    """By which rules a text is read, as `"x"` and a backslash do not mean the same to every database.

    Attributes:
        ANSI: "x" is a name and a backslash a character: PostgreSQL and SQLite.
        LOOSE: The same, but "x" right after a comparison is a value, as no table is in such quotes.
        MYSQL: "x" is a value, a backslash escapes, # begins a comment: there are names in backticks.
    """

    ANSI = 1
    LOOSE = 2
    MYSQL = 3


def reading_of(sql: str, vendor: str = "") -> Reading:
    """By which rules to read the text; the first lines decide nearly all of them.

    MySQL's are for all of its statements: in its `TRIM(LEADING "x" FROM "xy")`, no text tells what is a name.
    """
    if vendor == "mysql":
        return Reading.MYSQL
    if "`" not in sql:
        if '"."' in sql or 'FROM "' in sql or 'INTO "' in sql or 'UPDATE "' in sql:
            return Reading.ANSI
        if '"' not in sql and "\\" not in sql:
            return Reading.ANSI
    elif '"' not in sql and _BACKTICKED.search(sql):
        return Reading.MYSQL
    if _EVIDENT_ANSI.search(sql):
        return Reading.ANSI
    if _BACKTICKED.search(sql) or ("\\'" in sql and not _is_standard(sql)):
        return Reading.MYSQL
    return Reading.LOOSE


def _is_standard(sql: str) -> bool:
    """Whether the text makes sense when a backslash is a character: its texts end where they may."""
    for match in scanner(Reading.LOOSE, False)(sql, 0):
        if match[OTHER] == "\\":
            return False
        value = match[VALUE]
        if value and value[0] == "'":
            start, end = match.span(VALUE)
            before, after = sql[start - 1 : start], sql[end : end + 1]
            if value.count("'") % 2 or before.isalnum() or after.isalnum() or after in ("_", "\\"):
                return False
    return True


@cache
def scanner(reading: Reading, lists: bool) -> Scan:
    """The `finditer` that cuts a text into matches, whose `lastindex` is the kind of their token.

    With `lists`, a list of nothing but values is one token.
    """
    value = _value(reading)
    tokens = (
        f"{_DOLLAR_QUOTED}|{value}",
        _DIGITS,
        _list(reading) if lists else "(?!)",
        f"{_BLOCK}|{_LINE}|{_MYSQL_HASH if reading is Reading.MYSQL else _HASH}",
        _QUOTED_NAME,
        rf"{_NAME}(?:\.{_NAME})*",
        _OPERATOR,
    )
    either = "|".join(f"({token})" for token in tokens)
    kept = run('"' if reading is Reading.ANSI else "`")
    return re.compile(rf"(?=.)\s*((?:{kept})?)\s*(?:{either})?", re.DOTALL).finditer


@cache
def elements(reading: Reading) -> Callable[[str], list[str]]:
    """The `findall` that takes the values out of a list; a comment comes as `""`."""
    return re.compile(f"{_BLOCK}|{_LINE}|({_item(reading)})", re.DOTALL).findall


def _value(reading: Reading) -> str:
    return f"{_MYSQL_TEXT if reading is Reading.MYSQL else _STANDARD_TEXT}|{_PLACEHOLDER}"


def _item(reading: Reading) -> str:
    name = "" if reading is Reading.ANSI else r'|"[^"]*"(?!\.)'
    return rf"{_value(reading)}|{_DIGITS}|\.\.\.|(?:{_CONSTANT})\b|[-+]\s*(?:{_DIGITS})|{_TYPED}{name}"


def _list(reading: Reading) -> str:
    """A list of values, in parentheses or brackets; its elements may be lists of values themselves."""
    # Atomic, so that a list that turns out to be none is given up in one step back per element.
    item = rf"(?>{_GAP}(?:{_item(reading)}){_CAST}{_GAP})"
    row = rf"(?>{_GAP}[(\[]{item}(?:,{item})*[)\]]{_CAST}{_GAP})"
    return rf"\((?:%s, )*%s\)|[(\[](?:{item}|{row})(?:,(?:{item}|{row}))*[)\]]"
