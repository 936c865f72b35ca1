"""Which column, filter or inline of the admin is being shown? Read from the frames of `django.contrib.admin`."""

from __future__ import annotations

from types import FunctionType
from typing import Any

from .declared import Declared, declared_attribute, declared_class, own, project_class

__all__ = ["of_column", "of_filter", "of_filter_choices", "of_joins", "of_loop_item", "of_readonly_field"]


def of_column(changelist: Any, field: Any) -> Declared | None:
    """A column of a change list."""
    return _of_option(own(changelist, "model_admin"), "list_display", field)


def of_filter(changelist: Any, list_filter: Any) -> Declared | None:
    """A filter of a change list, while it is made."""
    entry = list_filter[0] if isinstance(list_filter, list | tuple) and list_filter else list_filter
    return _of_option(own(changelist, "model_admin"), "list_filter", entry)


def of_filter_choices(changelist: Any, spec: Any) -> Declared | None:
    """A filter of a change list, while its choices are shown."""
    entry = own(spec, "field_path") or type(spec)
    return _of_option(own(changelist, "model_admin"), "list_filter", entry)


def of_readonly_field(field: Any) -> Declared | None:
    """A field of a change form that is shown, not edited."""
    shown = own(field, "field")
    return _of_option(own(field, "model_admin"), "readonly_fields", shown["field"] if shown else None)


def of_joins(changelist: Any) -> Declared | None:
    """What a change list joins to its rows."""
    cls = project_class(type(own(changelist, "model_admin")))
    options = ("get_list_select_related", "list_select_related")
    return None if cls is None else declared_attribute(cls, options, f"{cls.__name__}.list_select_related")


def of_loop_item(item: Any) -> Declared | None:
    """The inline, when `item` is what the admin's templates go over to show its rows."""
    if type(item).__module__ != "django.contrib.admin.helpers":
        return None
    admin = own(item, "model_admin")
    return None if admin is None else declared_class(type(admin))


def _of_option(admin: Any, option: str, entry: Any) -> Declared | None:
    cls = project_class(type(admin))
    name = _name_of(entry)
    if cls is None or not name:
        return None
    shown = f'{cls.__name__}.{option}["{name}"]' if isinstance(entry, str) else f"{cls.__name__}.{option}[{name}]"
    return declared_attribute(type(admin), (f"get_{option}", option), shown, name)


def _name_of(entry: Any) -> str:
    if isinstance(entry, str):
        return entry
    if isinstance(entry, FunctionType | type):
        return entry.__name__
    return str(own(entry, "name") or "")  # a model field
