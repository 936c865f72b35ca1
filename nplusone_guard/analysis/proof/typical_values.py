"""With which values is a planner asked that wants to know them? With typical ones, of the columns themselves.

For an equality, one of a value that is about as frequent as the average; for a comparison, one that a third of the
rows pass; for a `BETWEEN`, or two comparisons of one column that make one, one in two hundred. That is what
PostgreSQL takes for granted of an open value (`DEFAULT_INEQ_SEL`, `DEFAULT_RANGE_INEQ_SEL`). They are put into
variables of the session, and never read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import sqlglot
from sqlglot import expressions as exp
from sqlglot.errors import SqlglotError

from .questions import statement_with

__all__ = ["Question", "question_of"]

_PREFIX = "nplusone_"
_AVERAGE = (
    "SELECT {column} FROM {table} WHERE {column} IS NOT NULL GROUP BY {column} "
    "ORDER BY ABS(COUNT(*) - (SELECT COUNT({column}) / COUNT(DISTINCT {column}) FROM {table})), {column} "
    "LIMIT 1 OFFSET {offset}"
)
_RANKED = (
    "SELECT {column} FROM (SELECT {column}, PERCENT_RANK() OVER (ORDER BY {column}) AS nplusone_rank "
    "FROM {table} WHERE {column} IS NOT NULL) AS nplusone_ranked WHERE nplusone_rank >= {rank} "
    "ORDER BY {column} LIMIT 1"
)
_AT_LEAST, _AT_MOST = 0.667, 0.333
_FROM, _TO = 0.5, 0.505


@dataclass(frozen=True, slots=True)
class _Value:
    """An open value.

    Attributes:
        table: The table of the column it is compared with, `""` when it is compared with none.
        column: That column.
        rank: Where it is among the column's values, from 0 to 1; `None` when it is compared for equality.
        offset: The how manieth such value of that column it is, from 0: those of a list differ.
        is_pattern: Whether it is the beginning of a text.
    """

    table: str = ""
    column: str = ""
    rank: float | None = None
    offset: int = 0
    is_pattern: bool = False

    def sql(self, quote: Callable[[str], str]) -> str:
        """What selects it."""
        if not self.table:
            return "1"
        names = {"column": quote(self.column), "table": quote(self.table)}
        if self.rank is not None:
            return f"({_RANKED.format(**names, rank=self.rank)})"
        value = f"({_AVERAGE.format(**names, offset=self.offset)})"
        return f"CONCAT(LEFT({value}, 3), '%')" if self.is_pattern else value


@dataclass(frozen=True, slots=True)
class Question:
    """A statement to explain.

    Attributes:
        sql: It, with `?` for its values.
        values: What they are, in order.
        tables: Its tables, by the names its columns call them.
    """

    sql: str
    values: tuple[_Value, ...]
    tables: dict[str, str]

    @property
    def spelled(self) -> str:
        """The question as a literal, for `PREPARE`."""
        text = self.sql.replace("\\", "\\\\").replace("'", "''")
        return f"'EXPLAIN FORMAT=JSON {text}'"

    @property
    def using(self) -> str:
        """The end of `EXECUTE`."""
        names = ", ".join(f"@{_PREFIX}{number}" for number in range(1, len(self.values) + 1))
        return f" USING {names}" if names else ""

    def aliases(self, table: str) -> list[str]:
        """What its columns call `table`."""
        return [alias for alias, name in self.tables.items() if name == table]

    def set_values(self, cursor: Any, quote: Callable[[str], str]) -> None:
        """Put the values into variables of the session."""
        for number, value in enumerate(self.values, 1):
            cursor.execute(f"SET @{_PREFIX}{number} = {value.sql(quote)}")


def question_of(sql: str) -> Question | None:
    """How to ask about a shape; `None` when it cannot be read."""
    text, count = statement_with(sql, lambda _: "?")
    named, _ = statement_with(sql, lambda number: f":{_PREFIX}{number}")
    try:
        tree = sqlglot.parse_one(named, read="mysql")
    except (SqlglotError, RecursionError):
        return None
    tables = {table.alias_or_name: table.name for table in tree.find_all(exp.Table)}
    found = _between(dict(_compared(tree, tables)))
    return Question(
        text, tuple(found.get(f"{_PREFIX}{number}", _Value()) for number in range(1, count + 1)), tables
    )


def _compared(tree: exp.Expr, tables: dict[str, str]) -> Iterator[tuple[str, _Value]]:
    """The open values that are compared with a column, by their names."""
    seen = Counter[tuple[str, str]]()
    for placeholder in tree.find_all(exp.Placeholder):
        condition, side = _condition_around(placeholder)
        column = _column_in(condition, side)
        if column is None:
            continue
        table = tables.get(column.table) or (next(iter(tables.values())) if len(tables) == 1 else "")
        rank = _rank(condition, side)
        offset = seen[table, column.name] if rank is None else 0
        seen[table, column.name] += rank is None
        yield placeholder.name, _Value(table, column.name, rank, offset, isinstance(condition, exp.Like))


def _between(found: dict[str, _Value]) -> dict[str, _Value]:
    """`found`, where a column that is compared from below and from above has a narrow range, and no empty one."""
    ends = {(one.table, one.column, one.rank) for one in found.values()}
    narrow = {_AT_LEAST: _FROM, _AT_MOST: _TO}
    return {
        name: replace(one, rank=narrow[one.rank])
        if one.rank in narrow and all((one.table, one.column, rank) in ends for rank in narrow)
        else one
        for name, one in found.items()
    }


def _condition_around(placeholder: exp.Expr) -> tuple[exp.Expr | None, exp.Expr]:
    """The comparison that it stands in, and its side of it."""
    side, above = placeholder, placeholder.parent
    while isinstance(above, exp.Paren | exp.Cast | exp.Binary) and not isinstance(above, exp.Predicate):
        side, above = above, above.parent
    return (above if isinstance(above, exp.Predicate | exp.In | exp.Between) else None), side


def _column_in(condition: exp.Expr | None, side: exp.Expr) -> exp.Column | None:
    """The column that the other side is."""
    if condition is None:
        return None
    others = [one for one in condition.iter_expressions() if one is not side]
    for other in others:
        inner = other.unnest()
        inner = inner.this if isinstance(inner, exp.Cast) else inner
        if isinstance(inner, exp.Column):
            return inner
    return None


def _rank(condition: exp.Expr | None, side: exp.Expr) -> float | None:
    if isinstance(condition, exp.Between):
        return _FROM if condition.args.get("low") is side else _TO
    if isinstance(condition, exp.GT | exp.GTE | exp.LT | exp.LTE):
        above = isinstance(condition, exp.GT | exp.GTE) is (condition.expression is side)
        return _AT_LEAST if above else _AT_MOST
    return None
