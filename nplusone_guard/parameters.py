"""Are the parameters of two statements the same? Compared by hash, never kept and never shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .fingerprint import literal_key

__all__ = ["hash_of_fixed_parameters", "hash_of_parameters"]


def hash_of_parameters(sql: Any, params: Any) -> int:
    """A number that is equal for equal parameters of one shape, values written into the text included."""
    # A comment may differ with every statement (trace ids do), and psycopg's composed statements are no text: they
    # are read for their values. The hash of any other is known since its shape was looked up.
    # Few texts have a slash, and one character is looked for six times as fast as two.
    text = sql if type(sql) is str and ("/" not in sql or "*/" not in sql) else literal_key(sql)
    try:
        if type(params) is tuple:
            return hash((text, params))
        if type(params) is list:
            return hash((text, tuple(params)))
    except TypeError:  # a list or a dict among them
        pass
    return hash((text, _hashable(params) if params else ()))


def hash_of_fixed_parameters(params: Any, batch_slots: frozenset[int]) -> int:
    """The same for the parameters that do not stand in a list: those at other positions than `batch_slots`."""
    if not isinstance(params, list | tuple):
        return 0
    return hash(tuple(_hashable(value) for slot, value in enumerate(params) if slot not in batch_slots))


def _hashable(value: Any) -> Any:
    """Lists and dicts as tuples; of what cannot be hashed at all, only its type, as a `repr` may do anything."""
    if isinstance(value, list | tuple | set):
        return tuple(_hashable(part) for part in value)
    if isinstance(value, Mapping):
        return tuple((key, _hashable(part)) for key, part in value.items())
    try:
        hash(value)
    except TypeError:
        return type(value)
    return value
