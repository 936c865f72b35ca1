"""The guide: what was judged, as Markdown. Every figure in it is one of those that were found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

__all__ = ["guide"]

_NO_DIFFERENCE = 1.1
"""An index without which a statement costs less than this many times as much makes no difference."""

_INTRODUCTION = """# The demo site's indexes, judged

This page is written by `python -m benchmarks.audit`, from what the parts of `analyze_queries` find; nothing in it was written by
hand. Two lists had been: that of the [71 named indexes](index-names.md), and that of eleven recommendations.

What an index is for is told by the plans of statements: those of the requests of `manage.py demo`, recorded as in staging
("observed"), and those that models, admin and API declare: orders, filters, searches, look-ups ("declared"). PostgreSQL's cost of
a statement stands beside its cost without the index, or without all that do the same; SQLite's planner tells no cost. A copy of
the database was asked.

| | {names} |
|---|{lines}|
| rows | {rows} |
| statements observed | {observed} |
| statements declared | {declared} |
"""

_CLASSES = {
    "redundant": "another index does its work",
    "needed": "statements use it, and on PostgreSQL one costs at least a tenth more without it",
    "no difference": "a statement uses it, and costs about the same without it",
    "unused": "no statement uses it, though nothing else does its work",
}


def guide(sqlite: dict[str, Any], postgresql: dict[str, Any]) -> str:
    """The whole page."""
    both = (sqlite, postgresql)
    introduction = _INTRODUCTION.format(
        names=" | ".join(one["version"].partition(" (")[0] for one in both),
        lines="|".join("---:" for _ in both),
        **{key: " | ".join(f"{one[key]:,}" for one in both) for key in ("rows", "observed", "declared")},
    )
    lines = [introduction, *_recommendations(sqlite, postgresql), "", *_indexes(sqlite, postgresql), ""]
    return "\n".join(lines)


def _recommendations(sqlite: dict[str, Any], postgresql: dict[str, Any]) -> Iterator[str]:
    yield "## The eleven recommendations"
    yield ""
    yield "| recommended | there already | statements that use it on SQLite | on PostgreSQL | cost there, and without | so |"
    yield "|---|---|---|---|---:|---|"
    for there, here in zip(sqlite["recommendations"], postgresql["recommendations"], strict=True):
        unique = " unique" if here["unique"] else ""
        name = f"`{here['model'].partition('.')[2]}({', '.join(here['fields'].split())})`{unique}"
        if not here["exists"]:
            yield f"| {name} | the model is not on the platform | | | | nothing to do |"
            continue
        covered = ", ".join(f"`{one}`" for one in dict.fromkeys(here["covered_by"])) or "no"
        use = here["use"]
        yield (
            f"| {name} | {covered} | {_users(there['use'])} | {_users(use)} | {_costs(use)} | "
            f"{_so(here, covered)} |"
        )


def _so(one: dict[str, Any], covered: str) -> str:
    """The conclusion."""
    use = one["use"]
    if covered == "no":
        return "missing" if use["observed"] or use["declared"] else "not needed"
    useful = "needed" if _gain(use) >= _NO_DIFFERENCE else "there, and of no use"
    needless = [name for name in one["needless"] if name.endswith("_idx")]
    drop = f"; `{'`, `'.join(needless)}` is the same again" if needless else ""
    return f"{useful}: do not add another{drop}"


def _indexes(sqlite: dict[str, Any], postgresql: dict[str, Any]) -> Iterator[str]:
    here = {one["name"]: one for one in postgresql["indexes"]}
    there = {one["name"]: one for one in sqlite["indexes"]}
    counts = [
        Counter(_class(one, is_sqlite) for one in every.values()) for every, is_sqlite in ((there, 1), (here, 0))
    ]
    yield f"## The {len(here)} named indexes"
    yield ""
    yield "| class | SQLite | PostgreSQL | what that means |"
    yield "|---|---:|---:|---|"
    for name, meaning in _CLASSES.items():
        yield f"| {name} | {counts[0][name]} | {counts[1][name]} | {meaning} |"
    for name in _CLASSES:
        yield from _of_class(name, here, there)


def _of_class(name: str, here: dict[str, Any], there: dict[str, Any]) -> Iterator[str]:
    found = [one for one in here.values() if _class(one, False) == name]
    if not found:
        return
    yield ""
    yield f"### On PostgreSQL: {name} ({len(found)})"
    yield ""
    yield "| index | columns | on SQLite | statements | for | cost, and without |"
    yield "|---|---|---|---|---|---:|"
    for one in found:
        on_sqlite = _class(there[one["name"]], True)
        what = f"`{one['covered_by']}`" if one["covered_by"] else _place(one["use"])
        costs = "" if name == "redundant" else _costs(one["use"])
        columns = f"{one['model']} ({one['columns']})"
        yield f"| `{one['name']}` | {columns} | {on_sqlite} | {_users(one['use'])} | {what} | {costs} |"


def _class(one: dict[str, Any], is_sqlite: bool) -> str:
    if one["class"] == "needed" and not is_sqlite and _gain(one["use"]) < _NO_DIFFERENCE:
        return "no difference"
    return str(one["class"])


def _gain(use: dict[str, Any]) -> float:
    """How many times as much the statement costs without."""
    return 0.0 if use["cost"] is None else float(use["without"] / max(use["cost"], 0.01))


def _users(use: dict[str, Any]) -> str:
    told = [f"{use[kind]} {kind}" for kind in ("observed", "declared") if use[kind]]
    return ", ".join(told) or "none"


def _place(use: dict[str, Any]) -> str:
    place = str(use["place"]).removeprefix("demo_site/")
    return f"`{place}`" if place else ("a statement that ran once in its request" if use["example"] else "")


def _costs(use: dict[str, Any]) -> str:
    return "" if use["cost"] is None else f"{use['cost']:,.1f} → {use['without']:,.1f}"
