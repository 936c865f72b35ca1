"""Which statements are the same but for their values? SQL text in, `Shape` out.

One compiled regular expression reads the text in one pass and needs no dialect; `docs/fingerprint.md` has the
rules, each with its reason. Two promises: no value of the application is left in a shape, and statements that
ask for different things do not share one.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from functools import cache
from hashlib import blake2b
from itertools import islice
from sys import getsizeof
from typing import Any, Final, NamedTuple
from weakref import ReferenceType

from .sql_normalizer import normalize, scan
from .sql_scanner import reading_of
from .sql_values import Seen

__all__ = ["CacheInfo", "Shape", "batch_slots", "cache_info", "clear_cache", "fingerprint", "literal_key"]

# Two generations of texts, each half of the bound: a hit is one dict look-up and keeps no order, and what is used
# while a generation fills survives it. 2,000 entries hold the statements of a large project (one request runs a
# few hundred different ones). 16 KB is five times the longest SELECT of a wide model: what is longer is a list of
# inlined values, and rarely comes twice.
_MOST_ENTRIES = 1_000
_MOST_BYTES = 2_000_000
_LONGEST_CACHED = 16_000
_ENTRY_BYTES = 400  # a Shape, its id and its places in three dicts


class Shape:
    """The normalized form of all statements that are the same but for their values.

    At any time there is one object for one normalized text, so shapes are compared by identity, the cheapest key
    of a dict there is; copying and pickling keep to that. Whatever else there is to know of a shape is worked out
    when it is first asked for, as few of a request's shapes are ever told to anybody.

    Attributes:
        sql: The normalized text, without any value.
    """

    __slots__ = ("__weakref__", "_id", "_main", "sql")
    _main: tuple[str, str]

    def __init__(self, sql: str) -> None:
        self.sql: Final = sql

    @property
    def id(self) -> str:
        """Sixteen hexadecimal digits, from the normalized text alone: the same on every host, run and version."""
        try:
            return self._id
        except AttributeError:
            digest = blake2b(self.sql.encode("utf-8", "surrogatepass"), digest_size=8)
            self._id: str = digest.hexdigest()
            return self._id

    @property
    def operation(self) -> str:
        """The first keyword in capitals, `""` if there is none. For `WITH` the one it leads to."""
        try:  # each statement of a deep scope asks
            return self._main[0]
        except AttributeError:
            return self._operation_and_table()[0]

    @property
    def table(self) -> str:
        """The main table, unquoted (`schema.table` with its schema), `""` if none is found."""
        return self._operation_and_table()[1]

    def _operation_and_table(self) -> tuple[str, str]:
        try:
            return self._main
        except AttributeError:
            self._main = _operation_and_table(self.sql)
            return self._main

    def __reduce__(self) -> tuple[Callable[[str], Shape], tuple[str]]:
        return _shape_of, (self.sql,)

    def __repr__(self) -> str:
        return f"Shape(id={self.id!r}, sql={self.sql!r})"


class CacheInfo(NamedTuple):
    """What the cache holds: how many texts, and about how many bytes with their shapes."""

    entries: int
    bytes: int


class _Generation:
    """Half of the cache. See `_MOST_ENTRIES`."""

    __slots__ = ("bytes", "shapes")

    def __init__(self) -> None:
        self.shapes: dict[object, Shape] = {}
        self.bytes = 0


class _Reference(ReferenceType[Shape]):
    """A weak reference that knows the text of its shape."""

    __slots__ = ("sql",)

    sql: str


_lock = threading.RLock()  # reentrant: a garbage collection inside may run a `__del__` that asks the database
# A WeakValueDictionary of our own, as that is Python and took a fifth of a miss. The references to shapes that are
# gone are put into `_gone`, without a lock, as that may happen anywhere, and taken away when the next shape comes.
_shapes: dict[str, _Reference] = {}
_gone: list[Any] = []  # of _Reference; the callback of one is typed as that of any
_young, _old = _Generation(), _Generation()
_recent = _young.shapes  # a global of its own saves the hit an attribute


def fingerprint(sql: object, vendor: str = "") -> Shape:
    """The shape of a statement. Never raises.

    Args:
        sql: The text as Django hands it to the driver; bytes, a `psycopg.sql` object, or anything with a `str()`.
        vendor: Django's name of the database. For `"mysql"` the text is read by MySQL's rules: whatever is in
            double quotes is a value. Any other, or none, leaves it to the text; all of Django's own can tell.
    """
    try:
        shape = _recent.get(sql if vendor != "mysql" else ("mysql", sql))
    except Exception:  # noqa: BLE001 — whatever somebody's __hash__ or __eq__ raises
        shape = None
    return shape or _miss(sql, vendor)


def literal_key(sql: str, vendor: str = "") -> int:
    """A hash of the values written into the text, in their order; comments excluded, placeholders included.

    Two texts of one shape have equal keys when their values are equal. Good within this process only.
    """
    seen = Seen("")
    text = _text_of(sql)
    scan(text, reading_of(text, vendor), seen)
    return hash(tuple(seen.values))


def batch_slots(sql: str, vendor: str = "") -> frozenset[int]:
    """Which parameters stand in a list: what tells a load in chunks from one at a time.

    Returns:
        The positions, from 0 and in order of occurrence, of the placeholders inside an `IN` list of two or more
        elements, or inside the rows of a `VALUES` of two or more rows: one row of two columns is one at a time.
    """
    # Where there is a `%s`, a `?` is one of PostgreSQL's operators.
    seen = Seen("%" if "%s" in sql or "%(" in sql else "?")
    text = _text_of(sql)
    scan(text, reading_of(text, vendor), seen)
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


def _miss(sql: object, vendor: str) -> Shape:
    """Look in the older generation or read the text, and remember its shape."""
    text = _text_of(sql)
    key = text if vendor != "mysql" else ("mysql", text)
    shape = _old.shapes.get(key) or _young.shapes.get(key)
    if shape is None:
        shape = _shape_of(normalize(text, vendor))
    if len(text) <= _LONGEST_CACHED:
        _remember(key, _ENTRY_BYTES + getsizeof(text) + len(shape.sql), shape)
    return shape


def _remember(key: object, cost: int, shape: Shape) -> None:
    global _young, _old, _recent  # noqa: PLW0603
    with _lock:
        if key in _young.shapes:
            return
        if len(_young.shapes) >= _MOST_ENTRIES or _young.bytes + cost > _MOST_BYTES:
            _old, _young = _young, _Generation()
            _recent = _young.shapes
        _young.shapes[key] = shape
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
        known = _shapes.get(sql)
        shape = known() if known is not None else None
        if shape is None:
            if _gone:
                _forget_gone()
            shape = Shape(sql)
            reference = _Reference(shape, _gone.append)
            reference.sql = sql
            _shapes[sql] = reference
    return shape


def _forget_gone() -> None:
    """Take away the references to shapes that are gone. Whoever calls holds the lock."""
    while _gone:
        reference: _Reference = _gone.pop()
        if _shapes.get(reference.sql) is reference:  # else the shape came back meanwhile
            del _shapes[reference.sql]


_MAIN = ("SELECT ", "INSERT ", "UPDATE ", "DELETE ", "MERGE ", "REPLACE ")
_BEFORE_TABLE = {"INSERT": "INTO ", "REPLACE": "INTO ", "MERGE": "INTO ", "UPDATE": "UPDATE "}
_PART = r"\"[^\"]*(?:\"\"[^\"]*)*\"|`[^`]*(?:``[^`]*)*`|(?!(?:SELECT|VALUES|SET)\b)[^\W\d][\w$]*"
_QUOTED_PART = r"([\"`])((?:(?!\1).|\1\1)*)\1"


@cache
def _table_after(word: str) -> re.Pattern[str]:
    # Each is compiled when a statement needs it: that takes 0.6 ms.
    return re.compile(rf"{word}\(*(?:ONLY |IGNORE |OR [A-Z]+ )?((?:{_PART})(?:\.(?:{_PART}))*)")


def _operation_and_table(sql: str) -> tuple[str, str]:
    """The first keyword and the main table of a normalized text."""
    end = sql.find(" ")
    operation = (sql if end < 0 else sql[:end]).lstrip("(").upper()
    if not operation.isalpha():
        operation = ""
    selects_from_queries = False
    if operation == "WITH":
        starts = [(at, word) for word in _MAIN for at in islice(_outermost(word, sql), 1)]
        operation = min(starts)[1].rstrip() if starts else operation
        # What it selects from in the end is one of its own queries; the table is in there.
        selects_from_queries = operation == "SELECT"
    word = _BEFORE_TABLE.get(operation, "FROM ")
    pattern = _table_after(word)
    table = None
    for at in () if selects_from_queries else _outermost(word, sql):
        table = pattern.match(sql, at)
        if table is not None:
            break
    table = table or pattern.search(sql)
    if table is None:
        return operation, ""
    name = table[1]
    if name[0] in '"`' and name.find(name[0], 1) == len(name) - 1:
        return operation, name[1:-1]
    return operation, re.sub(
        _QUOTED_PART, lambda part: part[2].replace(part[1] * 2, part[1]), name, flags=re.DOTALL
    )


def _outermost(word: str, sql: str) -> Iterator[int]:
    """Where `word` stands outside all parentheses."""
    depth = start = 0
    at = sql.find(word)
    while at >= 0:
        depth += sql.count("(", start, at) - sql.count(")", start, at)
        if depth == 0 and (at == 0 or sql[at - 1] == " "):
            yield at
        start = at
        at = sql.find(word, at + 1)
