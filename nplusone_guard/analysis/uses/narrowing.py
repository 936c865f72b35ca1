"""How does the ORM spell a filter for which there is no value yet? With one that the field could have.

The value is gone again when the statement has become a shape; it only has to be of the right type.
"""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist, FieldError, ValidationError
from django.db import models
from django.db.models import QuerySet

__all__ = ["field_at", "filtered"]

_DAY = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
_SAMPLES: tuple[tuple[type[models.Field[Any, Any]], Any], ...] = (
    (models.DateTimeField, _DAY),  # before DateField, which it is one of
    (models.DateField, _DAY.date()),
    (models.TimeField, dt.time()),
    (models.DurationField, dt.timedelta(1)),
    (models.BooleanField, True),
    (models.DecimalField, Decimal(1)),
    (models.UUIDField, uuid.UUID(int=1)),
    (models.GenericIPAddressField, "127.0.0.1"),
    (models.FloatField, 1.0),
    (models.IntegerField, 1),
    (models.CharField, "a"),
    (models.TextField, "a"),
    (models.FileField, "a"),
)
_SEVERAL = {"in": 1, "range": 2}


def field_at(model: type[models.Model], path: str) -> models.Field[Any, Any] | None:
    """The field at the end of `customer__name`, and of a relation the one it compares; `None` if there is none."""
    try:
        _, _, (*_, field), rest = models.QuerySet(model).query.names_to_path(
            path.split("__"), model._meta, fail_on_missing=True
        )
    except (FieldError, FieldDoesNotExist, ValueError):
        return None
    return None if rest else field


def filtered(rows: QuerySet[Any], path: str, lookup: str = "exact") -> QuerySet[Any] | None:
    """`rows` where the field at `path` has some value; `None` where that cannot be asked.

    Args:
        rows: A queryset.
        path: A field of its model, or one behind relations: `customer__name`.
        lookup: How it is compared, as the ORM calls it: `exact`, `gte`, `isnull`.
    """
    field = field_at(rows.model, path)
    sample = next((value for kind, value in _SAMPLES if isinstance(field, kind)), None)
    if field is None or sample is None:
        return None
    value = True if lookup == "isnull" else [sample] * _SEVERAL[lookup] if lookup in _SEVERAL else sample
    try:
        return rows.filter(**{f"{path}__{lookup}": value})
    except (FieldError, ValueError, TypeError, ValidationError):
        return None
