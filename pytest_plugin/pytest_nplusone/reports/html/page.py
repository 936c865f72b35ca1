"""What is on the page? The verdict, the totals, the findings by endpoint, and what can be asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nplusone_guard.wording import counted

from .shown import ShownFinding, shown_finding
from .words import KINDS, STATUSES, kind_name, number

if TYPE_CHECKING:
    from ...results import Fixed, Result, Results

__all__ = ["Also", "Choice", "Group", "Page", "ShownFixed", "Total", "page_of"]

NO_ENDPOINT = "Outside of a request"


@dataclass(frozen=True, slots=True)
class Total:
    """One number of the strip on top.

    Attributes:
        name: What it counts.
        value: The number, spelled.
        note: A few words below it.
        link: What it links to, `""` for nothing.
        tone: The name of its colour.
    """

    name: str
    value: str
    note: str = ""
    link: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a menu: its value, what it says, and how many findings it leaves."""

    value: str
    name: str
    number: int


@dataclass(frozen=True, slots=True)
class Also:
    """A finding that stands elsewhere because there it has more statements: a link to it, with the count here."""

    shown: ShownFinding
    count: int


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one endpoint, in the order of the page."""

    name: str
    named: bool
    findings: tuple[ShownFinding, ...]
    also: tuple[Also, ...] = ()

    @property
    def facts(self) -> str:
        """How many there are, and what they waste."""
        wasted = sum(shown.result.wasted for shown in self.findings)
        own = f"{counted(len(self.findings), 'finding')}, {counted(wasted, 'statement')} to save"
        return own if self.findings else f"{counted(len(self.also), 'finding')} listed elsewhere"


@dataclass(frozen=True, slots=True)
class ShownFixed:
    """A fixed finding, with its kind as people call it."""

    fixed: Fixed
    kind: str
    count: str


@dataclass(frozen=True, slots=True)
class Page:
    """All that the template prints.

    Attributes:
        heading: The verdict, in a sentence.
        tone: The name of its colour.
        totals: The strip on top.
        worst: The finding that wastes the most statements.
        groups: The findings by endpoint.
        kinds: The menu of kinds, `statuses` that of statuses.
        number: How many findings there are.
    """

    results: Results
    heading: str
    tone: str
    totals: tuple[Total, ...]
    worst: ShownFinding | None
    groups: tuple[Group, ...]
    kinds: tuple[Choice, ...]
    statuses: tuple[Choice, ...]
    number: int
    fixed: tuple[ShownFixed, ...]


def page_of(results: Results) -> Page:
    """The page about `results`."""
    most_wasted = max((result.wasted for result in results.results), default=0)
    shown = [shown_finding(result, most_wasted) for result in results.results]
    heading, tone = _verdict(results)
    return Page(
        results=results,
        heading=heading,
        tone=tone,
        totals=tuple(_totals(results)),
        worst=max(shown, key=lambda one: one.result.wasted, default=None),
        groups=_by_endpoint(shown),
        kinds=_kinds(results),
        statuses=_statuses(shown, len(results.fixed)),
        number=len(shown),
        fixed=tuple(ShownFixed(one, kind_name(one.kind), number(one.count)) for one in results.fixed),
    )


def _verdict(results: Results) -> tuple[str, str]:
    failing, warnings, known = _sorts(results.results)
    if failing:
        return f"{counted(len(failing), 'finding')} {'fails' if len(failing) == 1 else 'fail'} this run", "fails"
    rest = [counted(len(warnings), "warning")] if warnings else []
    rest += [counted(len(known), "known finding")] if known else []
    if rest:
        return f"Nothing fails: {' and '.join(rest)}", "known"
    if not results.tests:
        return "No test was watched", "known"
    return f"No findings in {counted(results.tests, 'test')}", "fixed"


def _sorts(results: Sequence[Result]) -> tuple[list[Result], list[Result], list[Result]]:
    """The failing ones, the warnings, and the known."""
    known = [one for one in results if one.status == "known"]
    rest = [one for one in results if one.status != "known"]
    return [one for one in rest if one.fails], [one for one in rest if not one.fails], known


def _totals(results: Results) -> list[Total]:
    failing, warnings, known = _sorts(results.results)
    grown = sum(one.status == "grown" for one in failing)
    endpoints = {where for one in results.results for where in one.endpoints}
    note = f"{number(len(failing) - grown)} new, {number(grown)} grown" if results.baseline else ""
    totals = [Total("Failing", number(len(failing)), note, "#status=fails", "fails" if failing else "")]
    if warnings:
        totals.append(Total("Warnings", number(len(warnings)), "do not fail", "#status=warning", "warning"))
    if results.baseline:
        totals += [
            Total("Known", number(len(known)), "in the baseline", "#status=known"),
            Total("Fixed", number(len(results.fixed)), "since baseline", "#status=fixed", "fixed"),
        ]
    wasted = sum(one.wasted for one in results.results)
    return [
        *totals,
        Total("To save", number(wasted), f"statement{'' if wasted == 1 else 's'}"),
        Total("Endpoints", number(len(endpoints)), "affected"),
        Total("Tests", number(results.tests), "watched"),
    ]


def _by_endpoint(shown: Sequence[ShownFinding]) -> tuple[Group, ...]:
    """Each finding where it has the most statements, and a link to it from its other endpoints.

    The groups are in the order of their first finding, so that the page begins with the worst.
    """
    own: dict[str, list[ShownFinding]] = {}
    also: dict[str, list[Also]] = {}
    for one in shown:
        own.setdefault(one.endpoint, []).append(one)
        for where, count in one.endpoints[1:]:
            also.setdefault(where, []).append(Also(one, count))
    return tuple(
        Group(name or NO_ENDPOINT, bool(name), tuple(own.get(name, ())), tuple(also.get(name, ())))
        for name in {**own, **also}
    )


def _kinds(results: Results) -> tuple[Choice, ...]:
    kinds = [one.finding.kind for one in results.results] + [one.kind for one in results.fixed]
    order = [*KINDS, *sorted(set(kinds) - set(KINDS))]
    return tuple(Choice(kind, kind_name(kind), kinds.count(kind)) for kind in order if kind in kinds)


def _statuses(shown: Sequence[ShownFinding], fixed: int) -> tuple[Choice, ...]:
    all_of_them = [status for one in shown for status in one.statuses.split()] + ["fixed"] * fixed
    return tuple(
        Choice(status, name, all_of_them.count(status))
        for status, name in STATUSES.items()
        if status in all_of_them
    )
