"""What does a look-up on a manager ask for, and does it take rows one at a time or in pages?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from django.db.models.expressions import Col
from django.db.models.lookups import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    IExact,
    In,
    LessThan,
    LessThanOrEqual,
    Range,
)

from ..fingerprint import Shape
from .model import Attribution, Relation

__all__ = [
    "aggregated_by",
    "is_for_unique_row",
    "manager_name",
    "of_manager",
    "page_of",
    "page_of_sql",
    "unique_row",
]

_SLICED = re.compile(r"\b(?:LIMIT|FETCH FIRST|TOP) ")
_COMPARED = re.compile(r" (?:=|IN|LIKE) (?=[?(])")


def of_manager(relation: Relation, queryset: Any, operation: str, manager: Any) -> Attribution:
    """A look-up or write of `queryset`, begun at `manager`."""
    model = queryset.model
    name = manager_name(model, manager)
    field_name, unique = _looked_up_field(queryset)
    shown = operation
    if operation in ("iterate", "slice", "iterator"):
        shown = "filter" if queryset.query.where else "all"
    return Attribution(
        label=f"{model._meta.label}.{name}.{shown}()",
        relation=relation,
        model=model._meta.label,
        name=name,
        operation=shown,
        lookup=field_name,
        lookup_is_unique=unique,
    )


def manager_name(model: Any, manager: Any) -> str:
    """What the project calls the manager."""
    name = getattr(manager, "name", None)
    return str(name or model._default_manager.name)


def aggregated_by(variables: Mapping[str, Any]) -> str:
    """The first function of an `aggregate()` and its field, `Avg("score")`; `""` where there is none."""
    expressions = [*(variables.get("args") or ()), *(variables.get("kwargs") or {}).values()]
    if not expressions:
        return ""
    sources = getattr(expressions[0], "source_expressions", None) or [None]
    field = getattr(sources[0], "name", "…")
    return f'{type(expressions[0]).__name__}("{field}")'


def unique_row(queryset: Any) -> int | None:
    """The `row_key` of the one row that a look-up by primary key asks for, `None` for any other look-up."""
    for condition in _conditions(queryset):
        target = getattr(getattr(condition, "lhs", None), "target", None)
        if target is not None and target.primary_key and isinstance(condition, Exact):
            return _hash((queryset.model._meta.concrete_model, condition.rhs))
    return None


def is_for_unique_row(queryset: Any, query: Any) -> bool:
    """Whether the conditions for equality of a queryset leave one row at most: what they compare is unique.

    Args:
        queryset: The queryset.
        query: Its `query`, which is a property with a function behind it.
    """
    where = getattr(query, "where", None)  # raw SQL has none
    children = () if where is None else where.children
    if not children or query.combinator:
        return False
    model = queryset.model._meta.concrete_model
    compared = []
    # Most often it is one condition, and this is asked of each query in tests.
    is_one = len(children) == 1 and isinstance(children[0], Exact)
    for condition in children if is_one else _conditions(queryset):
        column = getattr(condition, "lhs", None)
        # Not a transform of a field, nor a field of another table: `filter(author__id=1)`.
        if type(column) is not Col or not isinstance(condition, Exact):
            continue
        field = column.target
        if column.alias == model._meta.db_table and field.model._meta.concrete_model is model:
            if field.unique:
                return True
            compared.append(field.name)
    return bool(compared) and any(names.issubset(compared) for names in _unique_names(model))


@lru_cache(maxsize=1_000)
def _unique_names(model: Any) -> tuple[frozenset[str], ...]:
    """The fields of `model`, each set of which is unique together."""
    options = model._meta
    found = [frozenset({field.name}) for field in options.local_concrete_fields if field.unique]
    found += [frozenset(names) for names in options.unique_together]
    # One with a condition says nothing of the rows that it leaves out.
    found += [frozenset(one.fields) for one in options.total_unique_constraints if one.fields]
    return tuple(found)


def page_of(queryset: Any) -> int | None:
    """See `Sighting.page`."""
    query = queryset.query
    sliced = query.high_mark is not None and query.high_mark - query.low_mark > 1
    if not sliced and not _is_window(queryset):
        return None
    return _hash(tuple(one.rhs for one in _conditions(queryset) if isinstance(one, Exact | IExact | In)))


def _is_window(queryset: Any) -> bool:
    """Whether primary keys between two bounds are asked for: tables are gone through like that."""
    bounds = [
        one for one in _conditions(queryset) if getattr(getattr(one, "lhs", None), "target", None) is not None
    ]
    keyed = [one for one in bounds if one.lhs.target.primary_key]
    lower = any(isinstance(one, GreaterThan | GreaterThanOrEqual) for one in keyed)
    upper = any(isinstance(one, LessThan | LessThanOrEqual) for one in keyed)
    return (lower and upper) or any(isinstance(one, Range) for one in keyed)


@lru_cache(maxsize=500)
def page_of_sql(shape: Shape) -> int | None:
    """The same of a statement that no queryset stands behind: it is cut off, and compares nothing for equality."""
    return 0 if _SLICED.search(shape.sql) and not _COMPARED.search(shape.sql) else None


def _conditions(queryset: Any) -> Iterator[Any]:
    """The conditions that all have to hold."""
    nodes = [queryset.query.where]
    while nodes:
        node = nodes.pop()
        if hasattr(node, "children"):
            if node.connector == "AND" and not node.negated:
                nodes.extend(reversed(node.children))
        else:
            yield node


def _hash(value: Any) -> int:
    try:
        return hash(value)
    except TypeError:  # a list or an expression that cannot be hashed: taken for another one each time
        return id(value)


def _looked_up_field(queryset: Any) -> tuple[str, bool]:
    """The field that the queryset's first condition for equality compares, and whether it is unique."""
    for condition in _conditions(queryset):
        target = getattr(getattr(condition, "lhs", None), "target", None)
        if target is None or not isinstance(condition, Exact | IExact | In):
            continue
        if target.model._meta.concrete_model is queryset.model._meta.concrete_model:
            return target.name, bool(target.unique)
    return "", False
