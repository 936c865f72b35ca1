"""Which statements grow with the data, and how fast? Read from runs of the same code over more and more rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nplusone_guard.detection import loops
from nplusone_guard.detection.evidence import is_batched

if TYPE_CHECKING:
    from nplusone_guard.findings import Finding, ShapeCount
    from nplusone_guard.scope import Scope

__all__ = ["Growing", "Growth", "Run", "Varying", "chunked_shapes", "growth_in"]

_STEEPEST_CHUNKS = 0.5
"""Statements a row. A list that is loaded in chunks takes two rows or more with each statement; one that is loaded
for each row is an N+1, lists or not."""

_CHUNKS = "the same load, its IN list cut in chunks"
_STEP = "a step, and no slope: at most once at each size"
_UP_AND_DOWN = "up and down, and no more in the end"


@dataclass(frozen=True, slots=True)
class Run:
    """The block, run once.

    Attributes:
        rows: How many rows were made for it.
        statements: How many statements it ran.
        shapes: These by shape.
        findings: What it found, the worst first.
        chunked: The ids of the shapes that load lists in chunks.
    """

    rows: int
    statements: int
    shapes: tuple[ShapeCount, ...]
    findings: tuple[Finding, ...] = ()
    chunked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Growing:
    """A shape that ran more often the more rows there were.

    Attributes:
        shape: The shape, as the last run that had it counted it.
        counts: How often it ran, run by run.
        slope: Statements for each row more.
        finding: What the detector says about it, in the run with the most rows.
    """

    shape: ShapeCount
    counts: tuple[int, ...]
    slope: float
    finding: Finding | None = None


@dataclass(frozen=True, slots=True)
class Varying:
    """A shape that did not run equally often, and still does not grow.

    Attributes:
        shape: The shape, as the last run that had it counted it.
        counts: How often it ran, run by run.
        reason: Why that is not growth, in words.
    """

    shape: ShapeCount
    counts: tuple[int, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Growth:
    """That the number of statements grows.

    Attributes:
        rows: How many rows there were, run by run.
        statements: How many statements ran, run by run.
        slope: Statements for each row more.
        growing: The shapes that grow, the steepest first.
        varying: The shapes that vary without growing.
    """

    rows: tuple[int, ...]
    statements: tuple[int, ...]
    slope: float
    growing: tuple[Growing, ...]
    varying: tuple[Varying, ...]


def chunked_shapes(scope: Scope) -> frozenset[str]:
    """The ids of the shapes of `scope` that load lists in chunks, and do nothing else more than once."""
    repeated = [loop for loop in loops(scope) if loop.count > 1]
    others = {loop.shape.id for loop in repeated if not is_batched(loop)}
    return frozenset(loop.shape.id for loop in repeated) - others


def growth_in(runs: Sequence[Run]) -> Growth | None:
    """What grows from the first of `runs` to the last, `None` if the number of statements does not.

    It grows when the run with the most rows did more than one with fewer: then the first may have done more than
    its share, filling caches. Lists that are cut in chunks do not count.
    """
    rows = tuple(run.rows for run in runs)
    growing: list[Growing] = []
    varying: list[Varying] = []
    finding = {one.shape_id: one for one in reversed(runs[-1].findings)}
    chunks = [0] * len(runs)
    for shape_id, shape in _shapes(runs).items():
        counts = tuple(_count(run, shape_id) for run in runs)
        slope = _slope(rows, counts)
        if slope > 0 and shape_id in runs[-1].chunked and slope <= _STEEPEST_CHUNKS:
            varying.append(Varying(shape, counts, _CHUNKS))
            chunks = [before + count for before, count in zip(chunks, counts, strict=True)]
        elif slope > 0:
            growing.append(Growing(shape, counts, slope, finding.get(shape_id)))
        elif len(set(counts)) > 1:
            varying.append(Varying(shape, counts, _UP_AND_DOWN))
    statements = tuple(run.statements for run in runs)
    slope = _slope(rows, tuple(total - chunk for total, chunk in zip(statements, chunks, strict=True)))
    if slope <= 0:
        return None
    growing, steps = _without_steps(growing)
    growing.sort(key=lambda one: -one.slope)
    return Growth(rows, statements, slope, tuple(growing), (*varying, *steps))


def _shapes(runs: Sequence[Run]) -> dict[str, ShapeCount]:
    return {shape.id: shape for run in runs for shape in run.shapes}


def _count(run: Run, shape_id: str) -> int:
    return next((shape.count for shape in run.shapes if shape.id == shape_id), 0)


def _slope(rows: Sequence[int], counts: Sequence[int]) -> float:
    """Statements for each row more, from the run with the fewest to the last; 0 if that did no more."""
    least = min(counts[:-1])
    begin = max(index for index, count in enumerate(counts[:-1]) if count == least)
    return max((counts[-1] - least) / (rows[-1] - rows[begin]), 0)


def _without_steps(growing: list[Growing]) -> tuple[list[Growing], list[Varying]]:
    """Tell what runs once from some size on from what repeats, unless the growth is of many such statements."""
    steps = [one for one in growing if max(one.counts) == 1]
    if len(steps) == len(growing):
        return growing, []
    explained = [Varying(one.shape, one.counts, _STEP) for one in steps]
    return [one for one in growing if max(one.counts) > 1], explained
