"""Which of the candidates are worth having? Those that the planner uses, and that save more than they cost.

    statements ──> accesses ──> candidates ──> the planner ──> recommended, ignored, outweighed, unverified

A candidate that the planner ignores is told as one and recommended to nobody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from textwrap import shorten

from django.db.backends.base.base import BaseDatabaseWrapper

from ..wording import counted
from .advising import Wanted, wanted_by
from .proof import Prover, prover_for
from .uses import statements_of_models
from .values import FEW_ROWS, Access, Advice, Index, Proof, Recommendation, Standing, Workload
from .waste import covers

__all__ = ["ROWS_A_WRITE", "WRITE_COST", "judged", "recommend_indexes"]

WRITE_COST = {"postgresql": 4.0}
"""What one more index costs a write, in the unit of the planner's costs: a page somewhere on the disk, which
PostgreSQL has as `random_page_cost`. Where the unit is another, or there is none, rows are weighed."""

ROWS_A_WRITE = 200
"""What one more index costs a write, in rows that are read one after the other: 4.0 in PostgreSQL's unit, where
such a row costs 0.01 (`cpu_tuple_cost`) and a hundredth of a page."""

_LONGEST = 200  # characters of a plan
_MOST_ASKED = 5
"""Statements of one candidate that the planner is asked about until one of them would use it."""


def recommend_indexes(
    connection: BaseDatabaseWrapper,
    workload: Workload,
    *,
    rows: Mapping[str, int | None],
    app_labels: Collection[str] = (),
    apply_in_test_db: bool = False,
    asked: Callable[[int, int], None] = lambda done, of: None,
) -> tuple[Recommendation, ...]:
    """The indexes that `workload` would like, each with the planner's word, the most expensive statements first.

    Args:
        connection: The analyzed database.
        workload: Its statements. Without any, those of the declared uses of the models stand in.
        rows: About how many rows each table has.
        app_labels: The apps whose tables are looked at; all when empty.
        apply_in_test_db: Whether an index may be created in a transaction that is rolled back.
        asked: Is called before each question to the planner: how many were asked, of how many.

    Raises:
        django.db.Error: The database cannot be asked for its indexes.
    """
    wanted = wanted_by(workload.statements or statements_of_models(connection), connection, app_labels)
    return judged(connection, wanted, rows=rows, apply_in_test_db=apply_in_test_db, asked=asked)


def judged(
    connection: BaseDatabaseWrapper,
    wanted: Wanted,
    *,
    rows: Mapping[str, int | None],
    apply_in_test_db: bool,
    asked: Callable[[int, int], None],
) -> tuple[Recommendation, ...]:
    """What becomes of the candidates of `wanted`; the arguments are those of `recommend_indexes`."""
    found = []
    with prover_for(connection, apply_in_test_db=apply_in_test_db) as prover:
        for number, candidate in enumerate(wanted.candidates):
            asked(number, len(wanted.candidates))
            advice = _proved(prover, candidate, rows.get(candidate.table))
            found.append(_judged(advice, wanted, rows.get(advice.table), connection.vendor))
    return tuple(found)


def _proved(prover: Prover, advice: Advice, rows: int | None) -> Advice:
    """`advice` with a proof, and the statement that proves it in front."""
    if rows is not None and rows < FEW_ROWS:
        return replace(advice, proof=Proof("unverified", why=_few(advice.table, rows)))
    first: Proof | None = None
    for access in advice.accesses[:_MOST_ASKED]:
        others = tuple(one for one in advice.accesses if one is not access)
        asking = replace(advice, accesses=(access, *others))
        proof = prover.prove(asking)
        if proof.verdict == "verified":
            return replace(asking, proof=proof)
        first = first or proof
    return advice if first is None else replace(advice, proof=first)


def _few(table: str, rows: int) -> str:
    if rows == 0:
        return f"the table {table} is empty here, so the planner's choice says nothing of a table with rows"
    few = counted(rows, "row")
    return f"the table {table} has {few} here, too few for a planner's choice to say anything of more"


def _judged(advice: Advice, wanted: Wanted, rows: int | None, vendor: str) -> Recommendation:
    writes = sum(access.statement.calls for access in wanted.accesses if _costs(access, advice))
    reads = sum({access.statement.shape_id: access.statement.calls for access in advice.accesses}.values())
    standing, reason = _standing(advice, writes, WRITE_COST.get(vendor, 0.0))
    if standing == "recommended" and vendor not in WRITE_COST and _reads_one_table(advice, wanted):
        too_much = _more_than_all_rows(rows, reads, writes)
        standing, reason = ("outweighed", too_much) if too_much else (standing, reason)
    there = wanted.indexes.get(advice.table, ())
    index = Index("", advice.table, advice.columns, condition=advice.condition, include=advice.include)
    replaces = tuple(one.name for one in there if not one.unique and covers(index, one))
    return Recommendation(advice, standing, reason, rows, len(there), reads, writes, replaces)


def _costs(access: Access, advice: Advice) -> bool:
    """Whether that write has to keep the index up to date: an update does when it names one of its columns."""
    if not access.writes or access.table != advice.table:
        return False
    is_update = access.statement.sql.lstrip().upper().startswith("UPDATE")
    return not is_update or bool({column.name for column in advice.columns} & set(access.columns))


def _reads_one_table(advice: Advice, wanted: Wanted) -> bool:
    """Whether each of its statements reads its table once: in a join, an index may save that many times."""
    tables = Counter(access.statement.shape_id for access in wanted.accesses)
    return all(tables[access.statement.shape_id] == 1 for access in advice.accesses)


def _more_than_all_rows(rows: int | None, reads: int, writes: int) -> str:
    """Why writes cost more than the index can save, even if it saved each read all rows; `""` if they do not."""
    if rows is None or not reads or writes * ROWS_A_WRITE <= rows * reads:
        return ""
    return (
        f"Even if it saved each of {reads:,} reads all of {rows:,} rows, {writes:,} writes would pay more for it, "
        f"about {ROWS_A_WRITE} rows each."
    )


def _standing(advice: Advice, writes: int, write_cost: float) -> tuple[Standing, str]:
    proof = advice.proof
    before, after = proof.before, proof.after
    if proof.verdict == "unverified" or before is None or after is None:
        return "unverified", f"{proof.why[:1].upper()}{proof.why[1:]}."
    if before.cost is None or after.cost is None:
        if proof.verdict == "ignored":
            return "ignored", "The planner does not use it."
        instead = shorten("; ".join(before.text.splitlines()), _LONGEST, placeholder=" …")
        return "recommended", f"The planner uses it in the place of: {instead}."
    costs = f"from {before.cost:,.1f} to {after.cost:,.1f}"
    if proof.verdict == "ignored":
        used = after.cost < before.cost
        return "ignored", f"The cost would go {costs}, too little." if used else "The planner does not use it."
    saved = before.cost - after.cost
    calls = advice.accesses[0].statement.calls
    if saved < write_cost:
        return "outweighed", (
            f"The cost would go {costs}, which saves a read less than it costs a write, about {write_cost:g}."
        )
    if calls and writes * write_cost > saved * calls:
        return "outweighed", (
            f"It would save {saved * calls:,.0f} in {calls:,} reads, and {writes:,} writes would pay about "
            f"{writes * write_cost:,.0f} for it."
        )
    return "recommended", f"The planner uses it: the cost goes {costs}."
