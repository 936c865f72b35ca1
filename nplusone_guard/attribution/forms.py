"""Which form field is being rendered or cleaned? Read from the frames of Django's forms."""

from __future__ import annotations

from functools import partial
from types import MethodType
from typing import Any

from .declared import (
    Declared,
    attribute_of,
    declared_attribute,
    declared_class,
    declared_field,
    own,
    project_class,
)

__all__ = ["of_bound_field", "of_form", "of_form_field"]

_WIDGET_OPTIONS = ("autocomplete_fields", "raw_id_fields", "radio_fields", "filter_horizontal", "filter_vertical")
"""Options of the admin that give a field a widget, which is what asks."""


def of_bound_field(bound: Any) -> Declared | None:
    """The field that is rendered as `bound`."""
    return of_form_field(own(bound, "form"), str(own(bound, "name")))


def of_form_field(form: Any, field: str) -> Declared | None:
    """The field of `form`, or what makes the admin have it; `None` if a library declares the form."""
    cls = project_class(type(form))
    if cls is not None:
        declared = declared_field(type(form), "declared_fields", field, f"{cls.__name__}.{field}")
        choices = own((attribute_of(type(form), "declared_fields") or {}).get(field), "_queryset")
        return declared if declared is None or choices is None else declared._replace(holds_query=True)
    admin = _admin_of(form)
    if admin is None:
        return None
    editable = attribute_of(type(admin), "list_editable")
    if editable and own(attribute_of(type(form), "_meta"), "fields") == editable:
        return _in_admin(admin, ("list_editable",), "list_editable", field)
    for option in _WIDGET_OPTIONS:
        named = attribute_of(type(admin), option)
        if isinstance(named, list | tuple | dict) and field in named:
            return _in_admin(admin, (option,), option, field)
    return _in_admin(admin, ("get_fields", "fields", "get_fieldsets", "fieldsets"), "fields", field)


def of_form(form: Any) -> Declared | None:
    """The class of `form`; `None` if a library declares it."""
    return declared_class(type(form))


def _in_admin(admin: Any, attributes: tuple[str, ...], called: str, field: str) -> Declared | None:
    cls = project_class(type(admin))
    if cls is None:
        return None
    return declared_attribute(type(admin), attributes, f'{cls.__name__}.{called}["{field}"]', field)


def _admin_of(form: Any) -> Any:
    """The model admin or inline that `form` was made for: its method makes the fields."""
    callback = own(attribute_of(type(form), "_meta"), "formfield_callback")
    method = callback.func if isinstance(callback, partial) else callback
    return method.__self__ if isinstance(method, MethodType) else None
