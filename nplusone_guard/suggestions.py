"""The fix as code, for the query that loads the parent rows."""

from __future__ import annotations

from collections.abc import Sequence

from .attribution import Attribution
from .findings import Kind

__all__ = ["suggest"]


def suggest(kind: Kind, attribution: Attribution, path: Sequence[str]) -> str:
    """How to do without the repeated statements.

    Args:
        kind: What the finding is.
        attribution: What was asked for.
        path: The relations from the parent rows to what was asked for, `("sender", "profile")`.
    """
    if kind == "write_in_loop":
        return _one_write(attribution)
    if kind == "duplicate_query":
        return "run it once before the loop and keep the result in a variable, or cache it"
    whole = "__".join(path)
    match attribution.relation:
        case "forward" | "reverse_one":
            return f'select_related("{whole}")'
        case "generic":
            return f'prefetch_related("{whole}")'
        case "reverse_many" | "many_to_many" | "generic_many":
            return _to_many(attribution, whole, path)
        case "deferred":
            return f'load "{attribution.name}" with the rows: take it out of defer(), or put it into only()'
        case "refresh":
            return "load the rows again with one query instead of refresh_from_db() on each"
        case "lookup":
            return _one_lookup(attribution)
        case _:
            return "one statement with WHERE … IN (…) before the loop"


def _to_many(attribution: Attribution, whole: str, path: Sequence[str]) -> str:
    name = attribution.name
    queried = "__".join((*path[:-1], attribution.query_name or name))
    if attribution.operation == "count" and not attribution.narrowed:
        # Two counts in one query multiply each other's rows without distinct.
        return f'annotate({name}_count=Count("{queried}", distinct=True))'
    if attribution.operation == "aggregate":
        return f'annotate(…=Sum("{queried}__…")), one aggregate for all the rows'
    if attribution.narrowed:
        return f'prefetch_related(Prefetch("{whole}", queryset=…, to_attr="…")) with the filter in its queryset'
    return f'prefetch_related("{whole}")'


def _one_lookup(attribution: Attribution) -> str:
    manager = f"{_class(attribution)}.{attribution.name or 'objects'}"
    field = attribution.lookup
    values = f"{field}s" if field else "values"
    if not field:
        return f"one {manager}.filter(…__in=…) before the loop"
    if attribution.operation in ("exists", "contains"):
        return f'set({manager}.filter({field}__in={values}).values_list("{field}", flat=True)) before the loop'
    if attribution.operation in ("count", "aggregate"):
        return f'{manager}.filter({field}__in={values}).values("{field}").annotate(Count("pk")) before the loop'
    if attribution.lookup_is_unique:
        named = "" if field in ("id", "pk") else f', field_name="{field}"'
        return f"{manager}.in_bulk({values}{named}) before the loop"
    return f"{manager}.filter({field}__in={values}) before the loop, grouped by {field} in a dict"


def _one_write(attribution: Attribution) -> str:
    name = _class(attribution)
    match attribution.operation:
        case "create" | "get_or_create":
            return f"{name}.objects.bulk_create(objects)"
        case "save" | "update_or_create":
            return f"{name}.objects.bulk_create(objects) for new rows, bulk_update(objects, fields) for others"
        case "delete":
            return f"{name}.objects.filter(pk__in=pks).delete()"
        case "update":
            return f"one {name}.objects.filter(pk__in=pks).update(…), or bulk_update(objects, fields)"
        case "add" | "remove":
            return f"{attribution.name}.{attribution.operation}(*objects), all at once"
        case "set" | "clear":
            return f"bulk_create() and one delete() on the rows behind {attribution.label}"
        case _:
            return "one statement for all the rows, or cursor.executemany()"


def _class(attribution: Attribution) -> str:
    return attribution.model.rpartition(".")[2] or "Model"
