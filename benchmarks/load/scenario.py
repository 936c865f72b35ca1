"""Who asks for what? The list and the single rows of the six viewsets, in an order that a seed decides."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGES = (1, 2)
LARGEST_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The numbers of the rows that are asked for."""

    students: list[int]
    submissions: list[int]
    messages: list[int]
    materials: list[int]
    rooms: list[int]
    reports: list[int]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One action of a viewset.

    Attributes:
        name: As in the report.
        kind: `list` or `detail`.
        paths: What is asked for, after `/api/naive/` or `/api/optimized/`.
    """

    name: str
    kind: str
    paths: list[str]


def endpoints(rows: Rows) -> list[Endpoint]:
    """The twelve, lists first."""
    singles = {
        "students": rows.students,
        "submissions": rows.submissions,
        "messages": rows.messages,
        "materials": rows.materials,
        "chat-rooms": rows.rooms,
        "reports": rows.reports,
    }
    lists = {viewset: [f"{viewset}/?page={page}" for page in PAGES] for viewset in singles}
    lists["messages"] = [f"messages/?room={room}" for room in rows.rooms]
    return [
        *(Endpoint(f"{viewset}, list", "list", paths) for viewset, paths in lists.items()),
        *(
            Endpoint(f"{viewset}, one", "detail", [f"{viewset}/{number}/" for number in numbers])
            for viewset, numbers in singles.items()
        ),
    ]


def widened(every: list[Endpoint], page_size: int) -> list[Endpoint]:
    """The same with lists of `page_size` rows, from the first page: there may be no second one."""
    return [
        replace(endpoint, paths=[_widened(path, page_size) for path in endpoint.paths])
        if endpoint.kind == "list"
        else endpoint
        for endpoint in every
    ]


def _widened(path: str, page_size: int) -> str:
    address, _, query = path.partition("?")
    kept = {name: value for name, value in parse_qsl(query) if name != "page"}
    return f"{address}?{urlencode({**kept, 'page_size': page_size})}"


def walk(every: list[Endpoint], seed: str) -> Iterator[tuple[str, str]]:
    """What one user asks for, without end: the endpoint's name and the path. The same for the same seed."""
    random = Random(seed)
    while True:
        endpoint = random.choice(every)
        yield endpoint.name, random.choice(endpoint.paths)
