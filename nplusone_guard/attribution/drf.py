"""Which serializer field is being computed? Read from the frames of Django REST framework.

It is an optional library and not imported here: what has frames on the stack is loaded.
"""

from __future__ import annotations

import sys
from typing import Any

from .declared import Declared, declared_field, own, project_class

__all__ = ["of_serializer_field"]

_DEEPEST = 50  # serializers inside of each other


def of_serializer_field(field: Any) -> Declared | None:
    """The field, called by its path from the outermost serializer; `None` if a library declares it."""
    names: list[str] = []
    owner: type | None = None  # of the innermost serializer, that has the field
    outermost: type | None = None
    source = None
    module = sys.modules["rest_framework.serializers"]
    for _ in range(_DEEPEST):
        name = own(field, "field_name")
        if name:
            names.append(name)
            source = own(field, "source") if source is None else source
        parent = own(field, "parent")
        if parent is None:
            break
        if issubclass(type(parent), module.Serializer):
            outermost = type(parent)
            owner = owner or outermost
        field = parent
    if not names or owner is None or outermost is None or project_class(owner) is None:
        return None
    root = (project_class(outermost) or outermost).__name__
    shown = f' (source="{source}")' if source not in (None, "*", names[0]) else ""
    path = ".".join([root, *reversed(names)])
    return declared_field(owner, "_declared_fields", names[0], path + shown)
