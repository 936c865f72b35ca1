"""Which statements are the same but for their values? SQL text in, `Shape` out.

One compiled regular expression reads the text in one pass and needs no dialect; `docs/fingerprint.md` has the
rules, each with its reason. Two promises: no value of the application is left in a shape, and statements that
ask for different things do not share one.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from hashlib import blake2b
from sys import getsizeof
from typing import NamedTuple
from weakref import WeakValueDictionary

__all__ = ["CacheInfo", "Shape", "batch_slots", "cache_info", "clear_cache", "fingerprint", "literal_key"]

_KEYWORDS = frozenset(
    """ADD ALL ALTER ANALYZE AND ANY ARRAY AS ASC AVG BEGIN BETWEEN BY CASCADE CASE CAST CLOSE COALESCE COLLATE COMMIT
    CONFLICT CONSTRAINT COUNT CREATE CROSS CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP DECLARE DEFAULT DEFERRED DELETE
    DESC DISTINCT DO DROP DUPLICATE ELSE END ESCAPE EXCEPT EXISTS EXPLAIN EXTRACT FALSE FETCH FILTER FOR FROM FULL GLOB
    GROUP HAVING IGNORE ILIKE IMMEDIATE IN INNER INSERT INTERSECT INTERVAL INTO IS ISNULL JOIN LATERAL LEFT LIKE LIMIT
    LOCK LOWER MATERIALIZED MAX MERGE MIN NATURAL NOT NOTHING NOTNULL NOWAIT NULL NULLS OFFSET ON OR ORDER OUTER OVER
    PARTITION PRAGMA RECURSIVE REGEXP RELEASE REPLACE RETURNING RIGHT RLIKE ROLLBACK ROWS SAVEPOINT SELECT SET SHARE
    SHOW SIMILAR SKIP SOME START SUM TABLE THEN TO TRANSACTION TRUE TRUNCATE UNION UNIQUE UPDATE UPPER USING VALUES
    WHEN WHERE WINDOW WITH WITHIN""".split()
)
_FUNCTIONS = frozenset(
    "ALL ANY ARRAY AVG CAST COALESCE COUNT EXISTS EXTRACT LEFT LOWER MAX MIN REPLACE RIGHT SOME SUM UPPER".split()
)
"""Keywords written like a function, without a space before the parenthesis."""
_OPERANDS = frozenset("CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP END FALSE NULL TRUE".split())
_COMPARISONS = frozenset("= <> != < > <= >= <=> LIKE REGEXP RLIKE BETWEEN".split())

# Two generations of texts, each half of the bound: a hit is one dict look-up and keeps no order, and what is used
# while a generation fills survives it. 2,000 entries hold the statements of a large project (one request runs a
# few hundred different ones). 16 KB is five times the longest SELECT of a wide model: what is longer is a list of
# inlined values, and rarely comes twice.
_MOST_ENTRIES = 1_000
_MOST_BYTES = 2_000_000
_LONGEST_CACHED = 16_000
_ENTRY_BYTES = 400  # a Shape, its id and its places in three dicts

_KEPT, _VALUE, _DOLLAR_TAG, _NUMBER, _LIST, _COMMENT, _QUOTED, _WORD, _OTHER = range(1, 10)

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
    r"#(?![>#=-])"
    r'(?!\s*[\w."]+\s*(?:[-+*/<>=)&|,]|::|(?:FROM|AND|OR|AS|THEN|ELSE|END|WHERE|ORDER|GROUP)\b))[^\r\n]*'
)
_EVIDENT_ANSI = re.compile(r'"\s*\.\s*["\w]|\w\."|\b(?:FROM|INTO|UPDATE|JOIN)\s+"', re.IGNORECASE)
_BACKTICKED = re.compile(r"`[^`'\"\s]+`")
_ORDINALS = re.compile(r"\bBY(?: [^()?]*,)?\s*$")
_CURSOR_NAME = re.compile(r'"?_django_curs_\w+"?')
_LONGEST_ORDINAL = 2
_COMMENT_EDGE = re.compile(r"/\*|\*/")


class _Reading(Enum):
    """By which rules a text is read, as `"x"` and a backslash are not the same to every database.

    Attributes:
        ANSI: "x" is a name and a backslash a character: PostgreSQL and SQLite.
        LOOSE: The same, but "x" right after a comparison is a value, as no table is in such quotes.
        MYSQL: "x" is a value, a backslash escapes, # begins a comment: there are names in backticks.
    """

    ANSI = 1
    LOOSE = 2
    MYSQL = 3


@cache
def _scanner(reading: _Reading, *, lists: bool) -> Callable[[str, int], Iterator[re.Match[str]]]:
    """The scanner: what is kept as it stands, then one token of the kinds above, in their order.

    With `lists`, a list of nothing but values is one token.
    """
    mysql = reading is _Reading.MYSQL
    value = f"{_MYSQL_TEXT if mysql else _STANDARD_TEXT}|{_PLACEHOLDER}"
    tokens = (
        f"{_DOLLAR_QUOTED}|{value}",
        _DIGITS,
        _list(value) if lists else "(?!)",
        f"{_BLOCK}|{_LINE}|{_MYSQL_HASH if mysql else _HASH}",
        _QUOTED_NAME,
        rf"{_NAME}(?:\.{_NAME})*",
        _OPERATOR,
    )
    either = "|".join(f"({token})" for token in tokens)
    kept = _kept('"' if reading is _Reading.ANSI else "`")
    return re.compile(rf"\s*((?:{kept}){{0,400}})\s*(?:{either})?", re.DOTALL).finditer


def _reading_of(sql: str) -> _Reading:
    """By which rules to read the text; the first lines decide nearly all of them."""
    if "`" not in sql:
        if '"."' in sql or 'FROM "' in sql or 'INTO "' in sql or 'UPDATE "' in sql:
            return _Reading.ANSI
        if '"' not in sql and "\\" not in sql:
            return _Reading.ANSI
    if _EVIDENT_ANSI.search(sql):
        return _Reading.ANSI
    if _BACKTICKED.search(sql) or ("\\'" in sql and not _is_standard(sql)):
        return _Reading.MYSQL
    return _Reading.LOOSE


def _is_standard(sql: str) -> bool:
    """Whether the text makes sense when a backslash is a character: its texts end, and at places where they may."""
    for match in _scanner(_Reading.LOOSE, lists=False)(sql, 0):
        if match[_OTHER] == "\\":
            return False
        value = match[_VALUE]
        if value and value[0] == "'":
            before, after = sql[match.start(_VALUE) - 1 : match.start(_VALUE)], sql[match.end() : match.end() + 1]
            if value.count("'") % 2 or before.isalnum() or after.isalnum() or after in ("_", "\\"):
                return False
    return True


def _kept(q: str) -> str:
    """Text spelled as Django spells it, taken as it stands: why a statement costs 5 µs and not 20.

    It may only match what the tokens, one by one, would come out as too (tests/test_fingerprint_properties.py).
    """
    after = rf"(?:\.(?={q})|, (?=[{q}A-Z(%])| (?:= )?(?=[{q}A-Z%]))?"
    function = "|".join(
        rf"(?<=\b{name}\()" for name in ("COUNT", "MAX", "MIN", "SUM", "AVG", "COALESCE", "EXISTS")
    )
    spaced = "|".join(rf"(?<=\b{name} \()" for name in ("AND", "ON", "OR", "NOT", "WHERE"))
    return "|".join(
        (
            rf"{q}(?<![^\s(.]{q})[^{q}]*{q}(?!{q}){after}",
            rf"[A-Z_](?<![^\s(].)[A-Z0-9_]*(?![\w$'\"`&])(?:\((?:{function})(?:\*\){after}|(?=[{q}A-Z]))|{after})",
            rf"\){after}",
            rf" \((?=[{q}A-Z])(?:(?<={q} \()|{spaced})",
            rf"\((?<=\(\()(?=[{q}A-Z])",
            rf", (?=[{q}A-Z%])",
        )
    )


def _list(value: str) -> str:
    """A list of values, in parentheses or brackets; its elements may be lists of values themselves."""
    gap = rf"(?>(?:\s+|{_BLOCK}|{_LINE})*)"
    cast = r"(?:::\w+(?:\[\])?)?"
    words = "|".join("".join(f"[{c}{c.lower()}]" for c in word) for word in ("NULL", "TRUE", "FALSE", "DEFAULT"))
    typed = rf"(?:DATE|TIME|TIMESTAMP|INTERVAL|_\w+)\s+(?:{_STANDARD}|%s\b)"
    item = rf"{value}|{_DIGITS}|\.\.\.|\"[^\"]*\"(?!\.)|(?:{words})\b|[-+]\s*(?:{_DIGITS})|{typed}"
    # Atomic, so that a list that turns out to be none is given up in one step back per element.
    item = rf"(?>{gap}(?:{item}){cast}{gap})"
    row = rf"(?>{gap}[(\[]{item}(?:,{item})*[)\]]{cast}{gap})"
    return rf"\((?:%s, )*%s\)|[(\[](?:{item}|{row})(?:,(?:{item}|{row}))*[)\]]"


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Shape:
    """The normalized form of all statements that are the same but for their values.

    At any time there is one object for one normalized text, so shapes are compared by identity, the cheapest key
    of a dict there is; copying and pickling keep to that.

    Attributes:
        id: Sixteen hexadecimal digits, from the normalized text alone: the same on every host, run and version.
        sql: The normalized text, without any value.
        operation: The first keyword in capitals, `""` if there is none. For `WITH` the one it leads to.
        table: The main table, unquoted (`schema.table` with its schema), `""` if none is found.
    """

    id: str
    sql: str
    operation: str
    table: str

    def __reduce__(self) -> tuple[Callable[[str], Shape], tuple[str]]:
        return _shape_of, (self.sql,)


class CacheInfo(NamedTuple):
    """What the cache holds: how many texts, and about how many bytes with their shapes."""

    entries: int
    bytes: int


@dataclass(slots=True)
class _Generation:
    """Half of the cache. See `_MOST_ENTRIES`."""

    shapes: dict[object, Shape] = field(default_factory=dict)
    bytes: int = 0


_lock = threading.RLock()  # reentrant: a garbage collection inside may run a `__del__` that asks the database
_shapes: WeakValueDictionary[str, Shape] = WeakValueDictionary()
_young, _old = _Generation(), _Generation()
_recent = _young.shapes  # a global of its own saves the hit an attribute


def fingerprint(sql: object) -> Shape:
    """The shape of a statement. Never raises.

    Args:
        sql: The text as Django hands it to the driver; bytes, a `psycopg.sql` object, or anything with a `str()`.
    """
    try:
        shape = _recent.get(sql)
    except Exception:  # noqa: BLE001 — whatever somebody's __hash__ or __eq__ raises
        shape = None
    return shape or _miss(sql)


def literal_key(sql: str) -> int:
    """A hash of the values written into the text, in their order; comments excluded, placeholders included.

    Two texts of one shape have equal keys when their values are equal. Good within this process only.
    """
    seen = _Seen("")
    _normalize(_text_of(sql), seen)
    return hash(tuple(seen.values))


def batch_slots(sql: str) -> frozenset[int]:
    """Which parameters stand in a list: what tells a load in chunks from one at a time.

    Returns:
        The positions, from 0 and in order of occurrence, of the placeholders inside an `IN` list of two or more
        elements, or inside the rows of a `VALUES` of two or more rows: one row of two columns is one at a time.
    """
    # Where there is a `%s`, a `?` is one of PostgreSQL's operators.
    seen = _Seen("%" if "%s" in sql or "%(" in sql else "?")
    _normalize(_text_of(sql), seen)
    return frozenset(seen.slots)


def clear_cache() -> None:
    """Forget all texts. Shapes that somebody still holds stay the only ones of their text."""
    global _young, _old, _recent  # noqa: PLW0603
    with _lock:
        _young, _old = _Generation(), _Generation()
        _recent = _young.shapes


def cache_info() -> CacheInfo:
    """How full the cache is."""
    with _lock:
        return CacheInfo(len(_young.shapes) + len(_old.shapes), _young.bytes + _old.bytes)


def _miss(sql: object) -> Shape:
    """Look in the older generation or read the text, and remember its shape."""
    text = _text_of(sql)
    with _lock:
        shape = _old.shapes.get(text) or _young.shapes.get(text)
    if shape is None:
        shape = _shape_of(_normalize(text))
    if len(text) <= _LONGEST_CACHED:
        _remember(text, shape)
    return shape


def _remember(text: str, shape: Shape) -> None:
    global _young, _old, _recent  # noqa: PLW0603
    cost = _ENTRY_BYTES + getsizeof(text) + len(shape.sql)
    with _lock:
        if text in _young.shapes:
            return
        if len(_young.shapes) >= _MOST_ENTRIES or _young.bytes + cost > _MOST_BYTES:
            _old, _young = _young, _Generation()
            _recent = _young.shapes
        _young.shapes[text] = shape
        _young.bytes += cost


def _text_of(sql: object) -> str:
    """The statement as a plain string."""
    if type(sql) is str:
        return sql
    try:
        if isinstance(sql, (bytes, bytearray, memoryview)):
            return bytes(sql).decode("utf-8", "replace")
        # psycopg.sql.Composed and SQL; psycopg2's need a connection and raise.
        render = getattr(sql, "as_string", None)
        return str.__str__(render(None) if render is not None else str(sql))
    except Exception:  # noqa: BLE001 — no object may stop the statement it stands for
        return ""


def _shape_of(sql: str) -> Shape:
    """The one shape of a normalized text."""
    with _lock:
        shape = _shapes.get(sql)
        if shape is None:
            digest = blake2b(sql.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
            shape = _shapes[sql] = Shape(digest, sql, *_operation_and_table(sql))
    return shape


class _Seen:
    """What came by while a text was normalized: its values, and which of its parameters stand in lists."""

    __slots__ = ("mark", "parameters", "row", "slots", "values")

    def __init__(self, mark: str) -> None:
        self.mark = mark
        self.parameters = 0
        self.values: list[str] = []
        self.slots: set[int] = set()
        self.row: set[int] = set()

    def value(self, text: str) -> None:
        self.values.append(text)
        self.parameters += text[0] == self.mark


def _normalize(sql: str, seen: _Seen | None = None) -> str:
    """The text without its values, in the one spelling of all texts that are the same but for them."""
    writer = _Writer(_reading_of(sql), seen)
    writer.read(sql, lists=True)
    text = "".join(writer.pieces)
    if text.startswith(("SAVEPOINT ", "RELEASE ", "ROLLBACK TO ")):
        text = text[: text.rfind(" ")] + " ?"
    elif "_django_curs_" in text:
        text = _CURSOR_NAME.sub("?", text)
    return text.rstrip(" ;")


class _Writer:
    """Puts the normalized text together."""

    __slots__ = ("last", "pieces", "reading", "rows_end", "seen", "sign")

    def __init__(self, reading: _Reading, seen: _Seen | None) -> None:
        self.reading = reading
        self.seen = seen
        self.pieces: list[str] = []
        self.last = ""  # the last piece, without the space before it
        self.sign = 0  # how many pieces there were after a sign that belongs to a number
        self.rows_end = 0  # how many there were after the rows of a VALUES

    def read(self, sql: str, *, lists: bool) -> None:
        """Normalize `sql` after what there is."""
        scan = _scanner(self.reading, lists=lists)
        for match in _without_nested_comments(scan, sql) if "/*" in sql else scan(sql, 0):
            if match[_KEPT]:
                self.add(match[_KEPT])
            kind = match.lastindex
            if kind is None or kind == _KEPT or kind == _COMMENT:
                continue
            token = match[kind]
            if kind == _VALUE:
                if self.seen is not None:
                    self.seen.value(token)
                self.add("?")
            elif kind == _NUMBER:
                self.number(token)
            elif kind == _LIST:
                self.list(token)
            elif kind == _WORD:
                upper = token.upper()
                self.add(upper if upper in _KEYWORDS and self.last[-1:] != "." else token)
            elif kind == _QUOTED and self.is_value(token, sql[match.end() : match.end() + 1]):
                if self.seen is not None:
                    self.seen.value(token)
                self.add("?")
            else:
                self.other(token)

    def add(self, piece: str) -> None:
        """Add a piece, and a space before it where there is to be one."""
        last = self.last
        self.pieces.append(piece if last[-1:] in " (" or not _is_apart(last, piece) else " " + piece)
        self.last = piece

    def other(self, token: str) -> None:
        """An operator, a character of punctuation or a name in quotes."""
        if token in ("-", "+") and not _is_operand(self.last):
            self.sign = len(self.pieces) + 1
        self.add("%" if token == "%%" else token)

    def number(self, token: str) -> None:
        """A number, with the sign before it; `ORDER BY 2` is a column and stays."""
        if self.seen is not None:
            self.seen.value(token)
        if len(token) <= _LONGEST_ORDINAL and self.last.endswith((",", "BY")):
            before = "".join(self.pieces[-99:])
            if _ORDINALS.search(before, max(0, len(before) - 400)):
                self.add(token)
                return
        if self.sign and self.sign == len(self.pieces):
            self.pieces.pop()
            self.last = self.pieces[-1].lstrip(" ") if self.pieces else ""
        self.add("?")

    def list(self, token: str) -> None:
        """A list of nothing but values: one piece after IN, VALUES and ARRAY, whatever its length."""
        word = _last_word(self.last)
        if word == "IN" and not ('"' in token and self.reading is _Reading.ANSI):
            self.note(token, rows=0)
            self.add("(...)")
        elif word == "VALUES" and token[0] == "(":
            self.note(token, rows=1)
            self.add("(...)")
            self.rows_end = len(self.pieces)
        elif self.last == "," and self.rows_end and self.rows_end == len(self.pieces) - 1 and token[0] == "(":
            self.note(token, rows=2)
            self.pieces.pop()
            self.last = "(...)"
        elif word == "ARRAY" and token[0] == "[":
            self.note(token, rows=1)
            self.add("[...]")
        else:
            self.read(token, lists=False)

    def note(self, token: str, *, rows: int) -> None:
        """Tell `seen` what is in a list: that of an `IN` (`rows` is 0), or a row of a `VALUES`."""
        seen = self.seen
        if seen is None:
            return
        before, depth, elements = seen.parameters, 0, 1
        for match in _scanner(self.reading, lists=False)(token, 0):
            for character in match[_KEPT] + (match[_OTHER] or ""):
                depth += (character in "([") - (character in ")]")
                elements += character == "," and depth == 1
            text = match[_VALUE] or match[_NUMBER] or match[_WORD] or match[_QUOTED] or match[_KEPT].strip(" ,()")
            if text:
                seen.value(text)
        slots = set(range(before, seen.parameters))
        if rows == 0 and elements > 1:
            seen.slots |= slots
        elif rows == 1:
            seen.row = slots
        elif rows == 2:
            seen.slots |= slots | seen.row

    def is_value(self, token: str, following: str) -> bool:
        """Whether something in double quotes or backticks is a value: it never ends, or MySQL reads it so."""
        if token.count(token[0]) % 2:
            return True
        return (
            self.reading is _Reading.LOOSE
            and token[0] == '"'
            and following != "."
            and _last_word(self.last) in _COMPARISONS
        )


def _without_nested_comments(
    scan: Callable[[str, int], Iterator[re.Match[str]]], sql: str
) -> Iterator[re.Match[str]]:
    """The tokens of a text in which a comment may hold comments, as PostgreSQL allows.

    Where they do not come out even, the first end ends them all, as MySQL and SQLite have it.
    """
    start, nests, again = 0, True, True
    while again:
        again = False
        for match in scan(sql, start):
            yield match
            if nests and match.lastindex == _COMMENT and match[_COMMENT].find("/*", 2) > 0:
                start = _comment_end(sql, match.start(_COMMENT)) if match[_COMMENT][0] == "/" else 0
                nests = again = start > 0
                if again:
                    break


def _comment_end(sql: str, start: int) -> int:
    """Where the comment that begins at `start` ends with all comments in it; 0 if it does not."""
    depth = 0
    for edge in _COMMENT_EDGE.finditer(sql, start):
        depth += 1 if edge[0] == "/*" else -1
        if depth == 0:
            return edge.end()
    return 0


def _last_word(piece: str) -> str:
    """The word a piece ends with, or its last operator."""
    piece = piece.rstrip(" ")
    return piece[piece.rfind(" ") + 1 :].lstrip("(")


def _is_operand(last: str) -> bool:
    """Whether a sign after this piece would be an operator."""
    end = last.rstrip(" ")[-1:]
    if end.isalnum() or end == "_":
        word = _last_word(last)
        return word not in _KEYWORDS or word in _OPERANDS
    return end != "" and end in "\"`)]?'$"


def _is_apart(last: str, piece: str) -> bool:
    """Whether a space stands between two pieces: the same, however the statement spelled it."""
    first, end = piece[0], last[-1:]
    if not end or end in " ([" or first in ",)];" or piece == "::" or last == "::":
        return False
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


_OPERATION = re.compile(r"[( ]*([A-Za-z]+)")
_MAIN = re.compile(r"\b(?:SELECT|INSERT|UPDATE|DELETE|MERGE|REPLACE)\b")
_PART = r"\"(?:[^\"]|\"\")*\"|`(?:[^`]|``)*`|(?!(?:SELECT|VALUES|SET)\b)[^\W\d][\w$]*"
_TABLE_AFTER = {
    word: re.compile(rf"\b{word}(?: ONLY| IGNORE| OR [A-Z]+)?[ (]+((?:{_PART})(?:\.(?:{_PART}))*)")
    for word in ("FROM", "INTO", "UPDATE")
}
_QUOTED_PART = re.compile(r"([\"`])((?:(?!\1).|\1\1)*)\1", re.DOTALL)
_TABLE_WORD = {"INSERT": "INTO", "REPLACE": "INTO", "MERGE": "INTO", "UPDATE": "UPDATE"}


def _operation_and_table(sql: str) -> tuple[str, str]:
    """The first keyword and the main table of a normalized text."""
    first = _OPERATION.match(sql)
    operation = first[1].upper() if first else ""
    with_queries = operation == "WITH"
    if with_queries:
        main = _outermost(_MAIN, sql)
        operation = main[0] if main else operation
    pattern = _TABLE_AFTER[_TABLE_WORD.get(operation, "FROM")]
    # What a WITH selects from in the end is one of its own queries; the table is in there.
    table = (None if with_queries and operation == "SELECT" else _outermost(pattern, sql)) or pattern.search(sql)
    if table is None:
        return operation, ""
    return operation, _QUOTED_PART.sub(lambda part: part[2].replace(part[1] * 2, part[1]), table[1])


def _outermost(pattern: re.Pattern[str], sql: str) -> re.Match[str] | None:
    """The first match that stands in no parentheses."""
    depth = start = 0
    for match in pattern.finditer(sql):
        depth += sql.count("(", start, match.start()) - sql.count(")", start, match.start())
        start = match.start()
        if depth == 0:
            return match
    return None
