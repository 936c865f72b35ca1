"""From a scope to findings: pure functions, one module per kind.

Each detector looks at one `Loop` (the statements of one shape along one call path) and says whether it is its
kind. The first that says so takes the loop, in the order of `DETECTORS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Protocol

from ..callpath import Line, relative_path, source_line
from ..findings import Finding, Kind, Place, ShapeCount, finding_id
from ..rules import Rule
from ..scope import Loop, Scope
from ..suggestions import suggest
from . import duplicate_query, n_plus_one, write_in_loop
from .chains import path_to
from .severity import severity

__all__ = ["DETECTORS", "Detector", "detect", "finding_of", "kind_of", "place_of", "shape_counts"]


class Detector(Protocol):
    """What a detector's module has."""

    KIND: Kind

    def applies(self, loop: Loop, thresholds: Mapping[str, int]) -> bool:
        """Whether `loop` is of this kind."""


DETECTORS: tuple[Detector, ...] = (write_in_loop, n_plus_one, duplicate_query)


def kind_of(loop: Loop, scope: Scope) -> Kind | None:
    """The kind of problem that `loop` is, `None` if it is none."""
    if loop.attribution.machinery or loop.attribution.relation == "prefetch":
        return None
    for detector in DETECTORS:
        if detector.applies(loop, scope.watchfulness.thresholds):
            return detector.KIND
    return None


def detect(
    scope: Scope, ignore: Iterable[Rule] = (), excused: Callable[[Loop], bool] | None = None
) -> tuple[Finding, ...]:
    """The findings of `scope`, worst first, without those that a rule in `ignore` covers.

    Two loops with one id have one fix and become one finding.

    Args:
        scope: What ran.
        ignore: Findings that are not wanted.
        excused: Says of a loop that would be a finding whether it is none, after all: the loop of a test.
    """
    rules = tuple(ignore)
    found: dict[str, Finding] = {}
    for loop in loops(scope):
        finding = finding_of(loop, scope)
        if finding is None or is_ignored(finding, scope, rules) or (excused is not None and excused(loop)):
            continue
        before = found.get(finding.id)
        found[finding.id] = finding if before is None else _merged(before, finding)
    return tuple(sorted(found.values(), key=_worst_first))


def finding_of(loop: Loop, scope: Scope) -> Finding | None:
    """The finding that `loop` is, `None` if it is none."""
    kind = kind_of(loop, scope)
    if kind is None:
        return None
    culprit = place_of(loop.culprit)
    attribution = loop.attribution
    db_time_ms = loop.db_time * 1000
    wasted_ms = db_time_ms * (loop.count - 1) / loop.count
    sql = loop.shape.sql[: scope.watchfulness.sql_length]
    path, function = (culprit.path, culprit.function) if culprit else ("", "")
    return Finding(
        id=finding_id(kind, attribution.label, path, function, loop.shape.id),
        kind=kind,
        severity=severity(kind, loop.count, wasted_ms),
        label=attribution.label,
        culprit=culprit,
        origin=None,
        count=loop.count,
        distinct_parameters=len(loop.parameters),
        db_time_ms=round(db_time_ms, 3),
        wasted_ms=round(wasted_ms, 3),
        shape_id=loop.shape.id,
        sql=sql,
        suggestion=suggest(kind, attribution, path_to(loop, loops(scope))),
        alias=loop.alias,
        vendor=loop.vendor,
    )


def is_ignored(finding: Finding, scope: Scope, rules: Iterable[Rule]) -> bool:
    """Whether one of `rules` covers `finding`."""
    path = finding.culprit.path if finding.culprit else ""
    return any(
        rule.matches(label=finding.label, kind=finding.kind, path=path, route=scope.route) for rule in rules
    )


def loops(scope: Scope) -> list[Loop]:
    """The loops of `scope`, in the order they were first seen."""
    repetitions = [stats.repetition for stats in list(scope.shapes.values()) if stats.repetition is not None]
    return [loop for repetition in repetitions for loop in list(repetition.loops.values())]


def shape_counts(scope: Scope) -> tuple[ShapeCount, ...]:
    """The statements of `scope` by shape, the most frequent first."""
    length = scope.watchfulness.sql_length
    counts = [
        ShapeCount(shape.id, shape.sql[:length], stats.count, round(stats.db_time * 1000, 3), place_of(stats.line))
        for shape, stats in list(scope.shapes.items())
    ]
    return tuple(sorted(counts, key=lambda one: -one.count))


def place_of(line: Line | None) -> Place | None:
    """`line` as people see it: relative to the project, with its text."""
    if line is None:
        return None
    return Place(relative_path(line.filename), line.lineno, line.function, source_line(line))


def _merged(one: Finding, other: Finding) -> Finding:
    count = one.count + other.count
    wasted_ms = round(one.wasted_ms + other.wasted_ms, 3)
    return replace(
        one,
        severity=severity(one.kind, count, wasted_ms),
        count=count,
        distinct_parameters=max(one.distinct_parameters, other.distinct_parameters),
        db_time_ms=round(one.db_time_ms + other.db_time_ms, 3),
        wasted_ms=wasted_ms,
    )


def _worst_first(finding: Finding) -> tuple[int, float]:
    return -finding.count, -finding.wasted_ms
