"""How does a statement read its tables? From its syntax tree: what it compares, joins, orders and limits.

Only conditions that hold for every row count, those joined by `AND`: a column inside an `OR`, under a function or
compared with a pattern is read, but no ordinary index finds its rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import sqlglot
from sqlglot import expressions as exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import Scope, traverse_scope

from .values import Access, IndexColumn, Statement

__all__ = ["accesses_of"]

_DIALECTS = {"postgresql": "postgres", "sqlite": "sqlite", "mysql": "mysql", "oracle": "oracle"}
"""By the vendor as Django spells it; MariaDB is a `mysql` there."""

_READ = ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")
"""How statements begin that read or write rows; the rest (savepoints, DDL) reads no table."""


def accesses_of(statement: Statement) -> tuple[Access, ...] | None:
    """How `statement` reads each of its tables, subqueries included.

    Returns:
        One access for each table in each `SELECT`, none for a statement without tables, and `None` for one that
        cannot be understood.
    """
    if not statement.sql.lstrip("( \n").upper().startswith(_READ):
        return ()
    # Lists of any length, as a shape spells them, are no SQL.
    sql = statement.sql.replace("(...)", "(?)").replace("[...]", "[?]")
    try:
        tree = sqlglot.parse_one(sql, read=_DIALECTS.get(statement.vendor))
        return tuple(_read(tree, statement))
    except (SqlglotError, RecursionError):
        return None


@dataclass(slots=True)
class _Reading:
    """What is known of one table up to now."""

    table: str
    equal: list[str] = field(default_factory=list)
    joined: list[str] = field(default_factory=list)
    ranges: list[str] = field(default_factory=list)
    constants: list[str] = field(default_factory=list)
    order: list[IndexColumn] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    limited: bool = False
    writes: bool = False

    def access(self, statement: Statement) -> Access:
        """It as a value."""
        return Access(
            statement=statement,
            table=self.table,
            equal=_once(self.equal),
            ranges=_once(column for column in self.ranges if column not in self.equal),
            order=tuple(self.order),
            limited=self.limited,
            constants=_once(self.constants),
            joined=_once(self.joined),
            columns=_once(self.columns),
            writes=self.writes,
        )


class _Tables:
    """The tables of one `SELECT`, by the names its columns call them.

    Args:
        readings: By alias.
        is_alone: Whether there is one table and nothing else, so that a column without a table's name is its.
    """

    def __init__(self, readings: dict[str, _Reading], *, is_alone: bool) -> None:
        self.readings = readings
        self._single = next(iter(readings.values())) if is_alone and readings else None

    def of(self, column: exp.Expr) -> _Reading | None:
        """The table of `column`; `None` when it is no column, or one of an outer query."""
        if not isinstance(column, exp.Column):
            return None
        return self.readings.get(column.table) if column.table else self._single

    def note(self, column: exp.Expr, kind: str) -> None:
        """Add `column` to the list `kind` of its table."""
        reading = self.of(column)
        if reading is not None:
            getattr(reading, kind).append(column.name)

    def has_column_of(self, reading: _Reading, expression: exp.Expr) -> bool:
        """Whether `expression` has a column of that table."""
        return any(self.of(column) is reading for column in expression.find_all(exp.Column))


def _read(tree: exp.Expr, statement: Statement) -> Iterator[Access]:
    if isinstance(tree, exp.Update | exp.Delete | exp.Insert):
        reading = _read_change(tree)
        if reading is not None:
            yield reading.access(statement)
    for scope in traverse_scope(tree):
        if isinstance(scope.expression, exp.Select):
            for reading in _read_select(scope, scope.expression):
                yield reading.access(statement)


def _read_change(tree: exp.Update | exp.Delete | exp.Insert) -> _Reading | None:
    table = tree.find(exp.Table)
    if table is None:
        return None
    reading = _Reading(table.name, writes=True)
    if isinstance(tree, exp.Insert):
        return reading
    tables = _Tables({table.alias_or_name: reading}, is_alone=True)
    inner = {id(column) for query in tree.find_all(exp.Select) for column in query.find_all(exp.Column)}
    for column in tree.find_all(exp.Column):
        if id(column) not in inner:
            tables.note(column, "columns")
    where = tree.args.get("where")
    if where is not None:
        _read_conditions(where.this, tables)
    return reading


def _read_select(scope: Scope, select: exp.Select) -> Iterable[_Reading]:
    readings = {
        alias: _Reading(source.name, limited=select.args.get("limit") is not None)
        for alias, (_, source) in scope.selected_sources.items()
        if isinstance(source, exp.Table)
    }
    tables = _Tables(readings, is_alone=len(scope.selected_sources) == 1)
    for column in scope.columns:
        tables.note(column, "columns")
    for join in select.args.get("joins") or ():
        condition = join.args.get("on")
        if condition is not None:
            _read_conditions(condition, _narrowed_by(join, tables))
    where = select.args.get("where")
    if where is not None:
        _read_conditions(where.this, tables)
    _read_order(select, tables)
    return readings.values()


def _narrowed_by(join: exp.Join, tables: _Tables) -> _Tables:
    """The tables whose rows the condition of `join` decides on: an outer join keeps those of the other side."""
    if not join.side:
        return tables
    joined = tables.readings.get(join.alias_or_name) if join.side == "LEFT" else None
    return _Tables({join.alias_or_name: joined} if joined is not None else {}, is_alone=False)


def _read_conditions(condition: exp.Expr, tables: _Tables) -> None:
    for one in _conjuncts(condition):
        if isinstance(one, exp.EQ):
            _read_equality(one, tables)
        elif isinstance(one, exp.In):
            tables.note(one.this, "equal")
        elif isinstance(one, exp.Between):
            tables.note(one.this, "ranges")
        elif isinstance(one, exp.GT | exp.GTE | exp.LT | exp.LTE):
            _read_range(one, tables)
        elif _is_constant(one):
            reading = tables.of(next(one.find_all(exp.Column)))
            if reading is not None:
                reading.constants.append(_unqualified(one))


def _read_equality(one: exp.EQ, tables: _Tables) -> None:
    left, right = one.left.unnest(), one.right.unnest()
    for side, other in ((left, right), (right, left)):
        reading = tables.of(side)
        # What is compared with something of its own row finds no row.
        if reading is not None and not tables.has_column_of(reading, other):
            reading.equal.append(side.name)
            if other.find(exp.Column):
                reading.joined.append(side.name)


def _read_range(one: exp.GT | exp.GTE | exp.LT | exp.LTE, tables: _Tables) -> None:
    left, right = one.left.unnest(), one.right.unnest()
    for side, other in ((left, right), (right, left)):
        if not other.find(exp.Column):
            tables.note(side, "ranges")


def _read_order(select: exp.Select, tables: _Tables) -> None:
    """Take over the order, unless it is of what was grouped, of an expression, or of several tables."""
    order = select.args.get("order")
    if order is None or select.args.get("group") or select.args.get("distinct"):
        return
    every = [(tables.of(one.this.unnest()), one) for one in order.expressions]
    owner = every[0][0]
    if owner is not None and all(reading is owner for reading, _ in every):
        owner.order = [IndexColumn(one.this.unnest().name, bool(one.args.get("desc"))) for _, one in every]


def _is_constant(one: exp.Expr) -> bool:
    """Whether it is a condition on one column and has no value in it: `x`, `NOT x`, `x IS NULL`."""
    inner = one.this.unnest() if isinstance(one, exp.Not) else one
    if isinstance(inner, exp.Is):
        return isinstance(inner.this, exp.Column) and isinstance(inner.expression, exp.Null | exp.Boolean)
    return isinstance(inner, exp.Column)


def _unqualified(condition: exp.Expr) -> str:
    copy = condition.copy()
    for column in copy.find_all(exp.Column):
        column.set("table", None)
    return copy.sql()


def _conjuncts(condition: exp.Expr) -> Iterator[exp.Expr]:
    condition = condition.unnest()
    if isinstance(condition, exp.And):
        yield from _conjuncts(condition.left)
        yield from _conjuncts(condition.right)
    else:
        yield condition


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
