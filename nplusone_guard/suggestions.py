"""The fix as code, for the query that loads the parent rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import django

from .attribution.model import Attribution
from .findings import Kind
from .lineage import Step

__all__ = ["Fix", "combined", "fix_of"]

_HAS_FETCH_MODES = django.VERSION >= (6, 1)
_AGGREGATED = re.compile(r'=(\w+)\("([^"]+)"')
_MULTIPLIED = "a Sum() or Avg() beside another relation counts rows several times: give it a Subquery of its own"
_DEEP_TREE = "as deep as it is shown; or load the whole tree with one query"


@dataclass(frozen=True, slots=True)
class Fix:
    """What to change. The first three go on one query, and so can be combined with those of other fixes.

    Attributes:
        select: Paths for `select_related()`.
        prefetch: Arguments for `prefetch_related()`, as code.
        annotate: Arguments for `annotate()`, as code.
        advice: Any other fix, as code or in words.
        remark: What else there is to know, behind the code.
    """

    select: tuple[str, ...] = ()
    prefetch: tuple[str, ...] = ()
    annotate: tuple[str, ...] = ()
    advice: str = ""
    remark: str = ""

    @property
    def goes_on_query(self) -> bool:
        """Whether it is something to append to the query that loads the parent rows."""
        return bool(self.select or self.prefetch or self.annotate)

    def __str__(self) -> str:
        calls = []
        if self.select:
            paths = '", "'.join(self.select)
            calls.append(f'select_related("{paths}")')
        if self.prefetch:
            calls.append(f"prefetch_related({', '.join(self.prefetch)})")
        if self.annotate:
            calls.append(f"annotate({', '.join(self.annotate)})")
        text = ".".join(calls)
        if self.advice:
            text = f"{text}; {self.advice}" if text else self.advice
        return f"{text}  # {self.remark}" if self.remark else text


def combined(fixes: Iterable[Fix]) -> Fix:
    """One fix in the place of several that go on one query."""
    every = list(fixes)
    if len(every) == 1:
        return every[0]
    select = dict.fromkeys(path for fix in every for path in fix.select)
    prefetch = dict.fromkeys(argument for fix in every for argument in fix.prefetch)
    annotate = tuple(dict.fromkeys(argument for fix in every for argument in fix.annotate))
    remark = _MULTIPLIED if _multiplies(annotate) else next((fix.remark for fix in every if fix.remark), "")
    return Fix(
        # A longer path brings all of its beginning along.
        tuple(path for path in select if not any(other.startswith(f"{path}__") for other in select)),
        tuple(one for one in prefetch if not any(_covers(other, one) for other in prefetch)),
        annotate,
        "; ".join(dict.fromkeys(fix.advice for fix in every if fix.advice)),
        remark,
    )


def _multiplies(annotate: Sequence[str]) -> bool:
    """Whether a sum stands beside an aggregate of another relation: their joins multiply each other's rows."""
    aggregates = [match.groups() for argument in annotate if (match := _AGGREGATED.search(argument))]
    # A count is of the relation itself, any other function of a field behind it.
    relations = {path if function == "Count" else path.rpartition("__")[0] for function, path in aggregates}
    return len(relations) > 1 and any(function in ("Sum", "Avg") for function, _ in aggregates)


def _covers(longer: str, shorter: str) -> bool:
    if not shorter.startswith('"'):
        return False
    longer_ones = (f"{shorter[:-1]}__", f"Prefetch({shorter}, queryset=", f"GenericPrefetch({shorter}, ")
    return longer.startswith(longer_ones) and "to_attr" not in longer


@lru_cache(maxsize=1_000)
def fix_of(kind: Kind, attribution: Attribution, path: tuple[Step, ...], below: tuple[Step, ...] = ()) -> Fix:
    """How to do without the repeated statements.

    Args:
        kind: What the finding is.
        attribution: What was asked for.
        path: The relations from the parent rows to what was asked for, that one included.
        below: The relations that are followed from what a look-up finds.
    """
    if kind == "write_in_loop":
        return Fix(advice=_one_write(attribution))
    if kind == "duplicate_query":
        return Fix(
            advice="run it once before the loop and keep the result in a variable, or cache it; "
            f'ignore("{attribution.label}") if it is meant'
        )
    match attribution.relation:
        case "forward" | "reverse_one":
            return _to_one(attribution, path)
        case "generic":
            remark = f'GenericPrefetch("{path[-1].name}", [querysets]) where its rows need relations of their own'
            return Fix(prefetch=(f'"{_joined(path)}"',), remark=remark)
        case "reverse_many" | "many_to_many" | "generic_many":
            return _to_many(attribution, path)
        case "deferred":
            return _deferred(attribution, path)
        case "refresh":
            return Fix(advice="load the rows again with one query instead of refresh_from_db() on each")
        case "lookup":
            return Fix(advice=_one_lookup(attribution, below))
        case _:
            return Fix(advice="one statement with WHERE … IN (…) before the loop")


def _joined(path: Sequence[Step]) -> str:
    return "__".join(step.name for step in path)


def _is_recursive(path: Sequence[Step]) -> bool:
    return len(path) > 1 and path[-1].name == path[-2].name


def _to_one(attribution: Attribution, path: Sequence[Step]) -> Fix:
    remark = ""
    if attribution.operation == "deferred":
        remark = f'and add "{attribution.name}" to only(), which leaves out the column of the key'
    elif _is_recursive(path):
        remark = _DEEP_TREE
    elif _HAS_FETCH_MODES:
        remark = "or fetch_mode(models.FETCH_PEERS)"
    generic = next((index for index, step in enumerate(path[:-1], 1) if step.generic), 0)
    if generic:
        rows = f"{_name_of(attribution.model) if len(path) == generic + 1 else '…'}.objects"
        queryset = f'{rows}.select_related("{_joined(path[generic:])}")'
        return Fix(prefetch=(f'GenericPrefetch("{_joined(path[:generic])}", [{queryset}])',))
    # No join goes beyond a relation to many.
    if any(step.to_many for step in path):
        return Fix(prefetch=(f'"{_joined(path)}"',), remark=remark)
    return Fix(select=(_joined(path),), remark=remark)


def _deferred(attribution: Attribution, path: Sequence[Step]) -> Fix:
    name = "__".join([*(step.name for step in path[:-1]), attribution.name])
    return Fix(advice=f'load "{name}" with the rows: take it out of defer(), or put it into only()')


def _to_many(attribution: Attribution, path: Sequence[Step]) -> Fix:
    joins = not any(step.to_many for step in path[:-1])
    if joins and attribution.operation in ("count", "aggregate"):
        return _aggregated(attribution, path)
    name, whole = attribution.name, _joined(path)
    rows = f"{_name_of(attribution.target)}.objects"
    condition = f'{attribution.back}=OuterRef("pk")' if attribution.back and len(path) == 1 else ""
    if attribution.narrowing:
        queryset = f"{rows}.{attribution.narrowing}"
        argument = f'Prefetch("{whole}", queryset={queryset}, to_attr="wanted_{name}")'
        exists = attribution.operation == "exists" and condition
        return Fix(
            prefetch=(argument,),
            remark=f"or annotate(has_{name}=Exists({queryset}.filter({condition})))" if exists else "",
        )
    if attribution.operation == "exists" and condition:
        exists = f"has_{name}=Exists({rows}.filter({condition}))"
        return Fix(annotate=(exists,), remark=f'or prefetch_related("{whole}") and look at all()')
    if attribution.operation in ("values", "iterator", "in_bulk"):
        method = "values_list" if attribution.operation == "values" else attribution.operation
        return Fix(prefetch=(f'"{whole}"',), remark=f"and read .all() in the loop, as {method}() asks again")
    remark = _DEEP_TREE if _is_recursive(path) else ""
    if len(path) > 1 and path[-2].to_many and not remark:
        owner = f"{_name_of(attribution.model)}.objects"
        argument = f'Prefetch("{_joined(path[:-1])}", queryset={owner}.prefetch_related("{name}"))'
        return Fix(prefetch=(argument,))
    return Fix(prefetch=(f'"{whole}"',), remark=remark)


def _aggregated(attribution: Attribution, path: Sequence[Step]) -> Fix:
    """Counts and sums of related rows, by the query of the parents itself."""
    name = attribution.name
    queried = "__".join((*(step.name for step in path[:-1]), attribution.query_name or name))
    condition = ", filter=Q(…)" if attribution.narrowing else ""
    if attribution.operation == "aggregate":
        function, _, field = (attribution.aggregated or 'Sum("…")').partition('("')
        value = f'{function}("{queried}__{field[:-2]}"{condition})'
        return Fix(annotate=(f"{name}_{function.lower()}={value}",), remark="one aggregate for all the rows")
    # Two counts in one query multiply each other's rows without distinct.
    return Fix(annotate=(f'{name}_count=Count("{queried}"{condition}, distinct=True)',))


def _one_lookup(attribution: Attribution, below: Sequence[Step]) -> str:
    manager = f"{_name_of(attribution.model)}.{attribution.name or 'objects'}"
    if below:
        call = "prefetch_related" if any(step.to_many for step in below) else "select_related"
        manager = f'{manager}.{call}("{_joined(below)}")'
    match attribution.operation:
        case "get_or_create":
            return (
                f"{manager}.in_bulk(…) before the loop, then one bulk_create(objects) for those that are missing"
            )
        case "update_or_create":
            return f"{manager}.bulk_create(objects, update_conflicts=True, unique_fields=[…], update_fields=[…])"
        case "in_bulk":
            return f"one {manager}.in_bulk(ids) with all the ids before the loop"
        case "contains":
            return f'set({manager}.filter(…).values_list("pk", flat=True)) before the loop'
    if attribution.lookup:
        return _one_lookup_by(attribution.lookup, attribution, manager)
    if attribution.operation in ("count", "aggregate", "exists"):
        return f"annotate() the rows with a Subquery of {manager}, or one query for all of them before the loop"
    return f"one {manager}.filter(…__in=…) before the loop"


def _one_lookup_by(field: str, attribution: Attribution, manager: str) -> str:
    values = "values" if field.endswith("s") else f"{field}s"
    if attribution.operation == "exists":
        return f'set({manager}.filter({field}__in={values}).values_list("{field}", flat=True)) before the loop'
    if attribution.operation in ("count", "aggregate"):
        return f'{manager}.filter({field}__in={values}).values("{field}").annotate(Count("pk")) before the loop'
    if attribution.lookup_is_unique:
        named = "" if field in ("id", "pk") else f', field_name="{field}"'
        return f"{manager}.in_bulk({values}{named}) before the loop"
    return f"{manager}.filter({field}__in={values}) before the loop, grouped by {field} in a dict"


def _one_write(attribution: Attribution) -> str:
    name = _name_of(attribution.target or attribution.model)
    match attribution.operation:
        case "create":
            return f"{name}.objects.bulk_create(objects)"
        case "get_or_create":
            return f"{name}.objects.bulk_create(objects, ignore_conflicts=True), then one query for all of them"
        case "update_or_create":
            return (
                f"{name}.objects.bulk_create(objects, update_conflicts=True, unique_fields=[…], update_fields=[…])"
            )
        case "save":
            return f"{name}.objects.bulk_update(objects, fields), or bulk_create(objects) for new rows"
        case "delete":
            return f"{name}.objects.filter(pk__in=pks).delete()"
        case "update":
            return f"one {name}.objects.filter(pk__in=pks).update(…), or bulk_update(objects, fields)"
        case "add" | "remove":
            return (
                f"{attribution.name}.{attribution.operation}(*objects), all at once, "
                "or bulk_create() of the rows of its through model"
            )
        case "set" | "clear":
            return f"bulk_create() and one delete() on the rows behind {attribution.label}"
        case "full_clean" | "validate_unique" | "validate_constraints":
            return "look up what is taken with one query before the loop"
        case _:
            return "one statement for all the rows, or cursor.executemany()"


def _name_of(label: str) -> str:
    """The class of a model's label."""
    return label.rpartition(".")[2] or "Model"
