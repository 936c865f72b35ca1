"""How many statements does a request run? The guard's own header says so, asked of a server that sends it."""

from __future__ import annotations

import re
import urllib.request
from dataclasses import dataclass
from statistics import mean
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .scenario import Endpoint

ASKED = 5
"""Rows or pages of each endpoint; their numbers differ."""

LARGEST_PAGE = 100


@dataclass(frozen=True, slots=True)
class Counts:
    """The statements of one endpoint's requests.

    Attributes:
        average: Of all requests.
        most: Of one request.
        findings: The most findings of one request.
    """

    average: float
    most: int
    findings: int


def count(address: str, side: str, endpoint: Endpoint, *, page_size: int | None = None) -> Counts:
    """Ask a few of the endpoint's paths on one side."""
    said = []
    for path in endpoint.paths[:ASKED]:
        query = "" if page_size is None else f"{'&' if '?' in path else '?'}page_size={page_size}"
        # With a larger page there may be no second one.
        said.append(_said(f"{address}/api/{side}/{path.replace('page=2', 'page=1')}{query}"))
    return Counts(mean(queries for queries, _ in said), *(max(column) for column in zip(*said, strict=True)))


def _said(url: str) -> tuple[int, int]:
    with urllib.request.urlopen(url, timeout=60) as response:
        header = response.headers["X-NPlusOne"]
    return tuple(int(re.search(rf"{name}=(\d+)", header)[1]) for name in ("queries", "findings"))
