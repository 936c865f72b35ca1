"""What do the answers' times come to? Percentiles, rates and ratios, of all rounds of a phase together."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import ceil
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .phases import Outcome


@dataclass(frozen=True, slots=True)
class Figures:
    """What one endpoint, or all of them, did.

    Attributes:
        answers: How many there were.
        errors: How many requests failed or were not answered in time.
        per_second: Answers a second.
        p50: Half of the answers took at most so many milliseconds.
        p95: 95 of 100.
        p99: 99 of 100.
    """

    answers: int
    errors: int
    per_second: float
    p50: float
    p95: float
    p99: float


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest of the values that so many percent are not above; not a number if there are none."""
    if not values:
        return float("nan")
    return sorted(values)[max(ceil(len(values) * percent / 100), 1) - 1]


def figures(rounds: Iterable[Outcome], names: Iterable[str]) -> Figures:
    """Of the endpoints called `names` together."""
    rounds, names = list(rounds), list(names)
    times = [time for outcome in rounds for name in names for time in outcome.milliseconds.get(name, ())]
    errors = sum(sum(outcome.errors.get(name, {}).values()) for outcome in rounds for name in names)
    return Figures(
        answers=len(times),
        errors=errors,
        per_second=len(times) / sum(outcome.seconds for outcome in rounds),
        p50=percentile(times, 50),
        p95=percentile(times, 95),
        p99=percentile(times, 99),
    )


@dataclass(frozen=True, slots=True)
class Spread:
    """What was found within each round.

    Rounds are compared within themselves: what slows the machine down for minutes slows both of a round.

    Attributes:
        middle: The median of the rounds.
        least: Of the rounds.
        most: Of the rounds.
    """

    middle: float
    least: float
    most: float


def p95_times(slower: Sequence[Outcome], faster: Sequence[Outcome], names: Sequence[str]) -> Spread:
    """How many times the p95 of one side is that of the other, of the endpoints called `names`."""
    times = [
        figures([one], names).p95 / figures([other], names).p95 for one, other in zip(slower, faster, strict=True)
    ]
    return _spread(times)


def error_texts(rounds: Iterable[Outcome]) -> Counter[str]:
    """What went wrong, and how often."""
    texts: Counter[str] = Counter()
    for outcome in rounds:
        for errors in outcome.errors.values():
            texts.update(errors)
    return texts


def server_milliseconds(outcome: Outcome) -> float:
    """The processor time the site took for one answer."""
    answers = sum(len(times) for times in outcome.milliseconds.values())
    return outcome.server_seconds * 1000 / answers if answers else float("nan")


def processor_milliseconds(rounds: Sequence[Outcome]) -> dict[str, float]:
    """The processor time that everybody took for one answer, by whom and `all`."""
    answers = sum(len(times) for outcome in rounds for times in outcome.milliseconds.values())
    seconds = {
        "the site's workers": sum(outcome.server_seconds for outcome in rounds),
        "the database": sum(outcome.database_seconds for outcome in rounds),
        "the users": sum(outcome.users_seconds for outcome in rounds),
    }
    seconds["all"] = sum(seconds.values())
    return {who: spent * 1000 / answers if answers else float("nan") for who, spent in seconds.items()}


def extra(more: Sequence[float], less: Sequence[float]) -> Spread:
    """How much more one thing took than another, in percent."""
    return _spread([(one / other - 1) * 100 for one, other in zip(more, less, strict=True)])


def _spread(values: Sequence[float]) -> Spread:
    return Spread(median(values), min(values), max(values))
