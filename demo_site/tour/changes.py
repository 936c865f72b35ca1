"""Which findings does one change end? Those with the same fix in the same place, wherever they were met."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nplusone_guard import Finding

    from .measuring import Comparison
    from .stops import Stop


@dataclass(slots=True)
class Change:
    """One fix.

    Attributes:
        findings: What it ends, as it was found at the first stop.
        stops: Where else these were found, the first stop included.
    """

    findings: list[Finding]
    stops: list[Stop] = field(default_factory=list)

    @property
    def suggestion(self) -> str:
        return self.findings[0].suggestion

    @property
    def origin(self) -> str:
        return str(self.findings[0].origin or "")

    @property
    def met_at(self) -> str:
        """The stops in words: `messages of a room, by thread; chat-rooms one`."""
        groups: dict[str, list[str]] = {}
        for stop in self.stops:
            groups.setdefault(stop.group, []).append(stop.action)
        return "; ".join(f"{group} {', '.join(actions)}" for group, actions in groups.items())


def changes_of(comparisons: Iterable[Comparison]) -> list[Change]:
    """The fixes of the naive side, in the order of the tour."""
    changes: dict[object, Change] = {}
    for comparison in comparisons:
        for fix, findings in _by_fix(comparison.naive.report.findings).items():
            found = tuple(sorted(finding.id for finding in findings))
            change = changes.setdefault((fix, found), Change(findings))
            change.stops.append(comparison.stop)
    return list(changes.values())


def _by_fix(findings: Iterable[Finding]) -> dict[object, list[Finding]]:
    grouped: dict[object, list[Finding]] = {}
    for finding in findings:
        grouped.setdefault((finding.suggestion, finding.origin), []).append(finding)
    return grouped
