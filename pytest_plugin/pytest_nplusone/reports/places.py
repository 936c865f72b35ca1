"""Where is a finding marked? On a line of the repository, as code scanning and pull requests show no other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from nplusone_guard.findings import Place

from ..repository import in_repository
from ..results import Result

__all__ = ["marked", "related"]


def marked(result: Result) -> Place | None:
    """The line to mark, its path relative to the repository: the culprit where that lies in the repository.

    Otherwise what is declared around it, then the query that loads the rows, then the file of the first test that
    saw it. `None` only where no test saw it and no line is known.
    """
    return next(_candidates(result), None)


def related(result: Result) -> dict[str, Place]:
    """The other lines of the repository that matter, by what they are: `the rows are loaded here`."""
    finding = result.finding
    told = {
        "the rows are loaded here": finding.origin,
        "this declaration leads to it": finding.via,
        "the query is sent here": finding.culprit,
    }
    mark = marked(result)
    found = {text: _placed(place) for text, place in told.items()}
    return {text: place for text, place in found.items() if place is not None and place != mark}


def _candidates(result: Result) -> Iterator[Place]:
    finding = result.finding
    for place in (finding.culprit, finding.via, finding.origin):
        found = _placed(place)
        if found is not None:
            yield found
    for test in result.tests:
        path = in_repository(test.partition("::")[0])
        if path:
            yield Place(path, 1)


def _placed(place: Place | None) -> Place | None:
    path = in_repository(place.path) if place is not None else ""
    return replace(place, path=path) if place is not None and path else None
