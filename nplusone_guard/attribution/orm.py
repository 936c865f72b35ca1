"""Which relation, field or look-up is behind a statement? Read from Django's frames, nearest the statement.

The frames of Django's ORM between the statement and the code that used it tell the story from the inside out;
the outermost one we know is what that code wrote. `book.author` runs `QuerySet.get` deep inside, but the
outermost is the descriptor's `__get__`, and it holds the field.
"""

from __future__ import annotations

from functools import cache
from types import FrameType
from typing import Any

from django.db.models import Model

from ..callpath import is_project_file
from ..fingerprint import Shape
from .django_internals import MACHINERY_FOLDERS, MACHINERY_TABLES, Known, known_functions
from .model import Attribution, Relation, Sighting
from .relations import of_field, of_generic_queryset, of_related_queryset, relation_of_manager, row_key

__all__ = ["of_sql", "read_sighting"]

_NEAR = 80  # frames looked at for the ORM's; a statement of a deep delete() is about 20 away from its caller
_WRITES = frozenset({"INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE"})

_known_functions = cache(known_functions)


def read_sighting(frame: FrameType | None, shape: Shape) -> Sighting:
    """What the statement of `shape` that runs under `frame` was asked for by."""
    found = _outermost_known(frame)
    sighting = None if found is None else _READERS[found[0].role](*found, shape)
    if sighting is None:
        sighting = Sighting(of_sql(shape))
    if shape.table in MACHINERY_TABLES or _is_machinery(frame):
        return Sighting(_with_machinery(sighting.attribution))
    return sighting


def _outermost_known(frame: FrameType | None) -> tuple[Known, dict[str, Any]] | None:
    """The outermost frame we know before the ORM's frames end, and its variables."""
    known_by_code = _known_functions()
    found: tuple[Known, FrameType] | None = None
    manager: FrameType | None = None
    inside = False
    for _ in range(_NEAR):
        if frame is None:
            break
        filename = frame.f_code.co_filename
        if _is_orm_file(filename):
            inside = True
            known = known_by_code.get(id(frame.f_code))
            if known is not None and known.role == "manager":
                manager = frame
            elif known is not None:
                found, manager = (known, frame), None
                if known.role == "prefetch":
                    break
        elif inside or is_project_file(filename):
            break
        frame = frame.f_back
    if found is None:
        return None
    variables = {name: found[1].f_locals.get(name) for name in found[0].variables}
    if manager is not None:
        variables["manager"] = manager.f_locals.get("self")
    return found[0], variables


@cache
def _is_orm_file(filename: str) -> bool:
    path = filename.replace("\\", "/")
    return "/django/db/models/" in path or "/django/contrib/contenttypes/" in path


@cache
def _is_machinery_file(filename: str) -> bool:
    path = filename.replace("\\", "/")
    return any(folder in path for folder in MACHINERY_FOLDERS)


def _is_machinery(frame: FrameType | None) -> bool:
    """Whether the session or migration machinery stands between the statement and the project's code."""
    for _ in range(_NEAR):
        if frame is None or is_project_file(frame.f_code.co_filename):
            return False
        if _is_machinery_file(frame.f_code.co_filename):
            return True
        frame = frame.f_back
    return False


def _with_machinery(attribution: Attribution) -> Attribution:
    return Attribution(label=attribution.label, relation=attribution.relation, machinery=True)


def of_sql(shape: Shape) -> Attribution:
    """All that the statement itself tells: its operation and its table."""
    label = f"{shape.operation} {shape.table}".strip() or "SQL"
    return Attribution(label=label, relation="raw", operation=shape.operation)


# -- what each role's frame tells ------------------------------------------------------------------------------


def _read_forward(known: Known, variables: dict[str, Any], shape: Shape) -> Sighting | None:
    field, instance = variables["self"].field, variables["instance"]
    target = None
    value = instance.__dict__.get(getattr(field, "attname", ""))
    if value is not None and field.target_field.primary_key:
        target = hash((field.remote_field.model._meta.concrete_model, value))
    return Sighting(of_field("forward", field.model, field.name), row_key(instance), target)


def _read_reverse_one(known: Known, variables: dict[str, Any], shape: Shape) -> Sighting | None:
    related, instance = variables["self"].related, variables["instance"]
    return Sighting(of_field("reverse_one", related.model, related.get_accessor_name()), row_key(instance))


def _read_deferred(known: Known, variables: dict[str, Any], shape: Shape) -> Sighting | None:
    field, instance = variables["self"].field, variables["instance"]
    return Sighting(of_field("deferred", field.model, field.name), row_key(instance))


def _read_generic(known: Known, variables: dict[str, Any], shape: Shape) -> Sighting | None:
    # Up to Django 6.0 the field is its own descriptor.
    field, instance = getattr(variables["self"], "field", variables["self"]), variables["instance"]
    return Sighting(of_field("generic", field.model, field.name), row_key(instance))


def _read_queryset(known: Known, variables: dict[str, Any], shape: Shape) -> Sighting | None:
    queryset = variables["self"]
    if known.operation in ("bulk_create", "bulk_update", "in_bulk"):
        # Many rows in one statement; Django itself repeats it for each batch.
        return Sighting(_of_manager("prefetch", queryset, known.operation, None))
    instance = queryset._hints.get("instance")
    sighting = None
    if shape.operation not in _WRITES:
        sighting = (
            of_related_queryset(queryset, instance, known.operation)
            if isinstance(instance, Model)
            else of_generic_queryset(queryset, known.operation)
        )
    if sighting is not None:
        return sighting
    relation: Relation = "write" if shape.operation in _WRITES else "lookup"
    filtered = queryset if variables.get("clone") is None else variables["clone"]
    return Sighting(_of_manager(relation, filtered, known.operation, variables.get("manager")))


def _read_raw_queryset(known: Known, variables: dict[str, Any], shape: Shape) -> Sighting | None:
    queryset = variables["self"]
    model = queryset.model._meta
    name = _manager_name(queryset.model, None)
    return Sighting(Attribution(f"{model.label}.{name}.raw()", "lookup", model.label, name=name, operation="raw"))


def _read_instance(known: Known, variables: dict[str, Any], shape: Shape) -> Sighting | None:
    instance = variables["self"]
    model = type(instance)._meta.label
    if known.operation == "refresh_from_db":
        relation: Relation = "refresh"
    else:
        relation = "write" if shape.operation in _WRITES else "lookup"
    label = f"{model}.{known.operation}()"
    return Sighting(Attribution(label, relation, model, operation=known.operation), row_key(instance))


def _read_related_manager(known: Known, variables: dict[str, Any], shape: Shape) -> Sighting | None:
    manager = variables["self"]
    instance = manager.instance
    relation = relation_of_manager(manager, instance)
    if relation is None:
        return None
    if known.operation in ("count", "exists"):
        return Sighting(relation.asked_for(known.operation), row_key(instance))
    kind: Relation = "write" if shape.operation in _WRITES else "lookup"
    label = f"{relation.model}.{relation.name}.{known.operation}()"
    return Sighting(Attribution(label, kind, relation.model, relation.name, known.operation), row_key(instance))


def _read_prefetch(known: Known, variables: dict[str, Any], shape: Shape) -> Sighting | None:
    return Sighting(Attribution(f"{shape.operation} {shape.table}", "prefetch"))


_READERS = {
    "forward": _read_forward,
    "reverse_one": _read_reverse_one,
    "deferred": _read_deferred,
    "generic": _read_generic,
    "queryset": _read_queryset,
    "raw_queryset": _read_raw_queryset,
    "instance": _read_instance,
    "related_manager": _read_related_manager,
    "prefetch": _read_prefetch,
}


# -- look-ups --------------------------------------------------------------------------------------------------


def _of_manager(relation: Relation, queryset: Any, operation: str, manager: Any) -> Attribution:
    model = queryset.model
    name = _manager_name(model, manager)
    field_name, unique = _looked_up_field(queryset)
    shown = operation
    if operation in ("iterate", "slice", "iterator"):
        shown = "filter" if queryset.query.where else "all"
    return Attribution(
        label=f"{model._meta.label}.{name}.{shown}()",
        relation=relation,
        model=model._meta.label,
        name=name,
        operation=shown,
        lookup=field_name,
        lookup_is_unique=unique,
    )


def _manager_name(model: Any, manager: Any) -> str:
    name = getattr(manager, "name", None)
    return str(name or model._default_manager.name)


def _looked_up_field(queryset: Any) -> tuple[str, bool]:
    """The field that the queryset's first condition compares, and whether it is unique."""
    children = queryset.query.where.children
    target = getattr(getattr(children[0], "lhs", None), "target", None) if children else None
    if target is None or target.model._meta.concrete_model is not queryset.model._meta.concrete_model:
        return "", False
    return target.name, bool(target.unique)
