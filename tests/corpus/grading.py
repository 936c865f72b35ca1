"""Compares what the guard says about a scenario with what is right, and adds the grades up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from nplusone_guard import Finding
from nplusone_guard.findings import Place

from .running import Depth
from .scenario import FOLDER, Scenario

__all__ = ["FIGURES", "Grade", "failures", "figures", "grade"]

FIGURES = ("precision", "recall", "labels", "culprits", "origins", "suggestions")
_BASE = FOLDER.parent.parent


@dataclass(frozen=True, slots=True)
class Grade:
    """How the guard did on one scenario at one depth.

    Attributes:
        scenario: The scenario.
        depth: How closely the guard looked.
        best: The finding that is about the problem, `None` if there is none.
        wrong: Findings that should not be there.
        label: Whether the label is right; this and the next are `False` too where the problem was missed.
        culprit: Whether the line is.
        origin: Whether the origin is, `None` where the scenario marks none.
        suggestion: Whether the suggestion is.
    """

    scenario: Scenario
    depth: Depth
    best: Finding | None = None
    wrong: tuple[Finding, ...] = ()
    label: bool = False
    culprit: bool = False
    origin: bool | None = None
    suggestion: bool = False


def grade(scenario: Scenario, depth: Depth, findings: Iterable[Finding]) -> Grade:
    """The grade for having found `findings` in `scenario`."""
    findings = list(findings)
    candidates = [finding for finding in findings if finding.kind == scenario.kind]
    best = max(candidates, key=lambda finding: _likeness(scenario, finding), default=None)
    wrong = tuple(finding for finding in findings if finding is not best and finding.label not in scenario.also)
    if best is None:
        return Grade(scenario, depth, None, wrong)
    origins = scenario.origins()
    return Grade(
        scenario,
        depth,
        best,
        wrong,
        label=best.label in scenario.labels,
        culprit=_is_at(best.culprit, scenario.culprits()),
        origin=_is_at(best.origin, origins) if origins else None,
        suggestion=_has_all(best.suggestion, scenario.suggestion),
    )


def _likeness(scenario: Scenario, finding: Finding) -> tuple[bool, bool, int]:
    return (
        finding.label in scenario.labels,
        _is_at(finding.culprit, scenario.culprits()),
        finding.count,
    )


def _is_at(place: Place | None, marked: frozenset[tuple[str, int]]) -> bool:
    if place is None:
        return False
    path = (_BASE / place.path).as_posix()
    return any(path == (FOLDER / other).as_posix() and place.line == line for other, line in marked)


def _has_all(suggestion: str, wanted: Iterable[str]) -> bool:
    return all(any(text in suggestion for text in alternatives.split(" | ")) for alternatives in wanted)


def figures(grades: Iterable[Grade]) -> dict[str, float | None]:
    """The figures of `grades`, in per cent; `None` where there is nothing to take a share of.

    Precision is the share of all findings that are right; a second finding about one problem is a wrong one.
    Recall is the share of the problems that were found. The others are shares of what was found.
    """
    grades = list(grades)
    problems = [one for one in grades if one.scenario.kind]
    found = [one for one in problems if one.best is not None]
    wrong = sum(len(one.wrong) for one in grades)
    return {
        "precision": _share(len(found), len(found) + wrong),
        "recall": _share(len(found), len(problems)),
        "labels": _share(sum(one.label for one in found), len(found)),
        "culprits": _share(sum(one.culprit for one in found), len(found)),
        "origins": _share(
            sum(one.origin is True for one in found), sum(bool(one.scenario.origins()) for one in found)
        ),
        "suggestions": _share(sum(one.suggestion for one in found), len(found)),
    }


def _share(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None


def failures(one: Grade) -> list[tuple[str, str]]:
    """What is not right about a grade: the cause in a word, and what was said instead."""
    scenario, best = one.scenario, one.best
    said: list[tuple[str, str]] = []
    if scenario.kind and best is None:
        said.append(("miss", f"wanted {scenario.kind} {scenario.labels[0]}"))
    cause = "extra" if scenario.kind else "false alarm"
    said.extend((cause, f"{finding.kind} {finding.label} × {finding.count}") for finding in one.wrong)
    if best is None:
        return said
    if not one.label:
        said.append(("label", f"{best.label}, wanted {' or '.join(scenario.labels)}"))
    if one.origin is False:
        said.append(("origin", f"{best.origin}, wanted {_listed(scenario.origins())}"))
    if not one.culprit:
        said.append(("culprit", f"{best.culprit}, wanted {_listed(scenario.culprits())}"))
    if not one.suggestion:
        said.append(("suggestion", f"{best.suggestion!r}, wanted {' and '.join(scenario.suggestion)}"))
    return said


def _listed(marked: Iterable[tuple[str, int]]) -> str:
    return " or ".join(f"{path}:{line}" for path, line in sorted(marked)) or "a marked line"


def as_row(one: Grade) -> dict[str, Any]:
    """A grade as JSON-ready values."""
    return {
        "scenario": one.scenario.name,
        "theme": one.scenario.theme,
        "kind": one.scenario.kind,
        "depth": one.depth,
        "found": one.best is not None,
        "label": one.label,
        "culprit": one.culprit,
        "origin": one.origin,
        "suggestion": one.suggestion,
        "failures": [f"{cause}: {text}" for cause, text in failures(one)],
    }
