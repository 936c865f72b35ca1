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

__all__ = ["read_sighting"]

_NEAR = 80  # frames looked at for the ORM's; a statement of a deep delete() is about 20 away from its caller
_WRITES = frozenset({"INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE"})

_known_functions = cache(known_functions)


def read_sighting(frame: FrameType | None, shape: Shape) -> Sighting:
    """What the statement of `shape` that runs under `frame` was asked for by."""
    found = _outermost_known(frame)
    sighting = None if found is None else _READERS[found[0].role](*found, shape)
    if sighting is None:
        sighting = Sighting(_of_sql(shape))
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


def _of_sql(shape: Shape) -> Attribution:
    label = f"{shape.operation} {shape.table}".strip() or "SQL"
    return Attribution(label=label, relation="raw", operation=shape.operation)


# -- what each role's frame tells ------------------------------------------------------------------------------


def _read_forward(known: Known, variables: dict[str, Any], shape: Shape) -> Sighting | None:
    field, instance = variables["self"].field, variables["instance"]
    target = None
    value = instance.__dict__.get(getattr(field, "attname", ""))
    if value is not None and field.target_field.primary_key:
        target = hash((field.remote_field.model._meta.concrete_model, value))
    return Sighting(_of_field("forward", field.model, field.name), _key(instance), target)


def _read_reverse_one(known: Known, variables: dict[str, Any], shape: Shape) -> Sighting | None:
    related, instance = variables["self"].related, variables["instance"]
    return Sighting(_of_field("reverse_one", related.model, related.get_accessor_name()), _key(instance))


def _read_deferred(known: Known, variables: dict[str, Any], shape: Shape) -> Sighting | None:
    field, instance = variables["self"].field, variables["instance"]
    return Sighting(_of_field("deferred", field.model, field.name), _key(instance))


def _read_generic(known: Known, variables: dict[str, Any], shape: Shape) -> Sighting | None:
    # Up to Django 6.0 the field is its own descriptor.
    field, instance = getattr(variables["self"], "field", variables["self"]), variables["instance"]
    return Sighting(_of_field("generic", field.model, field.name), _key(instance))


def _read_queryset(known: Known, variables: dict[str, Any], shape: Shape) -> Sighting | None:
    queryset = variables["self"]
    if known.operation in ("bulk_create", "bulk_update", "in_bulk"):
        # Many rows in one statement; Django itself repeats it for each batch.
        return Sighting(_of_manager("prefetch", queryset, known.operation, None))
    instance = queryset._hints.get("instance")
    if isinstance(instance, Model) and shape.operation not in _WRITES:
        sighting = _of_related_queryset(queryset, instance, known.operation)
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
    return Sighting(Attribution(label, relation, model, operation=known.operation), _key(instance))


def _read_related_manager(known: Known, variables: dict[str, Any], shape: Shape) -> Sighting | None:
    manager = variables["self"]
    instance = manager.instance
    related = _relation_of_manager(manager, instance)
    if related is None:
        return None
    relation, model, name, query_name = related
    if known.operation in ("count", "exists"):
        attribution = Attribution(f"{model}.{name}", relation, model, name, known.operation, query_name=query_name)
        return Sighting(attribution, _key(instance))
    kind: Relation = "write" if shape.operation in _WRITES else "lookup"
    label = f"{model}.{name}.{known.operation}()"
    return Sighting(Attribution(label, kind, model, name, known.operation), _key(instance))


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


# -- relations -------------------------------------------------------------------------------------------------


def _of_field(relation: Relation, model: Any, name: str) -> Attribution:
    label = model._meta.label
    return Attribution(f"{label}.{name}", relation, label, name, query_name=name)


def _of_related_queryset(queryset: Any, instance: Model, operation: str) -> Sighting | None:
    """A queryset that a related manager of `instance` made."""
    related = _relation_of_queryset(queryset, instance)
    if related is None:
        return None
    relation, model, name, query_name = related
    query = queryset.query
    narrowed = len(query.where.children) > 1 or bool(query.order_by) or query.is_sliced
    attribution = Attribution(
        f"{model}.{name}", relation, model, name, operation, narrowed=narrowed, query_name=query_name
    )
    return Sighting(attribution, _key(instance))


def _relation_of_queryset(queryset: Any, instance: Model) -> tuple[Relation, str, str, str] | None:
    """Relation, model, accessor and query name of the related manager that made `queryset`."""
    for field in queryset._known_related_objects:
        remote = field.remote_field
        accessor = remote.get_accessor_name()
        if accessor:
            return "reverse_many", remote.model._meta.label, accessor, field.related_query_name()
    # Many-to-many and generic managers leave no field behind: find the relation by the tables it joins.
    tables = {table.table_name for table in queryset.query.alias_map.values()}
    return _relation_to(instance, queryset.model, tables)


def _relation_of_manager(manager: Any, instance: Model) -> tuple[Relation, str, str, str] | None:
    through = getattr(manager, "through", None)
    if through is not None:
        return _relation_to(instance, manager.model, {through._meta.db_table})
    field = getattr(manager, "field", None)
    if field is not None and field.remote_field.get_accessor_name():
        remote = field.remote_field
        return (
            "reverse_many",
            remote.model._meta.label,
            remote.get_accessor_name(),
            field.related_query_name(),
        )
    return _relation_to(instance, manager.model, set())


def _relation_to(instance: Model, model: Any, tables: set[str]) -> tuple[Relation, str, str, str] | None:
    """The many-to-many or generic relation of `instance` to `model`, through one of `tables`."""
    target = model._meta.concrete_model
    for relation in type(instance)._meta.get_fields():
        related: Any = relation.related_model
        if not isinstance(related, type) or related._meta.concrete_model is not target:  # type: ignore[attr-defined]
            continue
        field: Any = relation
        if field.many_to_many:
            through = field.remote_field.through if field.concrete else field.through
            if through._meta.db_table in tables:
                if field.concrete:
                    return "many_to_many", field.model._meta.label, field.name, field.name
                return "many_to_many", field.model._meta.label, field.get_accessor_name(), field.name
        elif field.one_to_many and not field.auto_created:
            return "generic_many", field.model._meta.label, field.name, field.name
    return None


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


def _key(instance: Model) -> int:
    """A hash that is equal for two instances of one row. It stays in this process."""
    # Not `instance.pk`: a descriptor could ask the database.
    pk = instance.__dict__.get(instance._meta.pk.attname)
    return id(instance) if pk is None else hash((instance._meta.concrete_model, pk))
