"""Which relation is it? From a field, a related manager, or a queryset that a related manager made."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import Model

from ..lineage import Step, has_loaded_alias, steps_to
from .model import Attribution, Relation, Sighting
from .narrowing import narrowing_of

__all__ = [
    "generic_target",
    "of_accessor",
    "of_field",
    "of_generic_queryset",
    "of_related_queryset",
    "relation_of_manager",
    "row_key",
    "step_of_related_queryset",
]


class _ToMany(NamedTuple):
    """A relation to many rows.

    Attributes:
        relation: Its sort.
        model: The label of the model it starts from.
        name: Its name on that model.
        query_name: Its name inside `annotate()` and `filter()`.
        target: The label of the model it leads to.
        back: The name of the relation from there back, inside `filter()`.
    """

    relation: Relation
    model: str
    name: str
    query_name: str
    target: str
    back: str

    def asked_for(self, operation: str, narrowing: str = "", aggregated: str = "") -> Attribution:
        return Attribution(
            f"{self.model}.{self.name}",
            self.relation,
            self.model,
            self.name,
            operation,
            narrowing=narrowing,
            aggregated=aggregated,
            query_name=self.query_name,
            target=self.target,
            back=self.back,
        )


@lru_cache(maxsize=2_000)
def of_field(relation: Relation, model: Any, name: str, operation: str = "") -> Attribution:
    """The relation or field `name` of `model`, read from one instance."""
    label = model._meta.label
    return Attribution(f"{label}.{name}", relation, label, name, operation, query_name=name)


def of_accessor(model: type[Model], name: str, operation: str) -> Attribution | None:
    """The relation that instances of `model` have as `name`; `None` if there is none."""
    for field in model._meta.get_fields():
        one: Any = field  # fields and reverse relations share these attributes, not a class
        accessor = one.get_accessor_name() if one.auto_created and not one.concrete else one.name
        if accessor != name or not one.is_relation:
            continue
        if one.many_to_many or one.one_to_many:
            relation: Relation = "many_to_many" if one.many_to_many else "reverse_many"
            return _to_many(relation, one, name).asked_for(operation)
        return of_field("forward" if one.concrete else "reverse_one", one.model, name)
    return None


def of_related_queryset(
    queryset: Any, instance: Model, operation: str, aggregated: str = ""
) -> Attribution | None:
    """A queryset that a related manager of `instance` made; `None` if the relation cannot be told."""
    relation = _relation_of_queryset(queryset, instance)
    if relation is None:
        return None
    if queryset._fields is not None and operation in ("iterate", "iterator", "slice"):
        operation = "values"
    return relation.asked_for(operation, narrowing_of(queryset, operation, own_conditions=1), aggregated)


def step_of_related_queryset(queryset: Any, instance: Model) -> Step | None:
    """The relation that leads from `instance` to the rows of a queryset that its related manager made."""
    relation = _relation_of_queryset(queryset, instance)
    return None if relation is None else Step(relation.name, to_many=True)


def of_generic_queryset(queryset: Any, operation: str) -> Sighting | None:
    """A queryset that a generic relation's manager made. It leaves no hint, only its two conditions."""
    conditions = queryset.query.where.children
    for key in queryset.model._meta.private_fields:
        if not hasattr(key, "ct_field") or len(conditions) < 2:  # noqa: PLR2004 — content type and object
            continue
        values = {_compared_field(one): getattr(one, "rhs", None) for one in conditions}
        owner = _cached_model(key, values.get(key.ct_field), queryset.db)
        for field in owner._meta.private_fields if owner is not None else ():
            if field.one_to_many and field.related_model is queryset.model:
                relation = _to_many("generic_many", field, field.name)
                narrowing = narrowing_of(queryset, operation, own_conditions=2)
                parent = hash((owner._meta.concrete_model, values.get(key.fk_field)))
                # The router has handed the parent's alias on.
                load = queryset._db.load if has_loaded_alias(queryset) else None
                steps = None if load is None else steps_to(owner, load)
                return Sighting(relation.asked_for(operation, narrowing), parent, load=load, steps=steps)
    return None


def generic_target(key: Any, instance: Model) -> int | None:
    """The `row_key` of the row that `instance` points to by the generic foreign key `key`, where that is known."""
    content_type = instance._meta.get_field(key.ct_field)
    model = _cached_model(key, instance.__dict__.get(getattr(content_type, "attname", "")), instance._state.db)
    value = instance.__dict__.get(key.fk_field)
    if model is None or value is None:
        return None
    return hash((model._meta.concrete_model, model._meta.pk.to_python(value)))


def _cached_model(key: Any, content_type: Any, alias: str | None) -> Any:
    """The model of a content type, if Django has it in its cache: we never ask the database."""
    content_types = key.model._meta.get_field(key.ct_field).remote_field.model.objects
    cached = content_types._cache.get(alias, {})
    known = isinstance(content_type, int) and content_type in cached
    return cached[content_type].model_class() if known else None


def relation_of_manager(manager: Any, instance: Model) -> _ToMany | None:
    """The relation behind a related manager of `instance`."""
    through = getattr(manager, "through", None)
    if through is not None:
        return _relation_to(type(instance), manager.model, frozenset({through._meta.db_table}))
    field = getattr(manager, "field", None)
    if field is not None and field.remote_field.get_accessor_name():
        return _reverse_of(field)
    return _relation_to(type(instance), manager.model, frozenset())


def row_key(instance: Model) -> int:
    """A hash that is equal for two instances of one row. It stays in this process."""
    # Not `instance.pk`: a descriptor could ask the database.
    pk = instance.__dict__.get(instance._meta.pk.attname)
    return id(instance) if pk is None else hash((instance._meta.concrete_model, pk))


def _relation_of_queryset(queryset: Any, instance: Model) -> _ToMany | None:
    for field in queryset._known_related_objects:
        if field.remote_field.get_accessor_name():
            return _reverse_of(field)
    # Many-to-many managers leave no field behind: find the relation by the tables it joins.
    tables = frozenset(table.table_name for table in queryset.query.alias_map.values())
    return _relation_to(type(instance), queryset.model, tables)


def _reverse_of(field: Any) -> _ToMany:
    return _to_many("reverse_many", field.remote_field, field.remote_field.get_accessor_name())


def _to_many(relation: Relation, field: Any, name: str) -> _ToMany:
    """The relation `field`, or the other side of one, which instances have as `name`."""
    target = field.related_model._meta.label
    back = getattr(field.remote_field, "name", "") or ""
    return _ToMany(relation, field.model._meta.label, name, field.name, target, back)


@lru_cache(maxsize=2_000)
def _relation_to(owner: type[Model], model: Any, tables: frozenset[str]) -> _ToMany | None:
    """The many-to-many or generic relation of `owner` to `model`, through one of `tables`."""
    target = model._meta.concrete_model
    for field in owner._meta.get_fields():
        one: Any = field  # fields and reverse relations share these attributes, not a class
        related = one.related_model
        if not isinstance(related, type) or related._meta.concrete_model is not target:  # type: ignore[attr-defined]
            continue
        if one.many_to_many:
            # A reverse relation is made by Django; the field itself is not.
            through = one.through if one.auto_created else one.remote_field.through
            if through._meta.db_table in tables:
                name = one.get_accessor_name() if one.auto_created else one.name
                return _to_many("many_to_many", one, name)
        elif one.one_to_many and not one.auto_created:
            return _to_many("generic_many", one, one.name)
    return None


def _compared_field(condition: Any) -> str:
    return str(getattr(getattr(getattr(condition, "lhs", None), "target", None), "name", ""))
