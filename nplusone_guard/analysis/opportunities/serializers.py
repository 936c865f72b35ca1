"""Which relations does a serializer read of each row? From its fields, and the methods that they name."""

from __future__ import annotations

import inspect
from collections.abc import Generator, Iterator
from typing import Any

from rest_framework import relations, serializers

from ...attribution.declared import Declared
from ...attribution.drf import of_serializer_field
from ...codelines import is_project_file
from .following import follow, project_function
from .functions import reads_of_function
from .reading import Rows
from .values import Read

__all__ = ["has_list_of_its_own", "reads_of_serializer"]

_DEEPEST = 6


def reads_of_serializer(
    serializer: Any, row: Rows, names: frozenset[str] = frozenset(), depth: int = 0
) -> Iterator[Read]:
    """What `serializer` reads of `row`.

    Args:
        serializer: An instance of it.
        row: The row that it is given.
        names: What the rows have besides their fields.
        depth: How many serializers it is in.
    """
    if depth > _DEEPEST or _is_replaced(serializer, serializers.Serializer, "to_representation"):
        return
    for field in serializer.fields.values():
        if not field.write_only and not _is_replaced(field, serializers.Field, "get_attribute"):
            yield from _of_field(serializer, field, row, names, depth)


def has_list_of_its_own(serializer: Any) -> bool:
    """Whether the project has a serializer for the list, that may load more for all of its rows."""
    found = getattr(getattr(serializer, "Meta", None), "list_serializer_class", None)
    return found is not None or project_function(type(serializer), "many_init") is not None


def _is_replaced(instance: Any, base: type, name: str) -> bool:
    """Whether the project has a method of its own, that may read something else."""
    function = inspect.getattr_static(type(instance), name, None)
    code = getattr(function, "__code__", None)
    return isinstance(instance, base) and code is not None and is_project_file(code.co_filename)


def _of_field(serializer: Any, field: Any, row: Rows, names: frozenset[str], depth: int) -> Iterator[Read]:
    if isinstance(field, serializers.SerializerMethodField):
        function = project_function(type(serializer), str(field.method_name))
        if function is not None:
            yield from reads_of_function(function, row, position=1)
        return
    place = of_serializer_field(field)
    attrs: list[str] = list(getattr(field, "source_attrs", ()))
    if place is None or (attrs[:1] and attrs[0] in names):
        return  # what is not declared by the project; an annotation, or what a Prefetch has put there
    at: Rows | None = row
    for name in attrs[:-1]:
        at = yield from _one_further(at, name, place)
    if at is not None and attrs:
        at = yield from _last(field, at, attrs[-1], place)
    if at is not None:
        yield from _below(field, at, place, depth)


def _one_further(row: Rows | None, name: str, place: Declared) -> Generator[Read, None, Rows | None]:
    """Go from `row` to the one row it has as `name`; `None` where there is none, or what it is cannot be told."""
    followed = None if row is None else follow(row.model, name)
    if row is None or followed is None or followed.step.to_many:
        return None
    steps = (*row.steps, followed.step)
    yield Read(steps, followed.attribution, place, "certain", back=name == row.back)
    return Rows(followed.model, steps, back=followed.back)


def _last(field: Any, row: Rows, name: str, place: Declared) -> Generator[Read, None, Rows | None]:
    """Go on to what `field` shows."""
    followed = follow(row.model, name)
    if followed is None:
        function = project_function(row.model, name)
        if function is not None:
            yield from reads_of_function(function, row)
        return None
    if not followed.step.to_many:
        # The key of a row that is referred to is there.
        key_only = isinstance(field, relations.RelatedField) and field.use_pk_only_optimization()
        return None if key_only else (yield from _one_further(row, name, place))
    if not _goes_through(field):
        return None
    steps = (*row.steps, followed.step)
    yield Read(steps, followed.attribution._replace(operation="iterate"), place, "certain")
    return Rows(followed.model, steps, back=followed.back)


def _goes_through(field: Any) -> bool:
    if isinstance(field, serializers.ListSerializer):
        return not _is_replaced(field, serializers.ListSerializer, "to_representation")
    return isinstance(field, relations.ManyRelatedField)


def _below(field: Any, row: Rows, place: Declared, depth: int) -> Iterator[Read]:
    """What is read of the rows that `field` shows."""
    if isinstance(field, serializers.ListSerializer):
        field = field.child
    elif isinstance(field, relations.ManyRelatedField):
        field = field.child_relation
    if isinstance(field, serializers.Serializer):
        yield from reads_of_serializer(field, row, frozenset(), depth + 1)
    elif isinstance(field, relations.StringRelatedField):
        function = project_function(row.model, "__str__")
        if function is not None:
            yield from reads_of_function(function, row)
    elif isinstance(field, relations.SlugRelatedField):
        at: Rows | None = row
        for name in str(field.slug_field).split("__"):
            at = yield from _one_further(at, name, place)
