"""What does a view answer with? Its queryset, what it reads of each row, and how many rows there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, get_resolver

from .loads import Loads
from .values import Read

__all__ = ["Response", "Routed", "routed_views"]


@dataclass(frozen=True, slots=True)
class Routed:
    """A view that a URL leads to.

    Attributes:
        route: The pattern, as a resolver match has it.
        callback: The view function.
    """

    route: str
    callback: Any


@dataclass(frozen=True, slots=True)
class Response:
    """What one action of a view answers with.

    Attributes:
        view: The dotted name of the view.
        route: Its URL pattern.
        action: Its action.
        many: Whether it shows a list of rows.
        loads: What its queryset loads.
        reads: What it reads of each row.
        sure: Whether its queryset is the same for every request: no condition stands where it is made.
        lost: The paths to the rows of which it may read whatever it likes; `None` where nothing is known of that.
    """

    view: str
    route: str
    action: str
    many: bool
    loads: Loads
    reads: tuple[Read, ...]
    sure: bool = True
    lost: frozenset[tuple[str, ...]] | None = None


def routed_views(urlconf: str | None = None) -> Iterator[Routed]:
    """The views that the URLs lead to, each with its first route."""
    yield from _below(get_resolver(urlconf).url_patterns, "")


def _below(patterns: Iterable[Any], prefix: str) -> Iterator[Routed]:
    for pattern in patterns:
        own = str(pattern.pattern)
        # As URLResolver does it, which drops the start of a regular expression behind something else.
        route = prefix + own.removeprefix("^") if prefix else own
        if isinstance(pattern, URLPattern):
            yield Routed(route, pattern.callback)
        else:
            yield from _below(pattern.url_patterns, route)
