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


def count(address: str, side: str, endpoint: Endpoint) -> Counts:
    """Ask a few of the endpoint's paths on one side."""
    said = [_said(f"{address}/api/{side}/{path}") for path in endpoint.paths[:ASKED]]
    return Counts(mean(queries for queries, _ in said), *(max(column) for column in zip(*said, strict=True)))


def _said(url: str) -> tuple[int, int]:
    with urllib.request.urlopen(url, timeout=60) as response:
        header = response.headers["X-NPlusOne"]
    return tuple(int(re.search(rf"{name}=(\d+)", header)[1]) for name in ("queries", "findings"))
