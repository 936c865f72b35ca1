"""Which columns can an ordinary index hold? Not long texts, documents, bytes and the like."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import takewhile
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from .values import Access

__all__ = ["unindexable_columns", "without_columns"]

_NEVER = re.compile(r"text|json|blob|bytea|tsvector|hstore|geometry|geography|raster|xml|\[\]", re.IGNORECASE)
"""Types whose values may be longer than an entry of a B-tree, or are looked for in ways that it does not know."""


def unindexable_columns(
    tables: Mapping[str, type[models.Model]], connection: BaseDatabaseWrapper
) -> dict[str, frozenset[str]]:
    """The columns of each of `tables` that no ordinary index can hold on this database."""
    found = {}
    for table, model in tables.items():
        fields: list[Any] = list(model._meta.local_concrete_fields)
        types = {field.column: field.db_type(connection) or "" for field in fields}
        found[table] = frozenset(column for column, name in types.items() if _NEVER.search(name))
    return found


def without_columns(access: Access, never: frozenset[str]) -> Access:
    """`access` as an index sees it that cannot hold the columns `never`; its order ends before the first."""
    if not never & {*access.equal, *access.ranges, *(one.name for one in access.order)}:
        return access
    return replace(
        access,
        equal=tuple(name for name in access.equal if name not in never),
        ranges=tuple(name for name in access.ranges if name not in never),
        order=tuple(takewhile(lambda one: one.name not in never, access.order)),
    )
