"""Which indexes cost more than they give? Those that another one makes needless, and those that nobody reads.

An index on `(a)` is needless beside one on `(a, b)`: whoever looks for `a` finds it there, in a structure that is
a little larger. What refuses equal rows, a primary key or a unique index, is never waste, whatever covers it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from .values import Index, IndexUsage, Waste, WasteKind

__all__ = ["covers", "waste_among"]

_KEPT = ("primary key", "unique", "foreign key", "db_index", "database", "Meta.indexes")
"""Of two equal indexes the one that comes first here is kept: what a field brings by itself stays, and what was
written down beside it goes."""


def waste_among(
    indexes: Iterable[Index], usage: Mapping[str, IndexUsage] | None = None, since: str = ""
) -> tuple[Waste, ...]:
    """The needless ones of `indexes`, by table and name; each for one reason.

    Args:
        indexes: All indexes of the tables in question.
        usage: What the database counted, by the index's name.
        since: When it began to count, as it is to be said; `""` when that is not known, and then no index is
            called unused.
    """
    counted = usage or {}
    found = []
    for _, group in groupby(sorted(indexes, key=lambda one: (one.table, one.name)), key=lambda one: one.table):
        table = list(group)
        for index in table:
            waste = _waste(index, table, counted.get(index.name, IndexUsage()), since)
            if waste is not None:
                found.append(waste)
    return tuple(found)


def covers(wide: Index, narrow: Index) -> bool:
    """Whether `wide` finds all that `narrow` finds: it begins with its columns, for the same rows or for all."""
    if wide.method != narrow.method or not wide.is_valid or wide.condition not in ("", narrow.condition):
        return False
    length = len(narrow.columns)
    if not _same_classes(wide, narrow) or not _reads_as(wide, narrow):
        return False
    return set(narrow.include) <= {*wide.include, *(column.name for column in wide.columns[length:])}


def _waste(index: Index, table: Sequence[Index], usage: IndexUsage, since: str) -> Waste | None:
    if not index.is_valid:
        reason = "Its build was not finished, so no query reads it, and every write keeps it up to date."
        return Waste(index, "invalid", usage=usage, reason=reason)
    if index.unique:
        return None
    cover = next(_coverings(index, table), None)
    if cover is not None:
        return _covered(index, cover, usage)
    if usage.scans == 0 and since:
        reason = f"No query has read it since {since}. {_slower_without(index)}"
        return Waste(index, "unused", usage=usage, reason=reason)
    return None


def _coverings(index: Index, table: Sequence[Index]) -> Iterator[Index]:
    """The others that cover `index` and are kept, the narrowest first."""
    for other in sorted(table, key=lambda one: (len(one.columns), _rank(one))):
        if other is index or not covers(other, index):
            continue
        if not covers(index, other) or _rank(other) < _rank(index):
            yield other


def _covered(index: Index, cover: Index, usage: IndexUsage) -> Waste:
    columns = ", ".join(map(str, index.columns))
    if len(cover.columns) > len(index.columns):
        wider = ", ".join(map(str, cover.columns))
        reason = (
            f"{cover.name} ({wider}) begins with its columns ({columns}); look-ups by them read that one instead, "
            "which is wider."
        )
        return Waste(index, "prefix", cover, usage, reason)
    kind: WasteKind = "db_index" if "db_index" in (cover.origin, index.origin) else "duplicate"
    reason = (
        f"{cover.name}, {_because_of(cover)}, has the same columns ({columns}); dropping it slows nothing down."
    )
    return Waste(index, kind, cover, usage, reason)


def _because_of(index: Index) -> str:
    origin = {
        "primary key": "the primary key",
        "unique": "which a unique field or constraint has",
        "foreign key": "which Django makes for the foreign key",
        "db_index": "which the field's db_index=True makes",
        "Meta.indexes": "of Meta.indexes",
    }
    return origin.get(index.origin, "which only the database knows")


def _slower_without(index: Index) -> str:
    if index.origin == "foreign key":
        return "Deleting a row that it refers to would search the whole table without it."
    return "A query that runs more rarely than that may need it."


def _rank(index: Index) -> tuple[int, bool, str]:
    """Which of two equal indexes is kept: the smaller."""
    return (_KEPT.index(index.origin), not index.unique, index.name)


def _same_classes(wide: Index, narrow: Index) -> bool:
    length = len(narrow.columns)
    none = ("",) * length
    return (wide.operator_classes[:length] or none) == (narrow.operator_classes or none)


def _reads_as(wide: Index, narrow: Index) -> bool:
    """Whether `wide` has the columns of `narrow` first, in the same order or, read backwards, in the opposite one.

    The direction of a single column is no matter: an index is read either way.
    """
    first = wide.columns[: len(narrow.columns)]
    if [column.name for column in first] != [column.name for column in narrow.columns]:
        return False
    turned = {one.descending != other.descending for one, other in zip(first, narrow.columns, strict=True)}
    return len(turned) == 1
