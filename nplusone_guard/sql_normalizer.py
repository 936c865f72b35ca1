"""How does a statement read without its values? SQL text in, the one spelling of its shape out.

The rules, each with its reason, are in `docs/fingerprint.md`; the pairs of statements they are tested on in
`tests/fingerprint_pairs.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import repeat

from .sql_scanner import (
    COMMENT,
    KEPT,
    LIST,
    NUMBER,
    OTHER,
    QUOTED,
    VALUE,
    WORD,
    Reading,
    Scan,
    reading_of,
    scanner,
)
from .sql_spelling import respell
from .sql_values import Seen

__all__ = ["normalize", "scan"]

_KEYWORDS = frozenset(
    """ADD ALL ALTER ANALYZE AND ANY ARRAY AS ASC AVG BEGIN BETWEEN BY CASCADE CASE CAST CLOSE COALESCE COLLATE
    COMMIT CONFLICT CONSTRAINT COUNT CREATE CROSS CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP DECLARE DEFAULT
    DEFERRED DELETE DESC DISTINCT DO DROP DUPLICATE ELSE END ESCAPE EXCEPT EXISTS EXPLAIN EXTRACT FALSE FETCH
    FILTER FOR FROM FULL GLOB GROUP HAVING IGNORE ILIKE IMMEDIATE IN INNER INSERT INTERSECT INTERVAL INTO IS ISNULL
    JOIN LATERAL LEFT LIKE LIMIT LOCK LOWER MATERIALIZED MAX MERGE MIN NATURAL NOT NOTHING NOTNULL NOWAIT NULL
    NULLS OFFSET ON OR ORDER OUTER OVER PARTITION PRAGMA RECURSIVE REGEXP RELEASE REPLACE RETURNING RIGHT RLIKE
    ROLLBACK ROWS SAVEPOINT SELECT SET SHARE SHOW SIMILAR SKIP SOME START SUM TABLE THEN TO TRANSACTION TRUE
    TRUNCATE UNION UNIQUE UPDATE UPPER USING VALUES WHEN WHERE WINDOW WITH WITHIN""".split()
)
_FUNCTIONS = frozenset(
    "ALL ANY ARRAY AVG CAST COALESCE COUNT EXISTS EXTRACT LEFT LOWER MAX MIN REPLACE RIGHT SOME SUM UPPER".split()
)
"""Keywords spelled as a function is, without a space before the parenthesis."""

_OPERANDS = frozenset("CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP END FALSE NULL TRUE".split())
_COMPARISONS = frozenset("= <> != < > <= >= <=> LIKE REGEXP RLIKE BETWEEN".split())

_MOST_TOKENS = 50_000
"""Where reading stops. Django's largest, `bulk_update()` of a thousand rows and ten fields, has half of it; and
a megabyte of brackets takes 0.2 s instead of 4."""

_LONGEST_ORDINAL = 2  # digits of the column number in `ORDER BY 12`
# Texts, which `re` compiles when one is needed first: all of them would take a process 1 ms, most need none.
_NO_COLUMN = r"[()?]"
_SAVEPOINT_NAME = r"^((?:SAVEPOINT|RELEASE(?: SAVEPOINT)?|ROLLBACK TO(?: SAVEPOINT)?) )[^;]+"
_CURSOR_NAME = r'(?<![^\s(])"?_django_curs_\w+"?(?![^\s),;])'
# Lists that are no single token: with a dollar-quoted text in them, or a comment in a comment.
_ELEMENTS = r"(?:\?|NULL|TRUE|FALSE|DEFAULT)(?:, (?:\?|NULL|TRUE|FALSE|DEFAULT))*"
_LATE_LIST = rf"(\bIN \(|\bARRAY\[){_ELEMENTS}([)\]])"
_LATE_ROW = rf"\A\({_ELEMENTS}\)\Z"
_PARENTHESIS = r"[()]"
_COMMENT_EDGE = r"/\*|\*/"


def normalize(sql: str, vendor: str = "") -> str:
    """The text without its values, in the one spelling of all texts that differ in nothing else."""
    reading = reading_of(sql, vendor)
    if reading is not Reading.LOOSE:
        text = respell(_without_last_comment(sql), '"' if reading is Reading.ANSI else "`")
        if text is not None:
            return text
    return scan(sql, reading)


def _without_last_comment(sql: str) -> str:
    """The text without the comment at its end, as sqlcommenter writes one; `respell` sees if it is none."""
    if sql.endswith("*/"):
        start = sql.rfind("/*")
        if start > 0 and sql.find("*/", start + 2) == len(sql) - 2:
            return sql[:start].rstrip()
    return sql


def scan(sql: str, reading: Reading, seen: Seen | None = None) -> str:
    """The same, token by token, and what was seen on the way."""
    writer = _Writer(reading, seen)
    writer.read(sql, lists=True)
    text = "".join(writer.pieces)
    if text.startswith(("SAVEPOINT ", "RELEASE ", "ROLLBACK TO ")):
        text = re.sub(_SAVEPOINT_NAME, r"\1?", text, count=1)
    elif "_django_curs_" in text:
        text = re.sub(_CURSOR_NAME, "?", text)
    elif "IN (?" in text or "ARRAY[?" in text:
        text = re.sub(_LATE_LIST, r"\1...\2", text)
    if "VALUES (" in text and ("), (" in text or "VALUES (?" in text):
        text = _without_equal_rows(text, seen)
    return text.rstrip(" ;")


def _without_equal_rows(text: str, seen: Seen | None) -> str:
    """Leave one of each kind of row of a `VALUES`, where rows have expressions in them, as `(?, NOW())`."""
    start = begin = end = text.index("VALUES (") + len("VALUES ")
    rows, depth = [], 0
    for edge in re.compile(_PARENTHESIS).finditer(text, start):
        depth += 1 if edge[0] == "(" else -1
        if depth == 0:
            end = edge.end()
            rows.append(re.sub(_LATE_ROW, "(...)", text[begin:end]))
            if not text.startswith(", (", end):
                break
            begin = end + 2
    if seen is not None and len(rows) > 1:
        seen.slots.update(range(seen.parameters))
    return text[:start] + ", ".join(dict.fromkeys(rows)) + text[end:]


class _Writer:
    """Puts the normalized text together."""

    __slots__ = ("budget", "last", "pieces", "reading", "rows_end", "seen", "sign")

    def __init__(self, reading: Reading, seen: Seen | None) -> None:
        self.reading = reading
        self.seen = seen
        self.budget = repeat(None, _MOST_TOKENS)
        self.pieces: list[str] = []
        self.last = ""  # the last piece, without the space before it
        self.sign = 0  # how many pieces there were after a sign that belongs to a number
        self.rows_end = 0  # how many there were after the rows of a VALUES

    def read(self, sql: str, *, lists: bool) -> None:
        """Write the tokens of `sql` after what there is."""
        cut = scanner(self.reading, lists)
        matches = _without_nested_comments(cut, sql) if "/*" in sql else cut(sql, 0)
        for _, match in zip(self.budget, matches, strict=False):
            kept = match[KEPT]
            if kept:
                if "%s" in kept:
                    if self.seen is not None:
                        self.seen.placeholders(kept.count("%s"))
                    kept = kept.replace("%s", "?")
                self.add(kept)
            kind = match.lastindex
            if kind == VALUE:
                self.value(match[VALUE])
            elif kind is not None and kind > COMMENT:
                self.name_or_operator(kind, match[kind], sql[match.end() : match.end() + 1])
            elif kind == LIST:
                self.list(match[LIST])
            elif kind == NUMBER:
                self.number(match[NUMBER])

    def add(self, piece: str) -> None:
        """Add a piece, and a space before it where there is to be one."""
        last = self.last
        if last[-1:] in " (" or piece[0] in ",)" or not _is_apart(last, piece):
            self.pieces.append(piece)
        else:
            self.pieces.append(" " + piece)
        self.last = piece

    def value(self, token: str) -> None:
        """A text or a placeholder."""
        if self.seen is not None:
            self.seen.value(token)
        self.add("?")

    def number(self, token: str) -> None:
        """A number, with the sign before it; the one in `ORDER BY 2` is a column and stays."""
        if len(token) <= _LONGEST_ORDINAL and self.last.endswith((",", "BY")) and self.is_ordered():
            self.add(token)
            return
        if self.sign and self.sign == len(self.pieces):
            self.pieces.pop()
            token = self.last + token
            self.last = self.pieces[-1].lstrip(" ") if self.pieces else ""
        self.value(token)

    def is_ordered(self) -> bool:
        """Whether the text ends in the columns of an `ORDER BY` or `GROUP BY`."""
        before = "".join(self.pieces[-20:])[-400:]
        _, by, columns = before.rpartition("BY")
        return by != "" and (not columns or columns[-1] == ",") and not re.search(_NO_COLUMN, columns)

    def name_or_operator(self, kind: int, piece: str, following: str) -> None:
        """A word, a name in quotes, an operator or a character of punctuation."""
        if kind == WORD:
            upper = piece.upper()
            self.add(upper if upper in _KEYWORDS and self.last[-1:] != "." else piece)
        elif kind == QUOTED and self.is_value(piece, following):
            self.value(piece)
        else:
            if kind == OTHER and piece in ("-", "+") and not _is_operand(self.last):
                self.sign = len(self.pieces) + 1
            self.add("%" if piece == "%%" else piece)

    def is_value(self, token: str, following: str) -> bool:
        """Whether something in double quotes or backticks is a value: it never ends, or is compared with."""
        if token.count(token[0]) % 2:
            return True
        compared = self.reading is Reading.LOOSE and token[0] == '"' and following != "."
        return compared and _last_word(self.last) in _COMPARISONS

    def list(self, token: str) -> None:
        """A list of nothing but values: one piece after IN, VALUES and ARRAY, whatever its length."""
        word = _last_word(self.last)
        another_row = self.last == "," and self.rows_end == len(self.pieces) - 1
        if token[0] == "(" and (word in ("IN", "VALUES") or another_row):
            if self.seen is not None and word == "IN":
                self.seen.list(token, self.reading)
            elif self.seen is not None:
                self.seen.row(token, self.reading, first=not another_row)
            if another_row:
                self.pieces.pop()
                self.last = "(...)"
                return
            self.add("(...)")
            self.rows_end = len(self.pieces) if word == "VALUES" else 0
        elif token[0] == "[" and word == "ARRAY":
            if self.seen is not None:
                self.seen.elements(token, self.reading)
            self.add("[...]")
        else:
            self.read(token, lists=False)


def _without_nested_comments(cut: Scan, sql: str) -> Iterator[re.Match[str]]:
    """The tokens of a text in which a comment may hold comments, as PostgreSQL allows.

    Where they do not come out even, the first end ends them all, as MySQL and SQLite have it.
    """
    start, nests, again = 0, True, True
    while again:
        again = False
        for match in cut(sql, start):
            yield match
            if nests and match.lastindex == COMMENT and match[COMMENT].find("/*", 2) > 0:
                start = _comment_end(sql, match.start(COMMENT)) if match[COMMENT][0] == "/" else len(sql)
                nests = again = start > 0
                if again:
                    break


def _comment_end(sql: str, start: int) -> int:
    """Where the comment that begins at `start` ends with all comments in it; 0 if it does not."""
    depth = 0
    for edge in re.compile(_COMMENT_EDGE).finditer(sql, start):
        depth += 1 if edge[0] == "/*" else -1
        if depth == 0:
            return edge.end()
    return 0


def _last_word(piece: str) -> str:
    """The word a piece ends with, or its last operator."""
    piece = piece.rstrip(" ")
    return piece[max(piece.rfind(" "), piece.rfind("(")) + 1 :]


def _is_operand(last: str) -> bool:
    """Whether a sign after this piece would be an operator."""
    end = last.rstrip(" ")[-1:]
    if end.isalnum() or end == "_":
        word = _last_word(last)
        return word not in _KEYWORDS or word in _OPERANDS
    return end != "" and end in '"`)]?$'


def _is_apart(last: str, piece: str) -> bool:
    """Whether a space stands between two pieces: the same, however the statement spelled it."""
    first, end = piece[0], last[-1:]
    if not end or end in " ([" or first in ",)];" or piece == "::" or last == "::":
        return False
    if first not in "([." and end != ".":
        return True
    is_name = end.isalnum() or end in "_$"
    if first == "(":
        word = _last_word(last)
        return not is_name or (word in _KEYWORDS and word not in _FUNCTIONS)
    if first == "[":
        return not (is_name or end in '"`])?')
    if piece == ".":
        return not (is_name or end in '"`])')
    if last == "." or (end == "." and last[-2:-1] in ('"', "`")):
        return not (first.isalnum() or first in '_"`*')
    return True
