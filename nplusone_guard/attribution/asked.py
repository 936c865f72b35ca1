"""Which access inside the ORM asks for a query that is about to be evaluated, and of which instance?

The same frames on the stack are the same access, so what was read of them is remembered with their call path.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

from django.db.models import Model

from ..callpath import CallPath
from ..lineage import Step
from .roles import ASKS, FOLLOWS, LIBRARY, ONE_ROW, ORM, PREFETCHES, REFRESHES, learn_role, roles

__all__ = ["Asked", "asked_by"]

_NEAR = 16  # frames between the evaluation of a queryset and what asked for it inside the ORM
_MOST_KNOWN = 1_000  # ways through the ORM, about 0.5 MB

_Owned = tuple[Any, object, Step | None]


class Asked:
    """Which access inside the ORM asks for a query: the same wherever the same frames are met.

    Attributes:
        single: Whether it wants one row.
        same_row: Whether it is a row that is there that is read again.
        is_written_there: Whether nobody else has written the query.
        distance: How many frames there are from the one that evaluates the query to the one that tells of it.
        read: How to read that frame, `None` if there is none: the instance whose relation or field is followed,
            the descriptor that does, to one row, or else that relation.
    """

    __slots__ = ("distance", "is_written_there", "read", "same_row", "single")

    def __init__(
        self,
        single: bool = False,
        same_row: bool = False,
        is_written_there: bool = False,
        distance: int = 0,
        read: Callable[[FrameType], _Owned] | None = None,
    ) -> None:
        self.single = single
        self.same_row = same_row
        self.is_written_there = is_written_there
        self.distance = distance
        self.read = read


def asked_by(path: CallPath) -> Asked:
    """What asks for the query that is evaluated at the beginning of `path`, which knows it from now on."""
    codes, own = path.codes, path.own
    # Each test has paths of its own, but most differ by its own frame alone, the outermost.
    near = codes[: min(own - 1, _NEAR)]
    key = tuple(map(id, near))
    known = _known.get(key)
    if known is None:
        known = _remember(key, near)
    role = roles.get(id(codes[own - 1]))
    if role is None:
        role = learn_role(codes[own - 1])
    is_of_orm = own <= _NEAR and LIBRARY < role < ASKS
    asked = path.asked = _read_asked(codes[:own]) if is_of_orm else known[0]
    if asked.read is _followed:
        # What a descriptor calls to get its row does not differ.
        path.passed, path.sites = asked.distance, ()
    return asked


_known: dict[tuple[int, ...], tuple[Asked, list[CodeType]]] = {}
"""By the identities of the codes, which are kept so that no other one gets one of them."""


def _remember(key: tuple[int, ...], codes: list[CodeType]) -> tuple[Asked, list[CodeType]]:
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
    known = _known[key] = (_read_asked(codes), codes)
    return known


def _read_asked(codes: list[CodeType]) -> Asked:
    single = inside = False
    for distance, code in enumerate(codes[:_NEAR]):
        role = roles.get(id(code))
        if role is None:
            role = learn_role(code)
        if role == LIBRARY:
            if inside:  # what others have wrapped around the rows is met before the ORM
                break
        elif role == ONE_ROW:
            inside = single = True
        elif role == ORM:
            inside = True
        elif role < ASKS:
            single, same_row, is_written_there, read = _TELLING[role]
            return Asked(single, same_row, is_written_there, distance, read)
        else:
            break
    return _FOR_ONE_ROW if single else _FOR_ROWS


_FOR_ONE_ROW = Asked(single=True)
_FOR_ROWS = Asked()
"""What most queries are asked for by: no relation is followed, and no row read again."""


def _followed(frame: FrameType) -> _Owned:
    variables = frame.f_locals
    return variables.get("instance"), variables["self"], None


def _refreshed(frame: FrameType) -> _Owned:
    return frame.f_locals["self"], None, None


def _prefetched(frame: FrameType) -> _Owned:
    variables = frame.f_locals
    lookup, level = variables["lookup"], variables["level"]
    name = lookup.prefetch_through.split("__")[level]
    parent = next(iter(variables["instances"]), None)
    field = None if parent is None else _field_of(parent, name)
    to_many = field is None or bool(field.one_to_many or field.many_to_many)
    return parent, None, Step(name, to_many, eager=True)


def _field_of(instance: Model, name: str) -> Any:
    for field in instance._meta.get_fields():
        accessor = getattr(field, "get_accessor_name", None)
        if field.name == name or (accessor is not None and accessor() == name):
            return field
    return None


_TELLING: dict[int, tuple[bool, bool, bool, Callable[[FrameType], _Owned]]] = {
    FOLLOWS: (True, False, True, _followed),
    REFRESHES: (True, True, False, _refreshed),
    PREFETCHES: (False, False, True, _prefetched),
}
"""What the frame of each role tells, in the order of the attributes of `Asked`."""
