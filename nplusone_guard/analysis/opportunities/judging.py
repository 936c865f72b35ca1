"""What is read of each row, and not loaded with the rows? One `Opportunity` for what one place reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ...attribution.declared import Declared
from ...attribution.sources import line_of
from ...detection.placing import place_of
from ...findings import Place
from ...suggestions import Fix, combined, fix_of
from .responses import Response
from .values import CONFIDENCES, Confidence, Opportunity, Read

__all__ = ["Missing", "missing_of", "opportunities_of"]


@dataclass(frozen=True, slots=True)
class Missing:
    """What one place reads, one relation after the other, without its being loaded.

    Attributes:
        reads: The reads, the shortest path first.
        place: The place.
        filename: Its file, absolute.
        line: Its line.
    """

    reads: tuple[Read, ...]
    place: Place
    filename: str
    line: int

    @property
    def confidence(self) -> Confidence:
        """That of its surest read."""
        return min((read.confidence for read in self.reads), key=CONFIDENCES.index)

    @property
    def fix(self) -> Fix:
        """What ends it, for the queryset of the view."""
        return combined(fix_of("n_plus_one", read.attribution, read.steps) for read in self.reads)


def missing_of(response: Response) -> Iterator[Missing]:
    """What `response` loads row by row."""
    by_place: dict[tuple[str, int], list[Read]] = {}
    for read in response.reads:
        if _repeats(read, response) and not response.loads.serves(read):
            filename = read.place.filename
            line = line_of(read.place) if isinstance(read.place, Declared) else read.place.lineno
            by_place.setdefault((filename, line), []).append(read)
    taken: set[tuple[tuple[str, ...], str]] = set()
    for (filename, line), reads in by_place.items():
        for chain in _chains(reads):
            fresh = [read for read in chain if (read.path, _asked(read)) not in taken]
            taken.update((read.path, _asked(read)) for read in chain)
            # What another place has read is there.
            place = place_of(chain[-1].place) if fresh else None
            if place is not None:
                yield Missing(tuple(fresh), place, filename, line)


def _repeats(read: Read, response: Response) -> bool:
    return response.many or any(step.to_many for step in read.steps[:-1])


def _asked(read: Read) -> str:
    """A relation to one is there for who comes later; a count or a filter is asked again."""
    asked = read.attribution
    return f"{asked.operation} {asked.narrowing} {asked.aggregated}" if read.steps[-1].to_many else ""


def _chains(reads: list[Read]) -> Iterator[list[Read]]:
    """The reads of one place, put together where one begins with the path of another."""
    chains: list[list[Read]] = []
    for read in sorted(dict.fromkeys(reads), key=lambda one: len(one.steps)):
        for chain in chains:
            last = chain[-1]
            if read.path[: len(last.path)] == last.path and len(read.path) > len(last.path):
                chain.append(read)
                break
        else:
            chains.append([read])
    yield from chains


def opportunities_of(response: Response, missing: list[Missing]) -> Iterator[Opportunity]:
    """An `Opportunity` of each of `missing`, the surest first."""
    together = combined(one.fix for one in missing if one.confidence != "possible")
    for one in sorted(missing, key=lambda one: CONFIDENCES.index(one.confidence)):
        yield Opportunity(
            view=response.view,
            route=response.route,
            action=response.action,
            label=one.reads[0].attribution.label,
            through=tuple(read.attribution.label for read in one.reads[1:]),
            path="__".join(one.reads[-1].path),
            place=replace(one.place),
            suggestion=str(one.fix),
            confidence=one.confidence if response.sure else "possible",
            together=str(together),
        )
