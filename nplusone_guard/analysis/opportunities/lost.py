"""Which rows does a serializer hand on to where it cannot be told what is read of them?

Of those, and of the rows behind them, any relation may be read. What a serializer declares is told; so is what its
method fields, properties and `__str__` do, unless they hand the row on. A field or serializer with methods of its
own, which may look at any row of the list, makes all of it unknown.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from rest_framework import relations, serializers

from .following import follow, is_column, project_function
from .functions import lost_in_function
from .reading import Rows

__all__ = ["lost_by_serializer"]

_DEEPEST = 6
_OF_SERIALIZERS = ("__init__", "_readable_fields", "data", "get_fields", "get_field_names", "to_representation")
_OF_FIELDS = ("__init__", "bind", "get_attribute", "to_representation")

Path = tuple[str, ...]


def lost_by_serializer(serializer: Any, row: Rows, names: frozenset[str], depth: int = 0) -> Iterator[Path]:
    """The paths from the rows of a list to those that `serializer` hands on.

    Args:
        serializer: An instance of it.
        row: The row that it is given.
        names: What the rows have besides their fields.
        depth: How many serializers it is in.
    """
    if depth > _DEEPEST or _is_replaced(serializer, _OF_SERIALIZERS):
        yield row.path
        return
    for field in serializer.fields.values():
        if not field.write_only:
            yield from _by_field(serializer, field, row, names, depth)


def _is_replaced(field: Any, methods: tuple[str, ...]) -> bool:
    """Whether somebody else than REST framework has written one of `methods`."""
    found = (inspect.getattr_static(type(field), name, None) for name in methods)
    modules = [getattr(getattr(one, "fget", one), "__module__", "") for one in found if one is not None]
    return any(not module.startswith("rest_framework.") for module in modules)


def _by_field(serializer: Any, field: Any, row: Rows, names: frozenset[str], depth: int) -> Iterator[Path]:
    attrs: list[str] = list(getattr(field, "source_attrs", ()))
    if isinstance(field, serializers.SerializerMethodField):
        yield from _by_function(project_function(type(serializer), str(field.method_name)), row, position=1)
    elif not isinstance(field, serializers.BaseSerializer) and _is_replaced(field, _OF_FIELDS):
        yield ()  # it knows its serializer, and that knows all of the rows
    elif attrs[:1] and attrs[0] in names:
        return  # an annotation, or a list of a Prefetch, of which nothing is told
    else:
        *before, last = attrs or [""]
        at: Rows | None = row
        for name in before:
            at = at and _one_further(at, name)
        if at is None:
            yield row.path
        else:
            yield from _by_last(field, at, last, depth)


def _one_further(row: Rows, name: str) -> Rows | None:
    followed = follow(row.model, name)
    return None if followed is None else Rows(followed.model, (*row.steps, followed.step), back=followed.back)


def _by_last(field: Any, row: Rows, name: str, depth: int) -> Iterator[Path]:
    """What `field` hands on of `row`, whose `name` it shows; the row itself where that is `""`."""
    shown = _one_further(row, name) if name else row
    if shown is None:
        if not is_column(row.model, name):
            yield from _by_function(project_function(row.model, name), row)
        return
    if isinstance(field, serializers.ListSerializer | relations.ManyRelatedField):
        if _is_replaced(field, ("to_representation", "get_attribute")):
            yield ()
            return
        field = field.child if isinstance(field, serializers.ListSerializer) else field.child_relation
    match field:
        case serializers.Serializer():
            yield from lost_by_serializer(field, shown, frozenset(), depth + 1)
        case relations.PrimaryKeyRelatedField():
            pass
        case relations.SlugRelatedField(slug_field=slug):
            yield from _by_path(shown, str(slug).split("__"))
        case relations.HyperlinkedRelatedField(lookup_field=lookup):
            yield from _by_path(shown, [str(lookup)])
        case relations.StringRelatedField() | serializers.CharField():
            function = project_function(shown.model, "__str__")
            yield from () if function is None else _by_function(function, shown)
        case _:
            yield shown.path


def _by_path(row: Rows, names: list[str]) -> Iterator[Path]:
    for name in names:
        further = _one_further(row, name)
        if further is None:
            if not is_column(row.model, name):
                yield from _by_function(project_function(row.model, name), row)
            return
        row = further
    yield row.path


def _by_function(function: Any, row: Rows, position: int = 0) -> Iterator[Path]:
    if function is None:
        yield row.path
    else:
        yield from lost_in_function(function, row, position=position)
