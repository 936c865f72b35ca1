"""Where does a name lead from the rows of a model? To one row, to many, or nowhere that costs a statement."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import cached_property
from types import FunctionType
from typing import Any

from django.utils.functional import cached_property as django_cached_property

from ...attribution.model import Attribution
from ...attribution.relations import of_accessor
from ...codelines import is_project_file
from ...lineage import Step

__all__ = ["Followed", "follow", "is_column", "project_function"]


@dataclass(frozen=True, slots=True)
class Followed:
    """A relation of a model.

    Attributes:
        step: The relation as a part of a path.
        model: The model it leads to.
        attribution: What a statement that loads it asks for.
        back: The name of the relation from there back, where Django keeps the row it came from; else `""`.
    """

    step: Step
    model: Any
    attribution: Attribution
    back: str


def follow(model: Any, name: str) -> Followed | None:
    """The relation that rows of `model` have as `name`; `None` if it is none, or the project has replaced it."""
    # A descriptor that is not Django's may have a cache of its own; of generic relations nothing is said.
    descriptor = type(inspect.getattr_static(model, name, None))
    if descriptor.__module__ != "django.db.models.fields.related_descriptors":
        return None
    attribution = of_accessor(model, name, "")
    if attribution is None:
        return None
    for field in model._meta.get_fields():
        accessor = field.get_accessor_name() if field.auto_created and not field.concrete else field.name
        if accessor == name and isinstance(field.related_model, type):
            to_many = bool(field.one_to_many or field.many_to_many)
            return Followed(Step(name, to_many), field.related_model, attribution, _back(field))
    return None


def is_column(model: Any, name: str) -> bool:
    """Whether what rows of `model` have as `name` is a column, or the text of its choice."""
    columns = model._meta.concrete_fields
    texts = [f"get_{field.name}_display" for field in columns if field.choices]
    return name == "pk" or name in texts or any(name in (field.name, field.attname) for field in columns)


def _back(field: Any) -> str:
    """A row that came over a relation from its one other side knows that row."""
    if field.one_to_many or field.one_to_one:
        other = field.remote_field
        if field.auto_created and not field.concrete:
            return str(field.field.name)
        return str(other.get_accessor_name() or "") if other is not None else ""
    return ""


def project_function(owner: Any, name: str) -> FunctionType | None:
    """The function that the project has written for the method or property `name` of the class `owner`."""
    found = inspect.getattr_static(owner, name, None)
    if isinstance(found, property):
        found = found.fget
    elif isinstance(found, cached_property | django_cached_property):
        found = found.func
    if not callable(found):
        return None
    function = inspect.unwrap(found)
    if isinstance(function, FunctionType) and is_project_file(function.__code__.co_filename):
        return function
    return None
