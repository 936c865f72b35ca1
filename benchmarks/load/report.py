"""The tables: on the terminal, and in `results/load.md` with what was measured, where and how."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from rich.table import Table

from .figures import Figures, error_texts, extra, figures, processor_milliseconds, server_milliseconds
from .measuring import BOTH, LISTS, SIDES, VARIANTS, WIDE, Measured, Plan
from .phases import TIMEOUT_SECONDS
from .scenario import LARGEST_PAGE
from .server import WORKERS
from .targets import judged

if TYPE_CHECKING:
    from pathlib import Path

    from .phases import Outcome

Section = tuple[str, str, list[str], list[list[str]]]
"""Title, explanation, header, rows."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """Under which it was measured.

    Attributes:
        machine: Its size and the versions.
        commit: The code.
        load_average: How many processes wanted a processor before the first of ours did.
        minutes: How long it took.
    """

    machine: str
    commit: str
    load_average: float
    minutes: float


def tables(measured: Measured, plan: Plan) -> list[Table]:
    """For the terminal."""
    made = []
    for title, _explanation, header, rows in _sections(measured, plan):
        table = Table(title=title)
        for number, name in enumerate(header):
            table.add_column(name, justify="right" if number else "left")
        for row in rows:
            table.add_row(*row)
        made.append(table)
    return made


def write(measured: Measured, plan: Plan, conditions: Conditions, path: Path) -> None:
    """As Markdown."""
    parts = [
        "# The demo site under load",
        _where(conditions, measured),
        _how(plan),
    ]
    for title, explanation, header, rows in _sections(measured, plan):
        lines = [header, ["---"] + ["---:"] * (len(header) - 1), *rows]
        parts += [f"## {title}", explanation, "\n".join(f"| {' | '.join(line)} |" for line in lines)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n\n".join(part for part in parts if part) + "\n", encoding="utf-8")


def _where(conditions: Conditions, measured: Measured) -> str:
    turns = [
        measured.patient,
        *chain(
            *measured.alone.values(),
            *measured.crowd.values(),
            *measured.list_crowd.values(),
            *measured.wide_crowd.values(),
        ),
    ]
    others = 100 * sum(turn.other_seconds for turn in turns) / sum(turn.seconds for turn in turns)
    return (
        f"Written by `make bench-load` in {conditions.minutes:.0f} minutes, at commit {conditions.commit}, on "
        f"{conditions.machine}. Before it, the load average was {conditions.load_average:.1f}; during it, "
        f"processes that had nothing to do with it took {others:.0f} % of a processor."
    )


def _how(plan: Plan) -> str:
    return (
        f"Gunicorn with {WORKERS} synchronous workers, DEBUG off, the database seeded `--size {plan.size}`, "
        "connections to it kept. Locust's users, the site and the database share the machine. Users ask for the "
        f"list and for single rows of the six viewsets by chance (seed {plan.seed}, the same for both sides), "
        "without having signed in; both sides answer the same. On the optimized side each worker counts the rows "
        "of a list once a minute. The turns of a round alternate; "
        f"{plan.warm_up_seconds:g} s at the start of each are not counted. Times are milliseconds."
    )


def _sections(measured: Measured, plan: Plan) -> list[Section]:
    return [
        _targets(measured),
        _statements(measured),
        _alone(measured),
        _list_crowd(measured, plan),
        _crowd(measured, plan),
        _wide_crowd(measured, plan),
        _processors(measured),
        _guard(measured, plan),
        _patient(measured, plan),
    ]


def _targets(measured: Measured) -> Section:
    rows = [[target.what, target.wanted, target.measured, target.verdict] for target in judged(measured)]
    return "Targets", "", ["", "wanted", "measured", "met"], rows


def _statements(measured: Measured) -> Section:
    rows = []
    for endpoint in measured.endpoints:
        naive, optimized = (measured.counts[side][endpoint.name] for side in SIDES)
        wide = measured.wide_counts.get(endpoint.name)
        rows.append(
            [
                endpoint.name,
                f"{naive.average:.1f}",
                f"{optimized.average:.1f}",
                f"{(1 - optimized.average / naive.average) * 100:.0f} %",
                "–" if wide is None else str(wide.most),
                f"{naive.findings} → {optimized.findings}",
            ]
        )
    header = ["", "naive", "optimized", "fewer", "optimized, page of 100", "findings"]
    explanation = (
        "As the guard's header `X-NPlusOne` says, on average over some rows or pages of 20, with nothing in the "
        "cache."
    )
    return "Statements of a request", explanation, header, rows


def _alone(measured: Measured) -> Section:
    rows = []
    for name, names in _groups(measured).items():
        naive, optimized = (figures(measured.alone[side], names) for side in SIDES)
        rows.append([name, *_pairs(naive, optimized), _times(naive.p50, optimized.p50)])
    header = ["", "p50", "p95", "p99", "p50, times faster"]
    explanation = "Nobody waits for anybody: what an answer takes by itself, without the guard. Naive → optimized."
    return "One user at a time", explanation, header, rows


def _list_crowd(measured: Measured, plan: Plan) -> Section:
    explanation = (
        f"{plan.users} at a time, {plan.rounds} rounds of {plan.seconds:g} s, without the guard. They keep the "
        f"{WORKERS} workers busy, so most of a time is spent in the queue, which all endpoints of a side share. "
        "Naive → optimized."
    )
    header, rows = _compared(measured, LISTS)
    return f"{plan.users} users without think time, lists", explanation, header, rows


def _crowd(measured: Measured, plan: Plan) -> Section:
    explanation = (
        "The same, but every second request is for a single row. On the naive side its answer waits behind lists "
        "that take long, and the lists wait less."
    )
    header, rows = _compared(measured, BOTH)
    return f"{plan.users} users, lists and single rows", explanation, header, rows


def _wide_crowd(measured: Measured, plan: Plan) -> Section:
    explanation = (
        f"The same, but each list is asked for with {LARGEST_PAGE} rows rather than 20: what a row costs on the "
        "naive side is a multiple, what a request costs on both sides is the same."
    )
    header, rows = _compared(measured, WIDE)
    return f"{plan.users} users, single rows and lists of {LARGEST_PAGE}", explanation, header, rows


def _compared(measured: Measured, asked: str) -> tuple[list[str], list[list[str]]]:
    """The header, and a row for each endpoint and for each group that a crowd asked for."""
    crowd = measured.crowds[asked]
    rows = []
    for name, names in _groups(measured, lists_only=asked == LISTS).items():
        naive, optimized = (figures(crowd[side], names) for side in SIDES)
        rows.append(
            [
                name,
                f"{naive.per_second:.1f} → {optimized.per_second:.1f}",
                *_pairs(naive, optimized),
                f"{naive.errors} → {optimized.errors}",
                _times(optimized.per_second, naive.per_second),
                _times(naive.p95, optimized.p95),
            ]
        )
    header = ["", "answers/s", "p50", "p95", "p99", "errors", "answers/s, times more", "p95, times faster"]
    return header, rows


def _processors(measured: Measured) -> Section:
    rows = []
    for asked, crowd in measured.crowds.items():
        naive, optimized = (processor_milliseconds(crowd[side]) for side in SIDES)
        for who in naive:
            row = [f"{who}, {asked}", f"{naive[who]:.2f} → {optimized[who]:.2f}"]
            rows.append([*row, _times(naive[who], optimized[who])])
    explanation = (
        "Processor milliseconds for an answer to those users, of all who share the machine. With all processors "
        "busy, they decide how many answers a second there are, and with it how long everybody waits."
    )
    return "Whose time an answer takes", explanation, ["", "naive → optimized", "times less"], rows


def _guard(measured: Measured, plan: Plan) -> Section:
    everything = _groups(measured)["all"]
    rows = []
    for side, guard in VARIANTS:
        rounds = measured.crowd[side, guard]
        whole = figures(rounds, everything)
        row = [f"{side}, guard {guard}", f"{whole.per_second:.1f}", f"{whole.p50:.0f}", f"{whole.p95:.0f}"]
        mean = sum(outcome.server_seconds for outcome in rounds) * 1000 / max(whole.answers, 1)
        row.append(f"{mean:.2f}")
        row.append("–" if guard == "off" else _cost(rounds, measured.crowd[side, "off"]))
        rows.append(row)
    header = ["", "answers/s", "p50", "p95", "processor ms an answer", "more than off"]
    explanation = (
        f"The {plan.users} users who ask for lists and single rows. The processor time is that of the site's "
        "workers, which other processes disturb less than the clock. How much more it is with the guard is "
        "compared within each round: the median, the least and the most. On the naive side the guard finds, "
        "words and logs the N+1 queries of each request."
    )
    return "What the guard costs a request", explanation, header, rows


def _patient(measured: Measured, plan: Plan) -> Section:
    rounds = [measured.patient]
    rows = []
    for name, names in _groups(measured).items():
        one = figures(rounds, names)
        rows.append(
            [
                name,
                f"{one.per_second:.1f}",
                *(f"{time:.0f}" for time in (one.p50, one.p95, one.p99)),
                str(one.errors),
            ]
        )
    least, most = plan.thinking_seconds
    own, site = (
        seconds / measured.patient.seconds * 100
        for seconds in (measured.patient.users_seconds, measured.patient.server_seconds)
    )
    explanation = (
        f"On the optimized side with the guard, for {plan.patient_seconds:g} s. Each thinks for {least:g} to "
        f"{most:g} s after an answer, and gives up a request after {TIMEOUT_SECONDS} s. With 100 % for each "
        f"processor, the users' own process took {own:.0f} %, the site's workers {site:.0f} %."
    )
    texts = error_texts(rounds)
    if texts:
        explanation += " Errors: " + "; ".join(f"{count} × {text}" for text, count in texts.most_common(3)) + "."
    header = ["", "answers/s", "p50", "p95", "p99", "errors"]
    return f"{plan.patient_users:,} users who think", explanation, header, rows


def _groups(measured: Measured, *, lists_only: bool = False) -> dict[str, list[str]]:
    """Each endpoint, the lists, the single rows, and all."""
    if lists_only:
        names = [endpoint.name for endpoint in measured.endpoints if endpoint.kind == "list"]
        return {**{name: [name] for name in names}, "all lists": names}
    names = [endpoint.name for endpoint in measured.endpoints]
    kinds = {
        title: [endpoint.name for endpoint in measured.endpoints if endpoint.kind == kind]
        for title, kind in (("all lists", "list"), ("all single rows", "detail"))
    }
    return {**{name: [name] for name in names}, **kinds, "all": names}


def _pairs(naive: Figures, optimized: Figures) -> list[str]:
    pairs = [(naive.p50, optimized.p50), (naive.p95, optimized.p95), (naive.p99, optimized.p99)]
    return [f"{before:.0f} → {after:.0f}" for before, after in pairs]


def _times(larger: float, smaller: float) -> str:
    return f"{larger / smaller:.1f} ×" if smaller else "–"


def _cost(on: list[Outcome], off: list[Outcome]) -> str:
    cost = extra(
        [server_milliseconds(outcome) for outcome in on], [server_milliseconds(outcome) for outcome in off]
    )
    return f"{cost.middle:+.1f} % ({cost.least:+.1f} to {cost.most:+.1f})"
