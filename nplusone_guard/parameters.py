"""Are the parameters of two statements the same? Compared by hash, never kept and never shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .fingerprint import literal_key

__all__ = ["hash_of_fixed_parameters", "hash_of_parameters"]


def hash_of_parameters(sql: Any, params: Any) -> int:
    """A number that is equal for equal parameters of one shape, values written into the text included."""
    # The text holds the values that were written into it; its hash is known since its shape was looked up. A
    # comment may differ with every statement (trace ids do), so such a text is read for its literals.
    text = literal_key(sql) if isinstance(sql, str) and ("/*" in sql or "--" in sql) else _hash(sql)
    return text ^ _hash(params) if params else text


def hash_of_fixed_parameters(params: Any, batch_slots: frozenset[int]) -> int:
    """The same for the parameters that do not stand in a list: those at other positions than `batch_slots`."""
    if not isinstance(params, list | tuple):
        return 0
    return _hash(tuple(value for slot, value in enumerate(params) if slot not in batch_slots))


def _hash(value: Any) -> int:
    try:
        return hash(value)
    except TypeError:
        return hash(_hashable(value))


def _hashable(value: Any) -> object:
    """Lists and dicts as tuples; of what cannot be hashed at all, only its type, as a `repr` may do anything."""
    if isinstance(value, Mapping):
        return tuple((key, _hash(part)) for key, part in value.items())
    if isinstance(value, list | tuple | set):
        return tuple(_hash(part) for part in value)
    return type(value)
