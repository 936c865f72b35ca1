"""Which column of a table of django-tables2 is being rendered? Read from the frame that renders a cell."""

from __future__ import annotations

from typing import Any

from .declared import Declared, declared_field, own, project_class

__all__ = ["of_table_column"]


def of_table_column(row: Any, column: Any) -> Declared | None:
    """The column of the class of the table that `row` is in; `None` if a library declares the table."""
    cls = type(own(row, "_table"))
    found = project_class(cls)
    name = own(column, "name")
    if found is None or not name:
        return None
    accessor = str(own(column, "accessor") or own(own(column, "column"), "accessor") or name)
    shown = f' (accessor="{accessor}")' if accessor != name else ""
    return declared_field(cls, "base_columns", name, f"{found.__name__}.{name}{shown}")
