"""Which relation, field or look-up is behind a statement? Read from Django's frames, nearest the statement.

The frames of Django's ORM between the statement and the code that used it tell the story from the inside out;
the outermost one we know is what that code wrote. `book.author` runs `QuerySet.get` deep inside, but the
outermost is the descriptor's `__get__`, and it holds the field.
"""

from __future__ import annotations

from functools import cache, lru_cache
from types import FrameType
from typing import Any, NamedTuple

from django.db.models import Model

from ..callpath import HOPS, is_project_file
from ..fingerprint import Shape
from ..lineage import has_loaded_alias, load_of, steps_to
from .django_internals import MACHINERY_FOLDERS, MACHINERY_TABLES, Known, known_functions
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

__all__ = ["follows_relation", "is_orm_file", "of_sql", "read_sighting"]

_NEAR = 80  # frames looked at for the ORM's; a statement of a deep delete() is about 20 away from its caller
_WRITES = frozenset({"INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE"})


def read_sighting(frame: FrameType | None, shape: Shape, walk: int = 0) -> Sighting:
    """What the statement of `shape` that runs under `frame` was asked for by.

    Args:
        frame: The innermost frame.
        shape: The statement's shape.
        walk: A number that is equal where the same frames are met (`callpath.CallPath.walk`), 0 if it is unknown.
    """
    way = _way_from(frame, walk)
    found = way.found(frame)
    sighting = None if found is None else _READERS[found.known.role](found.known, found.variables(), shape)
    if sighting is None:
        sighting = Sighting(of_sql(shape), page=page_of_sql(shape))
    if shape.table in MACHINERY_TABLES or way.is_machinery:
        return Sighting(_with_machinery(sighting.attribution))
    return sighting


def follows_relation(frame: FrameType | None, walk: int = 0) -> bool:
    """Whether something is asked of an instance: a relation or field of it, or to write it. As `read_sighting`."""
    found = _way_from(frame, walk).found(frame)
    if found is None or found.known.role in _OF_NO_INSTANCE:
        return False
    if found.known.role not in _OF_QUERYSET:
        return True
    asked = found.frame.f_locals["self"]
    queryset = getattr(asked, "queryset", asked)
    # The manager of a generic relation leaves no hint.
    return queryset._hints.get("instance") is not None or has_loaded_alias(queryset)


class _Known(NamedTuple):
    """A frame we can read, and the frames inside of it that tell more.

    Attributes:
        known: What the frame's function is.
        frame: The frame.
        manager: The frame of the manager's method that was called, if it was one.
        level: The frame that prefetches one level.
        deferred: Whether a deferred field is loaded inside of it.
    """

    known: Known
    frame: FrameType
    manager: FrameType | None
    level: FrameType | None
    deferred: bool = False

    def variables(self) -> dict[str, Any]:
        """The local variables that are read of it."""
        values = self.frame.f_locals
        variables = {name: values.get(name) for name in self.known.variables}
        if self.manager is not None:
            variables["manager"] = self.manager.f_locals.get("self")
        if self.level is not None and not _is_called_by_orm(self.frame):
            variables["level"] = self.level.f_locals
        variables["deferred"] = self.deferred
        return variables


class _Way(NamedTuple):
    """Where the frames of a `_Known` are: a walk that was gone before need not be gone again.

    Attributes:
        known: What the frame's function is, `None` where none is known.
        frame: How far from the statement its frame is.
        manager: How far the manager's method is, `None` if none was called.
        level: How far the frame is that prefetches one level, `None` if none does.
        deferred: Whether a deferred field is loaded inside of it.
        is_machinery: Whether it is Django's own machinery that asks.
    """

    known: Known | None
    frame: int
    manager: int | None
    level: int | None
    deferred: bool
    is_machinery: bool

    def is_here(self, frame: FrameType) -> bool:
        """Whether the frame that is known is where it was, as numbers that are equal may be so by chance."""
        return self.known is None or self.known is known_functions().get(id(HOPS[self.frame](frame).f_code))

    def found(self, frame: Any) -> _Known | None:
        """The frames, at the end of this way from `frame`."""
        if self.known is None:
            return None
        manager = None if self.manager is None else HOPS[self.manager](frame)
        level = None if self.level is None else HOPS[self.level](frame)
        return _Known(self.known, HOPS[self.frame](frame), manager, level, self.deferred)


_ways: dict[int, _Way] = {}
_MOST_WAYS = 5_000


def _way_from(frame: FrameType | None, walk: int) -> _Way:
    way = _ways.get(walk)
    if way is None or frame is None or not way.is_here(frame):
        way = _learn_way(frame, walk)
    return way


def _learn_way(frame: FrameType | None, walk: int) -> _Way:
    """Go a way for the first time; or one that is the same as another from the statement to the project's line."""
    inner = _inner_walk(frame)
    way = _ways.get(inner)
    if way is None or frame is None or not way.is_here(frame):
        way = _read_way(frame)
    if len(_ways) >= _MOST_WAYS:
        _ways.clear()
    _ways[inner] = way
    if walk:
        _ways[walk] = way
    return way


def _inner_walk(frame: FrameType | None) -> int:
    """A number for the frames from `frame` outward to the first one of the project: nothing outside is read."""
    met: list[int] = []
    for _ in range(_NEAR):
        if frame is None:
            break
        code = frame.f_code
        if is_project_file(code.co_filename):
            break
        met.append(id(code))
        met.append(frame.f_lasti)
        frame = frame.f_back
    return hash(("inner", *met))


def _read_way(frame: FrameType | None) -> _Way:
    distances: dict[int, int] = {}
    walked = frame
    while walked is not None and len(distances) < _NEAR:
        distances[id(walked)] = len(distances)
        walked = walked.f_back
    found = _outermost_known(frame)
    machinery = _is_machinery(frame)
    if found is None:
        return _Way(None, 0, None, None, deferred=False, is_machinery=machinery)
    distance = distances[id(found.frame)]
    manager = None if found.manager is None else distances[id(found.manager)]
    level = None if found.level is None else distances[id(found.level)]
    return _Way(found.known, distance, manager, level, found.deferred, machinery)


def _outermost_known(frame: FrameType | None) -> _Known | None:
    """The outermost frame we know before the ORM's frames end."""
    known_by_code = known_functions()
    found: _Known | None = None
    level: FrameType | None = None
    inside = False
    for _ in range(_NEAR):
        if frame is None:
            break
        filename = frame.f_code.co_filename
        if is_orm_file(filename):
            inside = True
            known = known_by_code.get(id(frame.f_code))
            role = known.role if known is not None else ""
            if role == "manager":
                found = found and found._replace(manager=frame)
            elif role == "prefetch_level":
                level = frame
            elif known is not None:
                deferred = found is not None and found.known.role == "deferred"
                found = _Known(known, frame, None, level, deferred)
                if role == "prefetch":
                    break
        elif inside or is_project_file(filename):
            break
        frame = frame.f_back
    return found


def _is_called_by_orm(frame: FrameType) -> bool:
    caller = frame.f_back
    return caller is not None and is_orm_file(caller.f_code.co_filename)


@cache
def is_orm_file(filename: str) -> bool:
    """Whether `filename` is part of Django's ORM."""
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
