"""Is each label true? What the scenarios themselves prove, without the guard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .measuring import FEW, MANY
from .scenario import Scenario

__all__ = ["untrue"]


def untrue(chosen: Iterable[Scenario], counts: Mapping[str, tuple[int, int]]) -> dict[str, str]:
    """What is wrong with the labels of scenarios, by their names.

    A problem's statements grow by one at least for each row. Those of a clean scenario do not grow, or, where it
    says that it works in chunks, by less than one a row: there are two items to each row, so that chunks of four
    or five of them, with one or two statements each, still are past the thresholds of the guard.
    """
    return {one.name: reason for one in chosen if (reason := _reason(one, *counts[one.name]))}


def _reason(scenario: Scenario, few: int, many: int) -> str:
    growth, rows = many - few, MANY - FEW
    if scenario.kind and growth < rows:
        return f"a problem whose statements do not grow with the rows: {few} and {many}"
    if scenario.kind and not scenario.culprits():
        return "a problem without a line marked as its culprit"
    if not scenario.kind and growth > 0 and not scenario.grows:
        return f"clean, but its statements grow with the rows: {few} and {many}"
    if scenario.grows and not 0 < growth < rows:
        return f"said to grow slowly with the rows, and does not: {few} and {many}"
    if not many:
        return "it runs no statement"
    return ""
