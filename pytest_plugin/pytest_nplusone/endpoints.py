"""What is the endpoint that a request asked for? The same for every row it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nplusone_guard.scope import Scope

__all__ = ["endpoint_of"]


def endpoint_of(unit: Scope) -> str:
    """`GET /author/<int:pk>/` of the request that `unit` watched; a task, or what has no route, has its name."""
    route = unit.route
    if unit.kind != "request" or not route:
        return unit.name
    method, _, path = unit.name.partition(" ")
    # What looks like a regular expression is one of `re_path()`, or of a router of REST framework.
    if any(sign in route for sign in "^$("):
        from django.contrib.admindocs.utils import (  # noqa: PLC0415 — only where Django is
            remove_non_capturing_groups,
            replace_metacharacters,
            replace_named_groups,
            replace_unnamed_groups,
        )

        for simpler in (
            remove_non_capturing_groups,
            replace_named_groups,
            replace_unnamed_groups,
            replace_metacharacters,
        ):
            route = simpler(route)
    return f"{method} /{route.lstrip('/')}" if path else unit.name
