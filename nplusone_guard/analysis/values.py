"""What an analysis speaks of: statements, how they read tables, indexes, and advice with its proof.

Plain values. No connection, model or syntax tree can be reached from here, so they may be kept, compared and
written as JSON.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = [
    "FEW_ROWS",
    "Access",
    "Advice",
    "Index",
    "IndexColumn",
    "IndexOrigin",
    "IndexUsage",
    "Plan",
    "Proof",
    "Recommendation",
    "Standing",
    "Statement",
    "Verdict",
    "Waste",
    "WasteKind",
    "Workload",
    "WorkloadSource",
]

FEW_ROWS = 1_000
"""A table of fewer rows is read whole as fast as through an index: some ten pages of PostgreSQL's 8 kB."""

IndexOrigin = Literal["primary key", "unique", "foreign key", "db_index", "Meta.indexes", "database"]
"""Who asked for an index: a field, a constraint, `Meta.indexes`, or only the database knows it."""

Verdict = Literal["verified", "ignored", "unverified"]
"""What the planner says of an index: it uses it at a lower cost, it does not, or it could not be asked."""

Standing = Literal["recommended", "ignored", "outweighed", "unverified"]
"""What becomes of a candidate: it is worth having, the planner does without it, its writes cost more than it
saves, or nobody can tell here."""

WasteKind = Literal["duplicate", "prefix", "unused", "invalid", "db_index"]
"""Why an index is waste: another has the same columns, or begins with them; nobody reads it; its build failed; or
`db_index=True` stands beside an explicit one."""

WorkloadSource = Literal["recorded file", "pg_stat_statements", "models"]
"""Where the statements come from, in the order of trust; with `models` none is known."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One shape of a workload.

    Attributes:
        shape_id: Its stable id, see `nplusone_guard.fingerprint`.
        sql: The normalized statement, whole, with `?` for every value.
        alias: The database alias it ran on.
        vendor: That database's vendor as Django spells it.
        calls: How often it ran; 0 where that is not known.
        total_ms: How long that took together, in milliseconds; 0.0 where that is not known.
        places: The project's lines that ran it, `shop/views.py:12`, the most frequent first.
    """

    shape_id: str
    sql: str
    alias: str = "default"
    vendor: str = ""
    calls: int = 0
    total_ms: float = 0.0
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Workload:
    """What a database is asked.

    Attributes:
        source: Where that is known from.
        statements: The statements by shape, the most expensive first; none where only the models are known.
        remark: Where it comes from and what it cannot know, for people.
    """

    source: WorkloadSource
    statements: tuple[Statement, ...]
    remark: str


@dataclass(frozen=True, slots=True)
class IndexColumn:
    """One column of an index or of an order.

    Attributes:
        name: The column as the database calls it, or the expression in its place.
        descending: Whether its values come from the largest to the smallest.
    """

    name: str
    descending: bool = False

    def __str__(self) -> str:
        return f"-{self.name}" if self.descending else self.name


@dataclass(frozen=True, slots=True)
class Index:
    """An index that a table has.

    Attributes:
        name: Its name in the database.
        table: Its table.
        columns: Its columns in order.
        unique: Whether it refuses equal rows.
        condition: The rows it holds, as SQL, `""` when it holds all.
        origin: Who asked for it.
        model: The model it stands in, `shop.Order`, `""` where no model has the table.
        is_valid: Whether its build was finished (PostgreSQL).
        method: `btree`, `gin`, …
        include: Columns that are only read from it (PostgreSQL).
        operator_classes: By column, `""` for the default one (PostgreSQL): Django adds an index with
            `varchar_pattern_ops` beside each index of a text, for comparisons with its beginning.
    """

    name: str
    table: str
    columns: tuple[IndexColumn, ...]
    unique: bool = False
    condition: str = ""
    origin: IndexOrigin = "database"
    model: str = ""
    is_valid: bool = True
    method: str = "btree"
    include: tuple[str, ...] = ()
    operator_classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IndexUsage:
    """What a database counted of an index.

    Attributes:
        size_bytes: What it takes on disk, `None` where the database does not say.
        scans: How often it was read since the statistics began, `None` where the database does not count.
    """

    size_bytes: int | None = None
    scans: int | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """How one statement reads one table: what an index on it could help with.

    Attributes:
        statement: The statement.
        table: The table.
        equal: Columns compared for equality with a value or with another table's column, `IN` included, as they
            are written.
        ranges: Columns compared with `<`, `>`, `BETWEEN` or the beginning of a text.
        order: The order the statement asks for, when all of it is of this table.
        limited: Whether it takes only the first rows.
        constants: Conditions that hold in every execution and have no value in them, as SQL:
            `"deleted_at" IS NULL`, `"is_active"`.
        joined: Those of `equal` that are compared with a column of another table, rather than with a value.
        columns: Every column of the table that the statement reads.
        writes: Whether it changes rows of the table.
    """

    statement: Statement
    table: str
    equal: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ()
    order: tuple[IndexColumn, ...] = ()
    limited: bool = False
    constants: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    writes: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What the planner says of one statement.

    Attributes:
        cost: Its estimate, in the database's own unit; `None` where it gives none (SQLite).
        rows: How many rows it expects to read; `None` where it does not say.
        index: The index it uses on the table in question, `""` for none.
        text: The plan as the database prints it, without values.
    """

    cost: float | None
    rows: float | None
    index: str
    text: str


@dataclass(frozen=True, slots=True)
class Proof:
    """What became of a statement's plan with an index, or without.

    Attributes:
        verdict: The outcome.
        before: The plan as things are.
        after: The plan with the index added, or dropped.
        how: By what means it was asked: `hypopg`, `rolled-back transaction`, `scratch copy of the schema` …
        why: Why it is unverified, one sentence; `""` otherwise.
    """

    verdict: Verdict
    before: Plan | None = None
    after: Plan | None = None
    how: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Advice:
    """An index that is worth having, with its evidence.

    Attributes:
        table: The table.
        model: Its model, `shop.Order`, `""` where no model has the table.
        columns: The columns in order.
        condition: The rows it should hold, as SQL, `""` for all.
        include: Columns that are only read from it (PostgreSQL).
        accesses: How the statements that need it read the table, the most expensive first.
        proof: What the planner says of the most expensive of them.
    """

    table: str
    model: str
    columns: tuple[IndexColumn, ...]
    condition: str = ""
    include: tuple[str, ...] = ()
    accesses: tuple[Access, ...] = ()
    proof: Proof = Proof("unverified", why="it was not asked for")


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A candidate and what became of it.

    Attributes:
        advice: The index, with the planner's word.
        standing: What became of it.
        reason: One sentence: why.
        rows: About how many rows the table has, `None` where the database does not say.
        indexes: How many indexes the table has already.
        reads: How often the workload runs the statements that it serves; 0 where that is not known.
        writes: How often the workload writes what it would have to keep up to date.
        replaces: The names of the indexes that nobody needs beside it.
    """

    advice: Advice
    standing: Standing
    reason: str
    rows: int | None
    indexes: int
    reads: int
    writes: int
    replaces: tuple[str, ...] = ()

    @property
    def is_small(self) -> bool:
        """Whether the table has too few rows for a planner's choice to say anything of more."""
        return self.rows is not None and self.rows < FEW_ROWS


@dataclass(frozen=True, slots=True)
class Waste:
    """An index that costs more than it gives.

    Attributes:
        index: The index.
        kind: Why.
        covered_by: The index that does its work, `None` when nobody needs that work.
        usage: What the database counted of it.
        reason: One sentence: why, and what dropping it would slow down, if anything.
    """

    index: Index
    kind: WasteKind
    covered_by: Index | None = None
    usage: IndexUsage = IndexUsage()
    reason: str = ""
