"""What is declared rather than written as a line that runs: a serializer field, an admin column, a template node.

While a statement runs only the names are taken, from classes and their own dictionaries: no attribute of an
instance is looked up, so that no code of the application runs. `sources` finds the line when somebody is told.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import MemberDescriptorType
from typing import Any, NamedTuple

from ..codelines import is_project_file

__all__ = [
    "Declared",
    "attribute_of",
    "declared_attribute",
    "declared_class",
    "declared_field",
    "declared_name",
    "own",
    "project_class",
]


class Declared(NamedTuple):
    """A place that is declared.

    Attributes:
        filename: Its file, absolute, or what the template loader calls it.
        name: What a developer calls it: `OrderSerializer.customer_name (source="customer.name")`.
        lineno: Its line, 0 where it is still to be found by the following.
        owner: The qualified name of the class that declares it.
        attribute: The attribute of that class that does.
        element: The string in the value of that attribute that does.
        loop: The tag of the template that repeats it, and where that is.
        holds_query: Whether the query of the rows is written there: a form field with choices.
    """

    filename: str
    name: str
    lineno: int = 0
    owner: str = ""
    attribute: str = ""
    element: str = ""
    loop: str = ""
    holds_query: bool = False


def own(instance: Any, name: str) -> Any:
    """What `instance` itself holds as `name`, without any property or `__getattr__`; `None` if nothing."""
    try:
        values = object.__getattribute__(instance, "__dict__")
    except AttributeError:
        values = {}
    if name in values:
        return values[name]
    slot = attribute_of(type(instance), name)
    try:
        return slot.__get__(instance) if isinstance(slot, MemberDescriptorType) else None
    except AttributeError:
        return None


def attribute_of(cls: type, name: str) -> Any:
    """What `cls` or a base of it has as `name`, without any descriptor; `None` if nothing."""
    return next((one.__dict__[name] for one in cls.__mro__ if name in one.__dict__), None)


def project_class(cls: type) -> type | None:
    """`cls`, or the nearest base of it that the project has written; `None` if a library wrote them all."""
    return next(_project_classes(cls), None)


def declared_class(cls: type, name: str = "") -> Declared | None:
    """The class itself, called `name`."""
    found = project_class(cls)
    return None if found is None else Declared(_file_of(found), name or found.__name__, owner=_owner(found))


def declared_attribute(cls: type, attributes: tuple[str, ...], name: str, element: str = "") -> Declared | None:
    """The first of `attributes` that a class of the project among `cls` and its bases has.

    The nearest class decides, and the class line stands for an attribute that a library has set.
    """
    for one in _project_classes(cls):
        for attribute in attributes:
            if attribute in one.__dict__:
                return Declared(_file_of(one), name, owner=_owner(one), attribute=attribute, element=element)
    return declared_class(cls, name)


def declared_field(cls: type, registry: str, field: str, name: str) -> Declared | None:
    """The field of a serializer or form: the attribute that declares it, or its name in the class `Meta`.

    Args:
        cls: The serializer or form.
        registry: The attribute in which the library collects the fields that are attributes.
        field: The field's name.
        name: What to call it.
    """
    found = (attribute_of(cls, registry) or {}).get(field)
    if found is not None:
        # Subclasses share the field object with the class that declares it.
        declaring = [one for one in cls.__mro__ if (one.__dict__.get(registry) or {}).get(field) is found]
        if declaring and _is_project_class(declaring[-1]):
            owner = declaring[-1]
            return Declared(_file_of(owner), name, owner=_owner(owner), attribute=field)
    meta = next((one.__dict__["Meta"] for one in _project_classes(cls) if "Meta" in one.__dict__), None)
    if isinstance(meta, type):
        for one in _project_classes(meta):
            for attribute in ("fields", "exclude"):
                if attribute in one.__dict__:
                    return Declared(_file_of(one), name, owner=_owner(one), attribute=attribute, element=field)
    return declared_class(cls, name)


def declared_name(cls: Any, name: str, shown: str = "") -> Declared | None:
    """What `cls` declares as `name`, annotated, as a method or in its options; `None` if a library wrote `cls`.

    Args:
        cls: The class.
        name: The name.
        shown: What to call it by beside its class and name.
    """
    if not isinstance(cls, type):
        return None
    declaring = (one for one in _project_classes(cls) if name in one.__dict__ or name in _annotated(one))
    owner = next(declaring, None) or project_class(cls)
    if owner is None:
        return None
    called = f"{(project_class(cls) or cls).__name__}.{name}{shown}"
    return Declared(_file_of(owner), called, owner=_owner(owner), attribute=name)


def _annotated(cls: type) -> Any:
    # Nothing that would evaluate them where they are lazy, as from Python 3.14 on.
    return cls.__dict__.get("__annotations__") or ()  # noqa: RUF063


def _project_classes(cls: type) -> Iterator[type]:
    return (one for one in cls.__mro__ if _is_project_class(one))


def _is_project_class(cls: type) -> bool:
    return is_project_file(_file_of(cls))


def _file_of(cls: type) -> str:
    # A class that a library has made by `type()` has that library's module, or the name of the project's.
    module = sys.modules.get(str(cls.__module__))
    return str(getattr(module, "__file__", None) or "")


def _owner(cls: type) -> str:
    # REST framework gives the class that it makes of a function the function's name, but not its qualified one.
    return cls.__qualname__ if cls.__qualname__.endswith(cls.__name__) else cls.__name__
