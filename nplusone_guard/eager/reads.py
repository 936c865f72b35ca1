"""Containers that notice when the application reads what is in them.

Django keeps a single related row in `_state.fields_cache`, a dict, and many of them as the `_result_cache` of a
queryset, a list; every read of theirs goes through one of the two. Those of watched rows are replaced by the dict
and the list of this module. What a `Prefetch(to_attr=…)` brings is a plain attribute: while its model is watched,
the class has a descriptor of that name.

Django itself reads them as well: while it prefetches deeper levels, and while it saves an instance. That is no use
of the rows.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from types import FrameType
from typing import Any

from django.db.models import Model

from ..attribution.ways import is_orm_file
from .relations import Ahead, note_read

__all__ = ["WatchedRows", "forget_attributes", "watch_attribute", "watch_relations", "watch_rows"]

_NEAR = 12  # frames of the ORM between a container and whoever reads it

_DJANGOS_OWN = frozenset(
    {
        "prefetch_related_objects",
        "prefetch_one_level",
        "get_prefetcher",
        "Model._prepare_related_fields_for_save",
        "ForwardManyToOneDescriptor.__set__",
        "ReverseOneToOneDescriptor.__set__",
    }
)
"""Functions of the ORM that look into the caches for a purpose of their own."""


def _note(ahead: Ahead) -> None:
    """Somebody reads `ahead`, unless it is Django itself."""
    if not ahead.read and not _is_djangos_own(sys._getframe(2)):
        note_read(ahead)


def _is_djangos_own(frame: FrameType | None) -> bool:
    for _ in range(_NEAR):
        if frame is None:
            return False
        code = frame.f_code
        if code.co_filename != __file__ and not is_orm_file(code.co_filename):
            return False
        if code.co_qualname.partition(".<locals>")[0] in _DJANGOS_OWN:
            return True
        frame = frame.f_back
    return False


class _Relations(dict[str, Any]):
    """The `fields_cache` of an instance some of whose relations were loaded ahead.

    Attributes:
        watched: By the name in the cache, what was asked for; shared by the rows of a query.
    """

    __slots__ = ("watched",)
    watched: Mapping[str, Ahead]

    @classmethod
    def of(cls, cache: dict[str, Any], watched: Mapping[str, Ahead]) -> _Relations:
        relations = cls(cache)
        relations.watched = watched
        return relations

    def __getitem__(self, name: str) -> Any:
        value = super().__getitem__(name)
        ahead = self.watched.get(name)
        if ahead is not None and not ahead.read:
            _note(ahead)
        return value

    def note_all(self) -> None:
        for ahead in self.watched.values():
            note_read(ahead)

    # Whoever copies or pickles an instance may read it where nobody sees it.
    def copy(self) -> dict[str, Any]:
        self.note_all()
        return dict(self)

    def __reduce_ex__(self, _: Any) -> tuple[type[dict[str, Any]], tuple[dict[str, Any]]]:
        self.note_all()
        return dict, (dict(self),)


def _reading_all(name: str) -> Callable[..., Any]:
    original = getattr(dict, name)

    def read(self: _Relations, *args: Any) -> Any:
        self.note_all()
        return original(self, *args)

    return read


for _name in ("get", "pop", "setdefault", "values", "items"):
    setattr(_Relations, _name, _reading_all(_name))


def watch_relations(instance: Model, watched: Mapping[str, Ahead]) -> None:
    """Notice when the relations of `instance` that `watched` names, as its cache does, are read."""
    state = instance._state
    cache = state.fields_cache
    if type(cache) is _Relations:
        cache.watched = {**cache.watched, **watched}
    else:
        state.fields_cache = _Relations.of(cache, watched)


class WatchedRows(list[Any]):
    """The rows of a prefetched queryset.

    A `filter()` on the queryset asks the database again and does not come by here, so that a prefetch which such
    code defeats is not taken for one that is used.
    """

    __slots__ = ("ahead",)
    ahead: Ahead

    def __iter__(self) -> Iterator[Any]:
        _note(self.ahead)
        return super().__iter__()

    def __len__(self) -> int:
        _note(self.ahead)
        return super().__len__()

    def __getitem__(self, index: Any) -> Any:
        _note(self.ahead)
        return super().__getitem__(index)

    def __contains__(self, one: object) -> bool:
        _note(self.ahead)
        return super().__contains__(one)

    def __reduce_ex__(self, _: Any) -> tuple[type[list[Any]], tuple[list[Any]]]:
        note_read(self.ahead)
        return list, (self[:],)


def watch_rows(queryset: Any, ahead: Ahead) -> None:
    """Notice when the rows of `queryset`, which was prefetched, are read."""
    rows = queryset._result_cache
    if type(rows) is list:
        watched = WatchedRows(rows)
        watched.ahead = ahead
        queryset._result_cache = watched
    elif type(rows) is not WatchedRows:
        note_read(ahead)


class _Attribute:
    """The descriptor of an attribute that `Prefetch(to_attr=…)` sets; its value stays where it is.

    Args:
        name: The attribute.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None or self._name not in instance.__dict__:
            raise AttributeError(f"{owner.__name__!r} object has no attribute {self._name!r}")
        cache = instance._state.fields_cache
        ahead = cache.watched.get(_key_of(self._name)) if type(cache) is _Relations else None
        if ahead is not None and not ahead.read:
            _note(ahead)
        return instance.__dict__[self._name]

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self._name] = value

    def __delete__(self, instance: Any) -> None:
        if self._name not in instance.__dict__:
            raise AttributeError(self._name)
        del instance.__dict__[self._name]


_attributes: list[tuple[type, str]] = []


def _key_of(attribute: str) -> str:
    return f".{attribute}"  # no field has such a name


def watch_attribute(instance: Model, name: str, ahead: Ahead) -> None:
    """Notice when the attribute `name` of `instance` is read."""
    model = type(instance)
    found = next((one.__dict__[name] for one in model.__mro__ if name in one.__dict__), None)
    if found is None:
        found = _Attribute(name)
        setattr(model, name, found)
        _attributes.append((model, name))
    if type(found) is _Attribute:
        watch_relations(instance, {_key_of(name): ahead})
    else:
        note_read(ahead)  # a cached property, for example, that reads the instance's own dict


def forget_attributes() -> None:
    """Take the descriptors off the models."""
    while _attributes:
        model, name = _attributes.pop()
        delattr(model, name)
