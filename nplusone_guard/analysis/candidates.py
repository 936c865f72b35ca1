"""Which indexes would the statements of a workload like?

Columns compared for equality first, then one range or the order; one index for as many statements as it can serve;
none for what an existing one does already:

    equal {customer}                        ─┐
    equal {customer, state}                  ├─> (customer, state, -day)
    equal {customer, state} order -day limit ─┘

A table that is joined is read first or after the other one; what it would like for either is asked of the planner.

Whether the planner would use one is asked afterwards, of the planner.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from .values import Access, Advice, Index, IndexColumn

__all__ = ["MOST_COLUMNS", "advice_for", "is_served"]

MOST_COLUMNS = 4
"""Wider indexes cost each write more than their last columns save a query."""

_WITH_KEY = ("sqlite", "mysql")
"""Where every index ends in the primary key, unsaid."""


@dataclass(frozen=True, slots=True)
class _Wish:
    """The index that some accesses would like.

    Attributes:
        table: The table.
        condition: The rows it should hold, `""` for all.
        equal: Columns that may come in any order, in groups: those of an earlier group come first.
        tail: The columns after them, whose order matters.
        accesses: Who would like it.
    """

    table: str
    condition: str
    equal: tuple[frozenset[str], ...]
    tail: tuple[IndexColumn, ...]
    accesses: tuple[Access, ...]

    @property
    def names(self) -> frozenset[str]:
        """The columns that may come in any order."""
        return frozenset().union(*self.equal)

    @property
    def columns(self) -> tuple[IndexColumn, ...]:
        """The columns of the index; within a group, those that statements compare with values come first."""
        joined = {column for access in self.accesses for column in access.joined}
        ordered = [name for group in self.equal for name in sorted(group, key=lambda one: (one in joined, one))]
        return (*(IndexColumn(name) for name in ordered), *self.tail)[:MOST_COLUMNS]


def advice_for(
    accesses: Iterable[Access],
    indexes: Mapping[str, Sequence[Index]],
    models: Mapping[str, str],
    *,
    partial: bool,
    rare: Mapping[tuple[str, str], str] = MappingProxyType({}),
) -> tuple[Advice, ...]:
    """The indexes that would serve `accesses`, not proved yet, those for the most expensive statements first.

    Args:
        accesses: How the workload's statements read their tables.
        indexes: The indexes there are, by table.
        models: The models' labels, by table; other tables get no advice.
        partial: Whether the database has indexes of some rows only.
        rare: By table and condition, the columns of the conditions without a value that hold for few rows.
    """
    wishes = []
    for access in accesses:
        if access.table not in models:
            continue
        there = indexes.get(access.table, ())
        for way in _ways(_found_by_rare(access, rare, _key_of(there))):
            wish = None if is_served(way, there) else _wish(way, _key_of(there), partial=partial)
            if wish is not None:
                wishes.append(replace(wish, accesses=(access,)))
    merged = _merged(wishes)
    return tuple(
        Advice(
            table=wish.table,
            model=models[wish.table],
            columns=wish.columns,
            condition=wish.condition,
            accesses=tuple(sorted(wish.accesses, key=_cost, reverse=True)),
        )
        for wish in sorted(merged, key=lambda one: sum(map(_cost, one.accesses)), reverse=True)
        if not any(_is_the_same(index, wish) for index in indexes.get(wish.table, ()))
    )


def is_served(access: Access, indexes: Iterable[Index]) -> bool:
    """Whether one of `indexes` does all for `access` that an index can do.

    It does when it finds at most one row, or when it begins with all columns that are compared for equality and
    goes on with the range or the order.
    """
    equal = frozenset(access.equal)
    for index in indexes:
        if index.method != "btree" or not index.is_valid or not _holds_rows_of(index, access):
            continue
        names = [column.name for column in index.columns]
        if index.unique and not index.condition and set(names) <= equal:
            return True
        length = len(equal)
        if frozenset(names[:length]) == equal and _begins_with(index.columns[length:], _tail(access)):
            return True
    return not equal and not _tail(access)


def _ways(access: Access) -> Iterator[Access]:
    """How the planner may come to the table: first, by values alone, or from the row that it is joined to.

    Rows come in their order only when it comes first.
    """
    if not access.joined:
        yield access
        return
    given = tuple(column for column in access.equal if column not in access.joined)
    ordered = bool(access.limited and access.order)
    if given or ordered or access.ranges:
        yield replace(access, equal=given, joined=())
    if not ordered:
        yield access


def _found_by_rare(access: Access, rare: Mapping[tuple[str, str], str], key: str) -> Access:
    """`access`, with the columns of rare conditions as what finds its rows, where nothing else does."""
    columns = tuple(rare[access.table, one] for one in access.constants if (access.table, one) in rare)
    if not columns or access.equal or [column.name for column in _tail(access)] not in ([], [key]):
        return access
    return replace(access, equal=columns, order=())  # so few rows are sorted in no time


def _wish(access: Access, key: str, *, partial: bool) -> _Wish | None:
    constants = access.constants if partial else ()
    tail = tuple(column for column in _tail(access) if column.name not in access.equal)
    if tail and tail[-1].name == key and (len(tail) > 1 or access.statement.vendor in _WITH_KEY):
        tail = tail[:-1]  # rows that are equal up to there are few: they are sorted in no time
    equal = (frozenset(access.equal),) if access.equal else ()
    if not equal and [column.name for column in tail] in ([], [key]):
        return None
    return _Wish(access.table, " AND ".join(sorted(constants)), equal, tail, (access,))


def _tail(access: Access) -> tuple[IndexColumn, ...]:
    """The range or the order, whichever an index can follow: the order when only its first rows are wanted."""
    order = access.order if access.limited else ()
    if access.ranges and not (order and order[0].name in access.ranges):
        # Rows within a range come in the order of the range's column and of no other.
        return order if order and access.equal else (IndexColumn(access.ranges[0]),)
    return order


def _merged(wishes: Iterable[_Wish]) -> list[_Wish]:
    """As few as serve all: the widest first, each taking in those that its own columns can begin with."""
    kept: list[_Wish] = []
    for wish in sorted(wishes, key=_first_merged):
        for number, wider in enumerate(kept):
            taken = _taken_in(wider, wish)
            if taken is not None:
                kept[number] = taken
                break
        else:
            kept.append(wish)
    return kept


def _first_merged(wish: _Wish) -> tuple[int, bool, float]:
    """The widest first, and what holds all rows before what holds some."""
    return (-len(wish.names) - len(wish.tail), bool(wish.condition), -sum(map(_cost, wish.accesses)))


def _taken_in(wider: _Wish, wish: _Wish) -> _Wish | None:
    """`wider`, with its columns in an order that serves `wish` too; `None` when there is none."""
    if wider.table != wish.table or wider.condition not in ("", wish.condition):
        return None
    accesses = tuple(dict.fromkeys((*wider.accesses, *wish.accesses)))
    if _is_settled(wider) and _begins_with(wider.columns, wish.columns) and len(wish.names) + len(wish.tail) == 1:
        return replace(wider, accesses=accesses)  # one column finds and orders alike
    if not wish.names <= wider.names:
        return None
    if wish.names == wider.names:
        if _begins_with(wider.tail, wish.tail):
            return replace(wider, accesses=accesses)
        return None
    if wish.tail:
        return None
    groups = _split(wider.equal, wish.names)
    return None if groups is None else replace(wider, equal=groups, accesses=accesses)


def _is_settled(wish: _Wish) -> bool:
    """Whether its columns can have no other order."""
    return all(len(group) == 1 for group in wish.equal)


def _split(groups: Sequence[frozenset[str]], names: frozenset[str]) -> tuple[frozenset[str], ...] | None:
    """`groups` divided so that `names` come first; `None` when an earlier group stands in the way."""
    divided = []
    left = names
    for group in groups:
        if not left or group <= left:
            divided.append(group)
        elif left < group:
            divided += [left, group - left]
        else:
            return None
        left -= group
    return tuple(divided)


def _begins_with(columns: Sequence[IndexColumn], tail: Sequence[IndexColumn]) -> bool:
    """Whether `columns` begin with `tail`, read forwards or backwards."""
    first = columns[: len(tail)]
    if [column.name for column in first] != [column.name for column in tail]:
        return False
    return len({one.descending != other.descending for one, other in zip(first, tail, strict=True)}) <= 1


def _holds_rows_of(index: Index, access: Access) -> bool:
    return not index.condition or _plain(index.condition) == _plain(" AND ".join(sorted(access.constants)))


def _is_the_same(index: Index, wish: _Wish) -> bool:
    length = len(wish.columns)
    return _plain(index.condition) in ("", _plain(wish.condition)) and (
        [column.name for column in index.columns[:length]] == [column.name for column in wish.columns]
        and _begins_with(index.columns, wish.columns)
    )


def _key_of(indexes: Iterable[Index]) -> str:
    """The column of the primary key, `""` when it has several or there is none."""
    keys = (index for index in indexes if index.origin == "primary key" and len(index.columns) == 1)
    return next((index.columns[0].name for index in keys), "")


def _plain(condition: str) -> str:
    """A condition without what the database adds when it prints one."""
    return "".join(one for one in condition.lower() if one not in '()"` ')


def _cost(access: Access) -> float:
    """What a statement is worth: its time where that is known, its calls otherwise."""
    return access.statement.total_ms or float(access.statement.calls)
