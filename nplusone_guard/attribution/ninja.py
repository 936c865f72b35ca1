"""Which field of a Django Ninja schema is being read? Pydantic asks for each through a getter around the row."""

from __future__ import annotations

from typing import Any

from .declared import Declared, attribute_of, declared_name, own

__all__ = ["of_schema_field"]


def of_schema_field(getter: Any, key: Any) -> Declared | None:
    """The field whose value is asked for as `key`, its name or alias; `None` if a library declares the schema."""
    schema = own(getter, "_schema_cls")
    if not isinstance(schema, type) or not isinstance(key, str):
        return None
    fields = attribute_of(schema, "__pydantic_fields__") or {}
    name, shown = key, ""
    if key not in fields:
        aliased = (one for one, field in fields.items() if own(field, "alias") == key)
        name, shown = next(aliased, key), f' (alias="{key}")'
    return declared_name(schema, name, shown)
