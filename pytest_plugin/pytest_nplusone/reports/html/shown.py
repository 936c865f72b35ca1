"""What does the page show of one finding? Values that the template prints as they are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.safestring import SafeString

from nplusone_guard.wording import counted

from ...meant import comment_for, marker_for
from ...sources import SourceLine, source_lines
from ...statements import one_line, without_columns
from .sql import sql_as_html
from .words import KINDS, breakable, kind_name, number

if TYPE_CHECKING:
    from nplusone_guard.findings import Finding, Place

    from ...results import Result, Seen

__all__ = ["ShownFinding", "ShownPlace", "ShownTest", "shown_finding"]

_MOST_TESTS_OPEN = 8  # of the chart: what one takes in at a glance
_MOST_TESTS = 100  # a finding in shared code is seen by thousands, and a browser has to hold the page
_MOST_ENDPOINTS = 50
_MANY_COLUMNS = 120  # characters: two lines of the page


@dataclass(frozen=True, slots=True)
class ShownPlace:
    """A place in the code.

    Attributes:
        role: What it has to do with the finding, as a heading.
        at: File and line.
        function: The function around it.
        name: What is declared there.
        loop: The loop around it, unless its line is among those shown.
        lines: The source.
    """

    role: str
    at: str
    function: str
    name: str
    loop: str
    lines: tuple[SourceLine, ...]


@dataclass(frozen=True, slots=True)
class ShownTest:
    """A bar of the chart.

    Attributes:
        test: The test's node id.
        where: The request or task.
        count: How many statements, spelled.
        share: Of the most, in percent.
    """

    test: SafeString
    where: str
    count: str
    share: int


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding, ready to be printed.

    Attributes:
        result: The result that it shows.
        badge: Its status in a word, and `tone` the name of the word's colour.
        statuses: What it is found by in the menu, with spaces between.
        note: Beside the count: what the baseline has, or how much could be saved.
        share: Its wasted statements, in percent of the most wasteful.
        endpoints: Where it was seen, with the most statements there.
        tests: The chart, `more_tests` what goes below it folded, `tests_left` how many were left out.
    """

    result: Result
    badge: str
    tone: str
    statuses: str
    note: str
    share: int
    endpoints: tuple[tuple[str, int], ...]
    places: tuple[ShownPlace, ...]
    tests: tuple[ShownTest, ...]
    more_tests: tuple[ShownTest, ...]
    tests_left: int

    @property
    def finding(self) -> Finding:
        """The finding itself."""
        return self.result.finding

    @property
    def anchor(self) -> str:
        """What a link to it ends with, behind the `#`."""
        return f"finding-{self.finding.id}"

    @property
    def title(self) -> SafeString:
        """What is repeated."""
        return breakable(self.finding.title)

    @property
    def fix(self) -> SafeString:
        """The suggestion, for a narrow place."""
        return breakable(self.finding.suggestion)

    @property
    def kind(self) -> str:
        """What people call its kind."""
        return kind_name(self.finding.kind)

    @property
    def meaning(self) -> str:
        """What its kind means."""
        return KINDS[self.finding.kind][1] if self.finding.kind in KINDS else ""

    @property
    def count(self) -> str:
        """How many statements there were at most."""
        return number(self.finding.count)

    @property
    def number_of_tests(self) -> str:
        """How many tests saw it, in words."""
        return counted(len(self.result.tests), "test")

    @property
    def endpoints_as_json(self) -> str:
        """For the script: `[["GET /authors/", 40]]`."""
        return json.dumps(self.endpoints, ensure_ascii=False)

    @property
    def endpoint(self) -> str:
        """Where there were the most statements, `""` in no request."""
        return self.endpoints[0][0] if self.endpoints else ""

    @property
    def origin(self) -> str:
        """The line the fix goes to, `""` when it is not known."""
        return str(self.finding.origin) if self.finding.origin else ""

    @property
    def sql(self) -> SafeString:
        """The statement without its columns, marked up."""
        return sql_as_html(self._brief_sql)

    @property
    def whole_sql(self) -> str:
        """The statement with its columns, marked up; `""` where they are few enough to be in `sql`."""
        whole = one_line(self.finding.sql)
        return "" if whole == self._brief_sql else sql_as_html(whole)

    @property
    def _brief_sql(self) -> str:
        whole, brief = one_line(self.finding.sql), without_columns(self.finding.sql)
        return brief if len(whole) - len(brief) > _MANY_COLUMNS else whole

    @property
    def marker(self) -> str:
        """What lets it pass in one test."""
        return marker_for(self.finding)

    @property
    def comment(self) -> str:
        """What lets it pass on its line."""
        return comment_for(self.finding)

    @property
    def database(self) -> str:
        """Where the statements ran, and how long they took: `default (sqlite), 10 ms`."""
        vendor = f" ({self.finding.vendor})" if self.finding.vendor else ""
        return f"{self.finding.alias}{vendor}, {self.finding.db_time_ms:,.1f} ms in this test"


def shown_finding(result: Result, most_wasted: int) -> ShownFinding:
    """`result` as the page shows it, beside one of `most_wasted` statements."""
    badge, tone, statuses = _standing(result)
    seen = result.seen
    highest = max((one.count for one in seen), default=0)
    bars = tuple(_bar(one, highest) for one in seen[:_MOST_TESTS])
    return ShownFinding(
        result=result,
        badge=badge,
        tone=tone,
        statuses=" ".join(statuses),
        note=_note(result),
        share=_percent(result.wasted, most_wasted),
        endpoints=_endpoints(result),
        places=tuple(_places(result.finding)),
        tests=bars[:_MOST_TESTS_OPEN],
        more_tests=bars[_MOST_TESTS_OPEN:],
        tests_left=max(len(seen) - _MOST_TESTS, 0),
    )


def _standing(result: Result) -> tuple[str, str, tuple[str, ...]]:
    if result.status == "known":
        return "Known", "known", ("known",)
    if not result.fails:
        return "Warning", "warning", (result.status, "warning")
    return result.status.capitalize(), "fails", (result.status, "fails")


def _note(result: Result) -> str:
    if result.status == "grown" and result.recorded is not None:
        return f"was {result.recorded:,}"
    return f"saves {result.wasted:,}" if result.wasted else ""


def _places(finding: Finding) -> Iterator[ShownPlace]:
    if finding.culprit is not None:
        role = "Loaded ahead here" if finding.kind == "unused_eager_load" else "Repeated here"
        yield _place(role, finding.culprit)
    if finding.via is not None:
        yield _place("Asked for by", finding.via, around=0)
    if finding.origin is not None and str(finding.origin) != str(finding.culprit):
        yield _place("Rows loaded here", finding.origin, around=0)


def _place(role: str, place: Place, **how: int) -> ShownPlace:
    lines = source_lines(place, **how)
    loop = place.loop.rpartition(", line ")[0] or place.loop
    loop_shown = any(loop in line.text for line in lines)
    name = "" if any(place.name in line.text for line in lines) else place.name
    return ShownPlace(role, str(place), place.function, name, "" if loop_shown else place.loop, lines)


def _bar(seen: Seen, highest: int) -> ShownTest:
    return ShownTest(breakable(seen.test), seen.where, number(seen.count), _percent(seen.count, highest))


def _endpoints(result: Result) -> tuple[tuple[str, int], ...]:
    counts: dict[str, int] = {}
    for seen in result.seen:
        if seen.where:
            counts[seen.where] = max(seen.count, counts.get(seen.where, 0))
    return tuple(counts.items())[:_MOST_ENDPOINTS]


def _percent(part: int, whole: int) -> int:
    """At least 1 where there is something: a bar that cannot be seen says that there is nothing."""
    return max(round(100 * part / whole), 1) if whole and part else 0
