"""Which relation, field or look-up is behind a statement? Read from the outermost frame of Django's that we know.

`book.author` runs `QuerySet.get` deep inside, but the outermost is the descriptor's `__get__`, and it holds the
field. Which frame that is, `ways.py` finds; here is what each kind of them tells.
"""

from __future__ import annotations

from functools import lru_cache
from types import FrameType
from typing import Any

from django.db.models import Model

from ..callpath import CallPath
from ..fingerprint import Shape
from ..lineage import has_loaded_alias, load_of, steps_to
from .django_internals import MACHINERY_TABLES, Known
from .lookups import aggregated_by, manager_name, of_manager, page_of, page_of_sql, unique_row
from .model import Attribution, Relation, Sighting
from .relations import (
    generic_target,
    of_accessor,
    of_field,
    of_generic_queryset,
    of_related_queryset,
    relation_of_manager,
    row_key,
)
from .ways import way_from

__all__ = ["follows_relation", "of_sql", "read_sighting"]

_WRITES = frozenset({"INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE"})


def read_sighting(frame: FrameType | None, shape: Shape, path: CallPath) -> Sighting:
    """What the statement of `shape` that runs under `frame` was asked for by.

    Args:
        frame: The innermost frame.
        shape: The statement's shape.
        path: The call path from there outward.
    """
    way = way_from(frame, path)
    found = way.found(frame)
    sighting = None if found is None else _READERS[found.known.role](found.known, found.variables(), shape)
    if sighting is None:
        sighting = Sighting(of_sql(shape), page=page_of_sql(shape))
    if shape.table in MACHINERY_TABLES or way.is_machinery:
        return Sighting(_with_machinery(sighting.attribution))
    return sighting


def follows_relation(frame: FrameType | None, path: CallPath) -> bool:
    """Whether something is asked of an instance: a relation or field of it, or to write it. As `read_sighting`."""
    found = way_from(frame, path).found(frame)
    if found is None or found.known.role in _OF_NO_INSTANCE:
        return False
    if found.known.role not in _OF_QUERYSET:
        return True
    asked = found.frame.f_locals["self"]
    queryset = getattr(asked, "queryset", asked)
    # The manager of a generic relation leaves no hint.
    return queryset._hints.get("instance") is not None or has_loaded_alias(queryset)


def _with_machinery(attribution: Attribution) -> Attribution:
    return Attribution(label=attribution.label, relation=attribution.relation, machinery=True)


@lru_cache(maxsize=500)
def of_sql(shape: Shape) -> Attribution:
    """All that the statement itself tells: its operation and its table."""
    label = f"{shape.operation} {shape.table}".strip() or "SQL"
    return Attribution(label=label, relation="raw", operation=shape.operation)


# -- what each role's frame tells ------------------------------------------------------------------------------


def _seen(attribution: Attribution, instance: Any, target: int | None = None) -> Sighting:
    """What was asked of `instance`, with where that came from."""
    load = load_of(instance)
    steps = None if load is None else steps_to(type(instance), load)
    return Sighting(
        attribution, row_key(instance), target, load, steps, for_peers=_is_for_peers(attribution, instance)
    )


def _is_for_peers(attribution: Attribution, instance: Any) -> bool:
    """Whether the instance was loaded with `FETCH_PEERS`, of Django 6.1, and what is asked for comes by that."""
    mode = getattr(instance._state, "fetch_mode", None)
    return attribution.relation in _FETCHED and bool(getattr(mode, "track_peers", False))


@lru_cache(maxsize=2_000)
def _model_by_primary_key(field: Any) -> type[Model] | None:
    """The model that a forward relation leads to, if it holds the primary key of its rows."""
    model: type[Model] = field.remote_field.model._meta.concrete_model
    return model if field.target_field.primary_key else None


def _read_forward(known: Known, variables: dict[str, Any], shape: Shape) -> Sighting | None:
    field, instance = variables["self"].field, variables["instance"]
    target = None
    value = instance.__dict__.get(getattr(field, "attname", ""))
    if value is not None and (model := _model_by_primary_key(field)) is not None:
        target = hash((model, value))
    operation = "deferred" if variables["deferred"] else ""
    return _seen(of_field("forward", field.model, field.name, operation), instance, target)


def _read_reverse_one(known: Known, variables: dict[str, Any], shape: Shape) -> Sighting | None:
    related, instance = variables["self"].related, variables["instance"]
    return _seen(of_field("reverse_one", related.model, related.get_accessor_name()), instance)


def _read_deferred(known: Known, variables: dict[str, Any], shape: Shape) -> Sighting | None:
    field, instance = variables["self"].field, variables["instance"]
    return _seen(of_field("deferred", field.model, field.name), instance)


def _read_generic(known: Known, variables: dict[str, Any], shape: Shape) -> Sighting | None:
    # Up to Django 6.0 the field is its own descriptor.
    field, instance = getattr(variables["self"], "field", variables["self"]), variables["instance"]
    return _seen(of_field("generic", field.model, field.name), instance, generic_target(field, instance))


def _read_queryset(known: Known, variables: dict[str, Any], shape: Shape) -> Sighting | None:
    queryset = variables["self"]
    instance = queryset._hints.get("instance")
    if known.operation in _BULK and not (instance is not None or _is_for_one(variables.get("id_list"))):
        # Many rows in one statement; Django itself repeats it for each batch.
        return Sighting(of_manager("prefetch", queryset, known.operation, None))
    is_write = known.operation in _WRITING or shape.operation in _WRITES
    sighting = None
    if not is_write and isinstance(instance, Model):
        sighting = _of_related(queryset, instance, known.operation, aggregated_by(variables))
    elif not is_write:
        sighting = of_generic_queryset(queryset, known.operation)
    if sighting is not None:
        return sighting
    filtered = queryset if variables.get("clone") is None else variables["clone"]
    attribution = of_manager(
        "write" if is_write else "lookup", filtered, known.operation, variables.get("manager")
    )
    return Sighting(attribution, target=unique_row(filtered), page=page_of(filtered))


def _read_iterable(known: Known, variables: dict[str, Any], shape: Shape) -> Sighting | None:
    # Under `async for` another thread draws on the rows, whose stack has no frame of the queryset.
    return _read_queryset(known, {"self": variables["self"].queryset}, shape)


def _of_related(queryset: Any, instance: Model, operation: str, aggregated: str) -> Sighting | None:
    attribution = of_related_queryset(queryset, instance, operation, aggregated)
    return None if attribution is None else _seen(attribution, instance)


def _is_for_one(id_list: Any) -> bool:
    return isinstance(id_list, list | tuple | set) and len(id_list) == 1


def _read_raw_queryset(known: Known, variables: dict[str, Any], shape: Shape) -> Sighting | None:
    queryset = variables["self"]
    model = queryset.model._meta
    name = manager_name(queryset.model, None)
    attribution = Attribution(f"{model.label}.{name}.raw()", "lookup", model.label, name=name, operation="raw")
    return Sighting(attribution, page=page_of_sql(shape))


def _read_instance(known: Known, variables: dict[str, Any], shape: Shape) -> Sighting | None:
    instance = variables["self"]
    model = type(instance)._meta.label
    if known.operation == "refresh_from_db":
        relation: Relation = "refresh"
    else:
        relation = "write"  # also what save() and full_clean() look up for it
    label = f"{model}.{known.operation}()"
    return _seen(Attribution(label, relation, model, operation=known.operation), instance)


def _read_related_manager(known: Known, variables: dict[str, Any], shape: Shape) -> Sighting | None:
    manager = variables["self"]
    instance = manager.instance
    relation = relation_of_manager(manager, instance)
    if relation is None:
        return None
    if known.operation in ("count", "exists"):
        return _seen(relation.asked_for(known.operation), instance)
    kind: Relation = "lookup" if known.operation in _GETTING_OR_WRITING else "write"
    label = f"{relation.model}.{relation.name}.{known.operation}()"
    attribution = Attribution(label, kind, relation.model, relation.name, known.operation, target=relation.target)
    return _seen(attribution, instance)


def _read_prefetch(known: Known, variables: dict[str, Any], shape: Shape) -> Sighting | None:
    level = variables.get("level")
    if level is not None and level["level"] == 0 and len(level["instances"]) == 1:
        # Written by the project for one instance alone: what it saves is nothing.
        (instance,) = level["instances"]
        name = level["lookup"].prefetch_through.partition("__")[0]
        attribution = of_accessor(type(instance), name, "prefetch_related_objects")
        if attribution is not None:
            return _seen(attribution, instance)
    return Sighting(Attribution(f"{shape.operation} {shape.table}", "prefetch"))


_READERS = {
    "forward": _read_forward,
    "reverse_one": _read_reverse_one,
    "deferred": _read_deferred,
    "generic": _read_generic,
    "queryset": _read_queryset,
    "iterable": _read_iterable,
    "raw_queryset": _read_raw_queryset,
    "instance": _read_instance,
    "related_manager": _read_related_manager,
    "prefetch": _read_prefetch,
}

_FETCHED: frozenset[Relation] = frozenset({"forward", "reverse_one", "generic", "deferred"})
_OF_NO_INSTANCE = frozenset({"raw_queryset", "prefetch"})
_OF_QUERYSET = frozenset({"queryset", "iterable"})
_BULK = frozenset({"bulk_create", "bulk_update", "in_bulk"})
_GETTING_OR_WRITING = frozenset({"get_or_create", "update_or_create"})
"""Look-ups that write what they do not find: in a loop, most of them only read."""
_WRITING = frozenset("add clear create delete remove save set update".split())
