"""Which relations lie between the rows and a relation that is read of them? As the source writes it.

In production the rows do not tell what they were loaded by. The source does, where the relation is read in one
expression (`order.customer.region`), of a loop over a relation (`for item in order.items.all()`), in a template
or by a serializer field. A name counts only if it is a relation that leads to the right model.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from functools import lru_cache
from types import CodeType
from typing import Any

from django.apps import apps

from ..attribution.declared import Declared
from ..codelines import Site, is_project_code
from ..expressions import Chain, chain_looped_over, chain_read
from ..lineage import Step
from ..loops import Loop

__all__ = ["written_steps"]

_SOURCE = re.compile(r'\(source="([\w.]+)"\)')
_EXPRESSION = re.compile(r"\{[{%] *(?:\w+ )*?([a-z_]\w*(?:\.\w+)+)")
_SEQUENCE = re.compile(r"\bin ([\w.]+)")


def written_steps(loop: Loop) -> tuple[Step, ...]:
    """The relations before the one that `loop` follows; none where the source does not tell."""
    if loop.written is None:
        attribution = loop.attribution
        key = (id(loop.sites), attribution.model, attribution.name, loop.culprit, loop.via)
        known = _known.get(key)
        if known is None:
            if len(_known) >= _MOST_KNOWN:
                _known.clear()
            known = _known[key] = (_read_steps(loop), loop.sites)
        loop.written = known[0]
    return loop.written


_known: dict[object, tuple[tuple[Step, ...], tuple[Site, ...]]] = {}
"""By the identity of the sites: `telling_sites` gives the same ones for the same path, and they are kept,
so that no others get it. Hashing them would walk the bytecode of their code."""
_MOST_KNOWN = 1_000


def _read_steps(loop: Loop) -> tuple[Step, ...]:
    attribution = loop.attribution
    if not attribution.model or not attribution.name:
        return ()
    try:
        model = apps.get_model(attribution.model)
    except (LookupError, ValueError):
        return ()
    for names in _written(loop):
        steps = _verified(names, model)
        if steps:
            return steps
    return ()


def _written(loop: Loop) -> list[tuple[str, ...]]:
    """The names before the relation, as the places around the statement write them, the nearest first."""
    name = loop.attribution.name
    found: list[tuple[str, ...]] = []
    for declared in (loop.culprit, loop.via):
        if isinstance(declared, Declared):
            found.extend(_of_declared(declared, name))
    lines = [site for site in loop.sites if is_project_code(site[0].co_filename)]
    if lines:
        read = chain_read(*lines[0])
        before = _before(read.names, name)
        if not _begins_at_row(read, lines[0][0]):
            before = ()
        outer: tuple[str, ...] = ()
        for site in lines:
            looped = chain_looped_over(*site)
            if looped.names:
                outer = looped.names if looped.is_query and _begins_at_row(looped, site[0]) else ()
                break
        found.extend(names for names in ((*outer, *before), outer, before) if names)
    return found


def _begins_at_row(chain: Chain, code: CodeType) -> bool:
    """Whether `chain` begins at a row: anything but a `self` in `code` whose class has no such relation."""
    if chain.root != "self" or not chain.names:
        return True
    owner = code.co_qualname.rpartition(".")[0]
    return any(
        any(field.name == chain.names[0] for field in model._meta.get_fields())
        for model in apps.get_models()
        if any(_is_written_in(one, owner, code.co_filename) for one in model.__mro__)
    )


def _is_written_in(cls: type, name: str, filename: str) -> bool:
    """Whether `cls` is the class `name` of that file: others have the same name."""
    return cls.__qualname__ == name and getattr(sys.modules.get(cls.__module__), "__file__", "") == filename


def _of_declared(declared: Declared, name: str) -> list[tuple[str, ...]]:
    source = _SOURCE.search(declared.name)
    outer = tuple(declared.name.partition(" ")[0].split(".")[1:-1])
    inner = _before(source[1].split("."), name) if source else ()
    found = [(*outer, *inner), inner, outer]
    expression = _EXPRESSION.match(declared.name)
    if expression is not None:
        read = _before(expression[1].split(".")[1:], name)
        sequence = _SEQUENCE.search(declared.loop)
        looped = tuple(part for part in sequence[1].split(".")[1:] if part != "all") if sequence else ()
        found = [(*looped, *read), read, looped]
    return [names for names in found if names]


def _before(names: Sequence[str], name: str) -> tuple[str, ...]:
    """The `names` that come before `name`; none if it is not among them."""
    return tuple(names[: names.index(name)]) if name in names else ()


def _verified(names: Sequence[str], model: Any) -> tuple[Step, ...]:
    """The last of `names` that are relations which lead to `model`, one to the next."""
    steps: list[Step] = []
    for name in reversed(names):
        before = _relation_to(model, name)
        if before is None:
            break
        model, to_many = before
        steps.insert(0, Step(name, to_many))
    return tuple(steps)


@lru_cache(maxsize=2_000)
def _relation_to(model: Any, name: str) -> tuple[Any, bool] | None:
    """The model whose instances lead to `model` as `name`, and whether to many."""
    for field in model._meta.get_fields(include_hidden=True):
        if not field.is_relation or not isinstance(field.related_model, type):
            continue
        back = field.remote_field
        if back is None:
            continue
        # Seen from the other side: a field has its own name there, a relation made by Django an accessor.
        accessor = back.name if field.auto_created and not field.concrete else _accessor(back)
        if accessor == name:
            return field.related_model, bool(field.many_to_one or field.many_to_many)
    return None


def _accessor(back: Any) -> str:
    accessor = getattr(back, "get_accessor_name", None)
    return str(accessor() if accessor is not None else back.name)
