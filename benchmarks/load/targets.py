"""What was wanted of the optimized side, and did it come about?"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from .figures import figures, p95_times
from .measuring import LISTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .measuring import Measured

LIST_STATEMENTS = 4
DETAIL_STATEMENTS = 5
FEWER_PERCENT = 90
P95_MILLISECONDS = {"list": 100, "detail": 80}
TIMES_BETTER = 5
"""What counts instead of milliseconds on a machine too small for them."""

NAMES = {"list": "lists", "detail": "single rows"}


@dataclass(frozen=True, slots=True)
class Target:
    """One line of the table."""

    what: str
    wanted: str
    measured: str
    verdict: str


def judged(measured: Measured) -> list[Target]:
    """Each target."""
    return [*_statements(measured), *_p95(measured), *_patient(measured)]


def _statements(measured: Measured) -> Iterator[Target]:
    optimized, naive = measured.counts["optimized"], measured.counts["naive"]
    lists = [*_names(measured, "list")]
    most = max(*(optimized[name].most for name in lists), *(measured.wide_counts[name].most for name in lists))
    yield _target(
        "statements of a list, pages of 20 and of 100", f"at most {LIST_STATEMENTS}", most, most <= LIST_STATEMENTS
    )
    most = max(optimized[name].most for name in _names(measured, "detail"))
    yield _target("statements of a single row", f"at most {DETAIL_STATEMENTS}", most, most <= DETAIL_STATEMENTS)
    fewer = min((1 - optimized[name].average / naive[name].average) * 100 for name in lists)
    yield _target(
        "fewer statements than naive, each list",
        f"at least {FEWER_PERCENT} %",
        f"{fewer:.1f} % (the least)",
        fewer >= FEWER_PERCENT,
    )


def _p95(measured: Measured) -> Iterator[Target]:
    for (asked, crowd), (kind, wanted) in product(measured.crowds.items(), P95_MILLISECONDS.items()):
        if asked == LISTS and kind != "list":
            continue
        names = _names(measured, kind)
        milliseconds = figures(crowd["optimized"], names).p95
        times = p95_times(crowd["naive"], crowd["optimized"], names)
        yield _target(
            f"p95 of {NAMES[kind]}, many users without think time who ask for {asked}",
            f"under {wanted} ms, or {TIMES_BETTER} × better than naive on a machine too small for it",
            f"{milliseconds:.0f} ms, {times.middle:.1f} × better ({times.least:.1f} to {times.most:.1f} by round)",
            milliseconds < wanted or times.middle >= TIMES_BETTER,
        )


def _patient(measured: Measured) -> Iterator[Target]:
    rounds = [measured.patient]
    for kind, wanted in P95_MILLISECONDS.items():
        milliseconds = figures(rounds, _names(measured, kind)).p95
        yield _target(
            f"p95 of {NAMES[kind]}, many more users who think",
            f"under {wanted} ms",
            f"{milliseconds:.0f} ms",
            milliseconds < wanted,
        )
    one = figures(rounds, measured.patient.milliseconds.keys() | measured.patient.errors.keys())
    yield _target(
        "many more users who think",
        "no error, no time-out",
        f"{one.errors} errors in {one.answers + one.errors:,} requests",
        not one.errors and one.answers > 0,
    )


def _target(what: str, wanted: str, measured: object, met: bool) -> Target:
    return Target(what, wanted, str(measured), "yes" if met else "no")


def _names(measured: Measured, kind: str) -> list[str]:
    return [endpoint.name for endpoint in measured.endpoints if endpoint.kind == kind]
