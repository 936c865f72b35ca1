"""What does a scope that has closed add to a workload? Its shapes, with what is known of each at its depth.

A light scope knows the database and the lines of what repeated, a deep one of everything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache

from django.db import connections
from django.db.utils import load_backend

from ..attribution.declared import Declared
from ..attribution.sources import line_of
from ..codelines import Line, relative_path
from ..fingerprint import Shape
from ..loops import Loop, ShapeStats
from ..scope import Scope
from .tally import RecordedShape

__all__ = ["recorded_shapes", "shapes_of_its_own"]

_KEPT = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE"})
"""What reads or writes rows; the rest steers a transaction or a session."""


def recorded_shapes(scope: Scope) -> Iterator[RecordedShape]:
    """All that ran in `scope`, and in the scopes inside it. Whoever calls holds the scope's lock."""
    vendors = _vendors()
    for shape, stats in scope.shapes.items():
        if shape.operation in _KEPT:
            yield from _by_alias(shape, stats, scope.by_alias_of(stats), _loops(stats), vendors)


def shapes_of_its_own(scope: Scope, wanted: Callable[[Line | None], bool]) -> Iterator[RecordedShape]:
    """What ran in a deep `scope` itself, outside of the scopes inside it.

    Args:
        scope: The scope, whose lock the caller holds.
        wanted: Says of the first line of the project that ran a shape whether the shape is of interest.
    """
    vendors = _vendors()
    for shape, stats in scope.shapes.items():
        loops, own, calls = _loops(stats), ShapeStats(0.0), Counter[str]()
        own.came, own.site = stats.came, stats.site
        for loop in loops:
            own.count, own.db_time = own.count + loop.count, own.db_time + loop.db_time
            calls[loop.alias] += loop.count
        if stats.unlooked_first is not None:  # it is in no loop
            alias, _ = stats.unlooked_first
            own.count, own.db_time = own.count + 1, own.db_time + (stats.first or 0.0)
            calls[alias] += 1
        if own.count and shape.operation in _KEPT and wanted(own.line):
            yield from _by_alias(shape, own, calls, loops, vendors)


def _loops(stats: ShapeStats) -> list[Loop]:
    return list(stats.repetition.loops.values()) if stats.repetition is not None else []


def _by_alias(
    shape: Shape, stats: ShapeStats, known: Mapping[str, int] | None, loops: list[Loop], vendors: dict[str, str]
) -> Iterator[RecordedShape]:
    calls = Counter[str | None](known or {})
    places: dict[str | None, Counter[str]] = {}
    for loop in loops:
        if known is None:
            calls[loop.alias] += loop.count
        if loop.culprit is not None:
            places.setdefault(loop.alias, Counter())[_spelled(loop.culprit)] += loop.count
    unknown = stats.count - calls.total()
    if unknown > 0:
        calls[_only_one(calls) or _only_one(vendors)] += unknown
    for alias, count in calls.items():
        there = places.get(alias, Counter())
        if stats.line is not None and count > there.total():
            there[_spelled(stats.line)] += count - there.total()
        vendor = vendors.get(alias) if alias is not None else _only_one(vendors.values())
        share = stats.db_time * 1000 * count / max(stats.count, 1)
        yield RecordedShape(shape.id, shape.sql, alias, vendor, count, share, dict(there))


def _only_one(names: Iterable[str | None]) -> str | None:
    different = set(names)
    return different.pop() if len(different) == 1 else None


def _vendors() -> dict[str, str]:
    """The vendor of each alias, from its class: no connection is made."""
    return {
        alias: load_backend(connections.settings[alias]["ENGINE"]).DatabaseWrapper.vendor for alias in connections
    }


@lru_cache(maxsize=2_000)
def _spelled(place: Line | Declared) -> str:
    number = place.lineno if isinstance(place, Line) else line_of(place)
    return f"{relative_path(place.filename)}:{number}"
