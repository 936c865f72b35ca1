"""What was done to the rows of a related manager? As code, without values: `filter(active=…).order_by("name")`."""

from __future__ import annotations

from typing import Any

from django.db.models.expressions import OrderBy
from django.db.models.lookups import Lookup

__all__ = ["narrowing_of"]

_SORTING = frozenset({"latest", "earliest", "last"})
"""Operations that sort, so that prefetched rows do not serve them; `first` does where the rows have no order."""


def narrowing_of(queryset: Any, operation: str, *, own_conditions: int) -> str:
    """What the project did to `queryset` before it was asked for.

    Args:
        queryset: Made by a related manager.
        operation: What it was asked for.
        own_conditions: How many conditions the manager itself sets.
    """
    query = queryset.query
    steps = [_condition(one) for one in query.where.children[own_conditions:]]
    joined = query.select_related
    if joined:
        names = ", ".join(f'"{name}"' for name in joined) if isinstance(joined, dict) else ""
        steps.append(f"select_related({names})")
    if query.order_by:
        steps.append(f"order_by({', '.join(map(_ordering, query.order_by))})")
    elif operation in _SORTING or (operation == "first" and not queryset.ordered):
        steps.append("order_by(…)")
    if query.is_sliced:
        code = ".".join(steps) or "all()"
        return f"{code}[:…]"
    return ".".join(steps)


def _condition(node: Any) -> str:
    if getattr(node, "negated", False):
        inner = [_compared(one) for one in node.children]
        return f"exclude({', '.join(inner)})"
    if isinstance(node, Lookup):
        return f"filter({_compared(node)})"
    return "filter(…)"


def _compared(lookup: Any) -> str:
    target = getattr(getattr(lookup, "lhs", None), "target", None)
    if target is None:
        return "…"
    suffix = "" if lookup.lookup_name == "exact" else f"__{lookup.lookup_name}"
    return f"{target.name}{suffix}=…"


def _ordering(field: Any) -> str:
    if isinstance(field, str):
        return f'"{field}"'
    if isinstance(field, OrderBy):
        name = getattr(field.expression, "name", None)  # of an F
        return f'"{"-" if field.descending else ""}{name}"' if name else "…"
    return "…"
