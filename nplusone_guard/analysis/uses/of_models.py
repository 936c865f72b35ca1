"""What do the models themselves ask for? Their order, their look-ups by what is unique, and their relations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.db.models import QuerySet

from ...attribution.declared import Declared, declared_attribute, declared_class
from .narrowing import filtered
from .values import PAGE, Use

__all__ = ["uses_of_model"]


def uses_of_model(model: type[models.Model]) -> Iterator[Use]:
    """The uses that `model` declares; none of one that a library has written."""
    options = model._meta
    rows: QuerySet[Any] = model._base_manager.all()
    if options.ordering and (declared := _in_meta(model, "ordering")) is not None:
        yield Use(rows.order_by(*options.ordering)[:PAGE], declared)
    if options.get_latest_by and (declared := _in_meta(model, "get_latest_by")) is not None:
        names = options.get_latest_by
        names = [names] if isinstance(names, str) else list(names)
        yield Use(rows.order_by(*names).reverse()[:1], declared)
    for fields, attribute in _together(model):
        found = _by_all(rows, fields)
        if found is not None and (declared := _in_meta(model, attribute)) is not None:
            yield Use(found, declared)
    for field in options.local_fields:
        # Without an index of its own: `author.books`, and the search that a deletion of an author makes.
        declared = declared_attribute(model, (field.name,), f"{model.__name__}.{field.name}")
        found = filtered(rows, field.name) if field.many_to_one else None
        if found is not None and declared is not None:
            yield Use(found.order_by(), declared)


def _together(model: type[models.Model]) -> Iterator[tuple[tuple[str, ...], str]]:
    for fields in model._meta.unique_together:
        yield tuple(fields), "unique_together"
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and constraint.fields and constraint.condition is None:
            yield tuple(constraint.fields), "constraints"


def _by_all(rows: QuerySet[Any], fields: tuple[str, ...]) -> QuerySet[Any] | None:
    found: QuerySet[Any] | None = rows.order_by()
    for field in fields:
        found = None if found is None else filtered(found, field)
    return found


def _in_meta(model: type[models.Model], attribute: str) -> Declared | None:
    """The line of `Meta` that says it; the class's where the model has it from another."""
    declared = declared_class(model, f"{model.__name__}.Meta.{attribute}")
    return None if declared is None else declared._replace(owner=f"{declared.owner}.Meta", attribute=attribute)
