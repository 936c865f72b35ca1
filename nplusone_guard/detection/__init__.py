"""From a scope to findings: pure functions, one module per kind.

Each detector looks at one `Loop` (the statements of one shape along one call path) and says whether it is its
kind. The first that says so takes the loop, in the order of `DETECTORS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

from ..attribution.declared import Declared
from ..codelines import Line
from ..findings import Finding, Kind, ShapeCount, finding_id
from ..ignore_comments import IgnoreComment
from ..loops import Loop
from ..rules import Rule
from ..scope import Scope
from ..suggestions import Fix, combined, fix_of
from . import duplicate_query, latent_n_plus_one, n_plus_one, write_in_loop
from .chains import path_to, steps_below
from .evidence import distinct_parameters, is_worked_off
from .meant import ignored_by, without
from .origins import origin_of
from .placing import culprit_of, place_of
from .problems import Problem, problems_in
from .severity import severity

__all__ = ["DETECTORS", "Detector", "detect", "finding_of", "ignored_by", "kind_of", "place_of", "shape_counts"]


class Detector(Protocol):
    """What a detector's module has."""

    KIND: Kind

    def applies(self, loop: Loop, thresholds: Mapping[str, int]) -> bool:
        """Whether `loop` is of this kind."""


DETECTORS: tuple[Detector, ...] = (write_in_loop, n_plus_one, duplicate_query)
WITH_LATENT: tuple[Detector, ...] = (*DETECTORS, latent_n_plus_one)


def kind_of(loop: Loop, scope: Scope, detectors: tuple[Detector, ...] = DETECTORS) -> Kind | None:
    """The kind of problem that `loop` is, `None` if it is none."""
    if loop.attribution.machinery or loop.attribution.relation == "prefetch" or is_worked_off(loop, scope):
        return None
    for detector in detectors:
        if detector.applies(loop, scope.watchfulness.thresholds):
            return detector.KIND
    return None


def detect(
    scope: Scope,
    ignore: Iterable[Rule] = (),
    excused: Callable[[Loop], bool] | None = None,
    on_ignored: Callable[[Rule | IgnoreComment, str], None] | None = None,
    *,
    latent: bool = False,
) -> tuple[Finding, ...]:
    """The findings of `scope`, worst first, without those that a rule in `ignore` or a comment covers.

    Loops that one fix ends become one finding; those whose fixes go on one query get one suggestion together.

    Args:
        scope: What ran.
        ignore: Findings that are not wanted.
        excused: Says of a loop that would be a finding whether it is none, after all: the loop of a test.
        on_ignored: Told of each rule or comment that ignores a loop, with the file it ignores it in.
        latent: Whether latent N+1s are findings too, where the scope looked for them (`Watchfulness.latent`).
    """
    rules = tuple(ignore)
    judged = []
    ignored = set()
    least = min(scope.watchfulness.thresholds.values())
    for loop in loops(scope):
        if loop.count < least and not (latent and loop.rows_loop is not None):
            continue
        kind = kind_of(loop, scope, WITH_LATENT if latent else DETECTORS)
        if kind is None or (excused is not None and excused(loop)):
            continue
        judged.append((loop, kind))
        for covering, path in ignored_by(loop, kind, scope, rules):
            ignored.add(id(loop))
            if on_ignored is None:
                break
            on_ignored(covering, path)
    # A latent one is part of what repeats, and never the other way round.
    judged.sort(key=lambda pair: pair[1] == latent_n_plus_one.KIND)
    # What is ignored still leads to what is not: `message.sender` to its profile.
    every = [loop for loop, _ in judged]
    kinds = {id(loop): kind for loop, kind in judged}
    left = [without(problem, ignored, kinds) for problem in problems_in(judged)]
    problems = [(problem, _fix_of(problem, every), origin_of(problem)) for problem in left if problem is not None]
    findings = [_finding(problem, fix, origin, scope) for problem, fix, origin in _with_combined_fixes(problems)]
    return tuple(sorted(findings, key=_worst_first))


def finding_of(loop: Loop, scope: Scope) -> Finding | None:
    """The finding that `loop` is by itself, `None` if it is none."""
    kind = kind_of(loop, scope)
    if kind is None:
        return None
    for problem in problems_in([(loop, kind)]):
        return _finding(problem, _fix_of(problem, [loop]), origin_of(problem), scope)
    return None


def _fix_of(problem: Problem, every: list[Loop]) -> Fix:
    attribution = problem.loop.attribution
    if attribution.relation == "lookup":
        below = steps_below(problem.loop, problem.loops, every)
        return fix_of(problem.kind, attribution, (), below)
    return combined(fix_of(problem.kind, one.attribution, path_to(one, every)) for one in problem.loops)


_Origin = Line | Declared | None


def _with_combined_fixes(
    problems: list[tuple[Problem, Fix, _Origin]],
) -> Iterator[tuple[Problem, Fix, _Origin]]:
    """Give the problems whose fixes go on one query one suggestion, to be pasted once."""
    by_origin: dict[object, list[Fix]] = {}
    for _, fix, origin in problems:
        if fix.goes_on_query:
            by_origin.setdefault(origin, []).append(fix)
    for problem, fix, origin in problems:
        shared = origin is not None and fix.goes_on_query
        yield problem, combined(by_origin[origin]) if shared else fix, origin


def _finding(problem: Problem, fix: Fix, origin: _Origin, scope: Scope) -> Finding:
    loop = problem.loop
    attribution = loop.attribution
    culprit, via = culprit_of(loop, scope.outside.opened_at)
    path, function = (culprit.path, culprit.name or culprit.function) if culprit else ("", "")
    count, db_time_ms, wasted_ms = 0, 0.0, 0.0
    for one in problem.loops:
        count += one.count
        db_time_ms += one.db_time * 1000
        wasted_ms += one.db_time * 1000 * (one.count - 1) / one.count
    labels = dict.fromkeys([one.attribution.label for one in problem.loops])
    return Finding(
        # What one row hides is the problem that two rows show, and has its id.
        id=finding_id(
            n_plus_one.KIND if problem.kind == latent_n_plus_one.KIND else problem.kind,
            attribution.label,
            path,
            function,
            loop.shape.id,
        ),
        kind=problem.kind,
        severity=severity(problem.kind, count, wasted_ms),
        label=attribution.label,
        through=tuple([label for label in labels if label != attribution.label]),
        culprit=culprit,
        origin=place_of(origin),
        count=count,
        distinct_parameters=max(distinct_parameters(one) for one in problem.loops),
        db_time_ms=round(db_time_ms, 3),
        wasted_ms=round(wasted_ms, 3),
        shape_id=loop.shape.id,
        sql=loop.shape.sql[: scope.watchfulness.sql_length],
        suggestion=str(fix),
        alias=loop.alias,
        vendor=loop.vendor,
        via=via,
    )


def loops(scope: Scope) -> list[Loop]:
    """The loops of `scope`, in the order they were first seen."""
    repetitions = [stats.repetition for stats in list(scope.shapes.values()) if stats.repetition is not None]
    return [loop for repetition in repetitions for loop in list(repetition.loops.values())]


def shape_counts(scope: Scope) -> tuple[ShapeCount, ...]:
    """The statements of `scope` by shape, the most frequent first."""
    length = scope.watchfulness.sql_length
    shapes = list(scope.shapes.items())
    places = {line: place_of(line) for line in {stats.line for _, stats in shapes}}
    counts = [
        ShapeCount(shape.id, shape.sql[:length], stats.count, round(stats.db_time * 1000, 3), places[stats.line])
        for shape, stats in shapes
    ]
    return tuple(sorted(counts, key=lambda one: -one.count))


def _worst_first(finding: Finding) -> tuple[int, float]:
    return -finding.count, -finding.wasted_ms
