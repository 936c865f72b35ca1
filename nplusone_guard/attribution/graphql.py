"""Which field of a GraphQL type is being resolved? Read from the frames of graphql-core.

Strawberry, Graphene and others make its types out of classes, and leave the class in the type they made.
"""

from __future__ import annotations

from typing import Any

from .declared import Declared, declared_name, own

__all__ = ["of_graphql_field"]

_STRAWBERRY = "strawberry-definition"  # in the `extensions` of a type and of a field


def of_graphql_field(parent_type: Any, nodes: Any) -> Declared | None:
    """The field of the class that `parent_type` was made from; `None` if there is none, or a library's.

    Args:
        parent_type: The type that has the field, as graphql-core knows it.
        nodes: What the query says of it: the first one has its name.
    """
    name = str(own(own(nodes[0], "name"), "value"))
    definition = _extension(parent_type)
    if definition is not None:  # Strawberry
        field = _extension((own(parent_type, "fields") or {}).get(name))
        return declared_name(own(definition, "origin"), str(own(field, "name") or name))
    cls = own(parent_type, "graphene_type")
    fields = own(own(cls, "_meta"), "fields") if cls is not None else None
    return declared_name(cls, next((one for one in fields or () if _in_camel_case(one) == name), name))


def _extension(instance: Any) -> Any:
    return (own(instance, "extensions") or {}).get(_STRAWBERRY)


def _in_camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(part.capitalize() or "_" for part in others)
