"""Rows that were loaded ahead, and that nobody read.

Goal: in the end of a whole run of tests, name the relations that a `select_related()` or `prefetch_related()`
brought and no code looked at. Never of a part of it: one queryset serves many views, and one of them may need what
the others leave aside.

    Book.objects.select_related("author__publisher")     the line is the culprit
                                  │       └── no test reads it    library.Author.publisher
                                  └── one test reads it           used

What travels between the processes of a run is plain: an `EagerLoad` is equal in all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import astuple, dataclass
from typing import Any, NamedTuple

from ..eager import Ahead
from ..findings import Finding, Kind, Place, finding_id
from ..suggestions import Fix
from .placing import place_of

__all__ = ["KIND", "EagerLoad", "Unused", "eager_load_of", "unused"]

KIND: Kind = "unused_eager_load"


class EagerLoad(NamedTuple):
    """One relation that one line asked to be loaded ahead; see `nplusone_guard.eager.Ahead`.

    Attributes:
        call: `select_related`, `prefetch_related` or `prefetch_related_objects`.
        model: The label of the model whose rows the line queries.
        path: The relation, from there.
        lookup: The argument it came with, as code.
        label: The relation itself, on the model that declares it.
        place: The line, as the values of a `Place`.
    """

    call: str
    model: str
    path: str
    lookup: str
    label: str
    place: tuple[Any, ...]

    @classmethod
    def from_values(cls, values: Iterable[Any]) -> EagerLoad:
        """What a list of the same values, as a report carries it, stands for."""
        call, model, path, lookup, label, place = values
        return cls(call, model, path, lookup, label, tuple(place))


@dataclass(frozen=True, slots=True)
class Unused:
    """A finding, and the tests that loaded its rows.

    Attributes:
        finding: The finding.
        tests: By the test's name, how many queries brought such rows in it.
    """

    finding: Finding
    tests: Mapping[str, int]


def eager_load_of(ahead: Ahead) -> EagerLoad:
    """`ahead` as a value that is equal in every process of a run."""
    place = place_of(ahead.written) or Place("", 0)
    return EagerLoad(ahead.call, ahead.model, ahead.path, ahead.lookup, ahead.label, astuple(place))


def unused(
    loaded: Mapping[EagerLoad, Mapping[str, tuple[int, int]]], read: AbstractSet[EagerLoad]
) -> tuple[Unused, ...]:
    """What was loaded and not read, the most rows first.

    Args:
        loaded: What brought rows: by the test, in how many queries, and how many rows.
        read: What was read.
    """
    left = {load: tests for load, tests in loaded.items() if load not in read}
    by_top: dict[EagerLoad, list[EagerLoad]] = {}
    for load in sorted(left, key=lambda one: (one.path.count("__"), one.path, one.lookup)):
        top = next((one for one in by_top if _is_below(load, one)), load)
        by_top.setdefault(top, []).append(load)
    by_id: dict[str, list[list[EagerLoad]]] = {}
    for loads in by_top.values():
        by_id.setdefault(_id(loads[0]), []).append(loads)
    found = [_unused(one, left, {*loaded, *read}) for one in by_id.values()]
    found.sort(key=lambda one: (-one[1], one[0].finding.label, one[0].finding.id))
    return tuple(one for one, _ in found)


def _is_below(load: EagerLoad, top: EagerLoad) -> bool:
    """Whether `load` comes with `top`, and goes with it."""
    return _is_of_same_call(load, top) and f"{load.path}__".startswith(f"{top.path}__")


def _is_of_same_call(one: EagerLoad, other: EagerLoad) -> bool:
    return (one.call, one.model, one.place) == (other.call, other.model, other.place)


def _id(load: EagerLoad) -> str:
    place = Place(*load.place)
    return finding_id(
        KIND, load.label, place.path, f"{place.function or place.name} {load.call} {load.model} {load.path}", ""
    )


def _unused(
    groups: list[list[EagerLoad]],
    left: Mapping[EagerLoad, Mapping[str, tuple[int, int]]],
    every: AbstractSet[EagerLoad],
) -> tuple[Unused, int]:
    """The finding of one fix, and how many rows were in vain; a group is what hangs on one relation of a line."""
    top = groups[0][0]
    place = Place(*top.place)
    tests: dict[str, int] = {}
    rows = 0
    for loads in groups:
        for test, (times, _) in left[loads[0]].items():
            tests[test] = tests.get(test, 0) + times
        rows += sum(number for load in loads for _, number in left[load].values())
    finding = Finding(
        id=_id(top),
        kind=KIND,
        severity="warning",
        label=top.label,
        culprit=place,
        origin=place,
        count=sum(tests.values()),
        distinct_parameters=0,
        db_time_ms=0.0,
        wasted_ms=0.0,
        shape_id="",
        sql="",
        suggestion=str(_fix(groups[0], rows, sum(tests.values()), every)),
        through=tuple(dict.fromkeys(load.label for load in groups[0] if load.label != top.label)),
    )
    return Unused(finding, tests), rows


def _fix(loads: list[EagerLoad], rows: int, times: int, every: AbstractSet[EagerLoad]) -> Fix:
    """Take the lookups out; shorten those that begin with relations which are read."""
    top = loads[0]
    lookups = tuple(dict.fromkeys(load.lookup for load in loads))
    before = top.path.rpartition("__")[0]
    kept = f'"{before}"'
    # What comes before it may have been asked for by itself, or with another call.
    nearer = [one.lookup for one in every if one.path == before and _is_of_same_call(one, top)]
    if nearer and kept not in nearer:
        advice = f"{kept} instead of {' and '.join(lookups)} in {top.call}()"
    else:
        advice = f"remove {' and '.join(lookups)} from {top.call}()"
    what = "row" if rows == 1 else "rows"
    how = "joined" if top.call == "select_related" else f"in {times} {'query' if times == 1 else 'queries'}"
    return Fix(advice=advice, remark=f"{rows} {what} {how}, none read")
