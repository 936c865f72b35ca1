"""What we know of Django's internals, all in one place: which function on the stack means what.

Checked on Django 5.2, 6.0 and 6.1 by `tests/test_django_internals.py`, which fails when a function is gone or a
local variable has another name. At run time a missing one only makes labels coarser: an unknown frame is passed
over, and the label is built from the SQL.

Besides the functions, `orm` reads: a queryset's `_hints["instance"]` and `_known_related_objects` (set by every
related manager), `query.where.children`, `query.order_by`, `query.is_sliced` and `query.alias_map`; a related
manager's `instance` and `through`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from functools import cache
from types import CodeType
from typing import Any, Literal, NamedTuple

from django.apps import apps
from django.db.models import Manager, Model, QuerySet
from django.db.models import query as query_module
from django.db.models.fields import related_descriptors
from django.db.models.query_utils import DeferredAttribute

__all__ = ["BEGINS_RELATION", "MACHINERY_FOLDERS", "MACHINERY_TABLES", "Known", "known_functions", "missing"]

Role = Literal[
    "forward",
    "reverse_one",
    "generic",
    "deferred",
    "queryset",
    "iterable",
    "raw_queryset",
    "instance",
    "related_manager",
    "manager",
    "prefetch",
    "prefetch_level",
]

MACHINERY_TABLES = frozenset({"django_session", "django_content_type", "django_migrations"})
"""Tables of Django's own machinery: their look-ups are cached or made once per request, never a finding."""

MACHINERY_FOLDERS = (
    "django/contrib/sessions/",
    "django/contrib/contenttypes/management/",
    "django/contrib/auth/management/",
    "django/db/migrations/",
)
"""Code of Django's own machinery, for sessions and migrations that live in other tables."""


BEGINS_RELATION = frozenset({"ForwardManyToOneDescriptor.get_queryset", "ReverseOneToOneDescriptor.get_queryset"})
"""Functions that begin the query of a relation to one row, which is evaluated on the same line of the project."""


class Known(NamedTuple):
    """A function whose frame we can read.

    Attributes:
        role: How to read it.
        operation: The method as its caller knows it.
        variables: The local variables that are read.
    """

    role: Role
    operation: str
    variables: tuple[str, ...]


_QUERYSET_OPERATIONS = {
    "__iter__": "iterate",
    "__len__": "iterate",
    "__bool__": "iterate",
    "__getitem__": "slice",
    "_fetch_all": "iterate",  # by itself under `async for`
    "_iterator": "iterator",
    **{
        name: name
        for name in (
            "get first last earliest latest exists contains count aggregate in_bulk explain iterator "
            "create get_or_create update_or_create bulk_create bulk_update update delete"
        ).split()
    },
}
_MORE_VARIABLES = {
    "get": ("clone",),  # a filtered copy of itself, which has the condition that we want to see
    "in_bulk": ("id_list",),
    "aggregate": ("args", "kwargs"),
}
_INSTANCE_OPERATIONS = (
    "save",
    "delete",
    "refresh_from_db",
    "full_clean",
    "validate_unique",
    "validate_constraints",
)
_MANAGER_WRITES = ("add", "create", "get_or_create", "update_or_create", "set", "remove", "clear")


def _functions() -> Iterator[tuple[str, Callable[[], Any], Known]]:
    """Every function: what to call it, how to find it, what it means."""
    descriptors = related_descriptors
    accessed = ("self", "instance")
    yield (
        "ForwardManyToOneDescriptor.__get__",
        lambda: descriptors.ForwardManyToOneDescriptor.__get__,
        Known("forward", "", accessed),
    )
    yield (
        "ReverseOneToOneDescriptor.__get__",
        lambda: descriptors.ReverseOneToOneDescriptor.__get__,
        Known("reverse_one", "", accessed),
    )
    yield (
        "DeferredAttribute.__get__",
        lambda: DeferredAttribute.__get__,
        Known("deferred", "", accessed),
    )
    if apps.is_installed("django.contrib.contenttypes"):
        yield "GenericForeignKey.__get__", _generic_foreign_key_get, Known("generic", "", accessed)
        yield from _nested(
            "create_generic_related_manager", "GenericRelatedObjectManager", _generic_manager_factory
        )
    for name, operation in _QUERYSET_OPERATIONS.items():
        variables = ("self", *_MORE_VARIABLES.get(name, ()))
        yield f"QuerySet.{name}", _member(QuerySet, name), Known("queryset", operation, variables)
    yield (
        "RawQuerySet._fetch_all",
        lambda: query_module.RawQuerySet._fetch_all,  # type: ignore[attr-defined]
        Known("raw_queryset", "raw", ("self",)),
    )
    for name in ("ModelIterable", "ValuesIterable", "ValuesListIterable", "FlatValuesListIterable"):
        yield (
            f"{name}.__iter__",
            _unwrapped(getattr(query_module, name), "__iter__"),
            Known("iterable", "iterate", ("self",)),
        )
    for name in _INSTANCE_OPERATIONS:
        yield f"Model.{name}", _member(Model, name), Known("instance", name, ("self",))
    yield from _nested(
        "create_reverse_many_to_one_manager",
        "RelatedManager",
        lambda: descriptors.create_reverse_many_to_one_manager,
    )
    yield from _nested(
        "create_forward_many_to_many_manager",
        "ManyRelatedManager",
        lambda: descriptors.create_forward_many_to_many_manager,
        ("count", "exists"),
    )
    yield "Manager.<queryset method>", lambda: Manager.get, Known("manager", "", ("self",))
    yield (
        "prefetch_related_objects",
        lambda: query_module.prefetch_related_objects,
        Known("prefetch", "", ("model_instances",)),
    )
    yield (
        "prefetch_one_level",
        lambda: query_module.prefetch_one_level,
        Known("prefetch_level", "", ("instances", "lookup", "level")),
    )


def _member(owner: type, name: str) -> Callable[[], Any]:
    return lambda: getattr(owner, name)


def _unwrapped(owner: type, name: str) -> Callable[[], Any]:
    """A member that `nplusone_guard.deep` wraps. Not any: a manager's methods say that they wrap a queryset's."""
    return lambda: inspect.unwrap(getattr(owner, name))


def _generic_foreign_key_get() -> Any:
    from django.contrib.contenttypes import fields  # noqa: PLC0415 — needs the app registry

    # Django 6.1 moved the descriptor out of the field.
    owner = getattr(fields, "GenericForeignKeyDescriptor", fields.GenericForeignKey)
    return owner.__get__


def _generic_manager_factory() -> Any:
    from django.contrib.contenttypes import fields  # noqa: PLC0415 — needs the app registry

    return fields.create_generic_related_manager


def _nested(
    factory_name: str, class_name: str, factory: Callable[[], Any], more: tuple[str, ...] = ()
) -> Iterator[tuple[str, Callable[[], Any], Known]]:
    """The methods of a manager class that `factory` makes anew for each relation from one code object."""
    for name in (*_MANAGER_WRITES, *more):

        def find(name: str = name) -> CodeType:
            class_body = _constant(factory().__code__, class_name)
            return _constant(class_body, name)

        known = Known("related_manager", name, ("self",))
        yield f"{factory_name}.{class_name}.{name}", find, known


def _constant(code: CodeType, name: str) -> CodeType:
    for constant in code.co_consts:
        if isinstance(constant, CodeType) and constant.co_name == name:
            return constant
    raise AttributeError(name)


def _code(function: Any) -> CodeType:
    if isinstance(function, CodeType):
        return function
    code = function.__code__
    if not isinstance(code, CodeType):
        raise AttributeError("__code__")  # noqa: TRY004 — the same as a function that has none
    return code


@cache
def known_functions() -> dict[int, Known]:
    """The functions whose frames we can read, by the `id` of their code."""
    found: dict[int, Known] = {}
    for _, find, known in _functions():
        try:
            code = _code(find())
        except (AttributeError, ImportError):
            continue
        found[id(code)] = known
    return found


def missing() -> list[str]:
    """What this version of Django does not have: the names of functions, and of variables in them."""
    absent: list[str] = []
    for name, find, known in _functions():
        try:
            code = _code(find())
        except (AttributeError, ImportError):
            absent.append(name)
            continue
        variables = {*code.co_varnames, *code.co_cellvars, *code.co_freevars}
        absent.extend(f"{name}: {variable}" for variable in known.variables if variable not in variables)
    return absent
