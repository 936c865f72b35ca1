"""What is the code of a frame to the search for what asks for a query? Learned once: every query asks for it."""

from __future__ import annotations

from types import CodeType

from ..callpath import HANDED_OVER
from ..codelines import is_project_code
from .django_internals import BEGINS_RELATION, known_functions
from .library_internals import known_frames
from .passing import may_pass_on
from .ways import is_orm_file

__all__ = [
    "ASKS",
    "ENDS",
    "FOLLOWS",
    "LIBRARY",
    "MAY_PASS_ON",
    "ONE_ROW",
    "ORM",
    "PREFETCHES",
    "REFRESHES",
    "learn_role",
    "role_of",
    "roles",
]

# Numbers, as they are compared for each frame of a query: what is none of the ORM's or the project's; the ORM's;
LIBRARY, ORM = range(2)
# those of the ORM's that want one row, follow a relation to one, read a row again, or prefetch one level;
ONE_ROW, FOLLOWS, REFRESHES, PREFETCHES = range(2, 6)
# the project's; the project's that may only pass a request on; and where the search ends.
ASKS, MAY_PASS_ON, ENDS = range(6, 9)

_MOST = 10_000
_FOLLOWING = frozenset({"forward", "reverse_one", "generic"})
_HANDLING = frozenset({"view", "handler"})
_OF_ONE_ROW = frozenset({"get", "first", "last", "earliest", "latest"})

roles: dict[int, int] = {}
"""By the identity of a code."""
_codes: list[CodeType] = []
"""Those codes are kept, so that no other one gets the identity of one of them."""


def role_of(code: CodeType) -> int:
    """The role of `code`."""
    role = roles.get(id(code))
    return learn_role(code) if role is None else role


def learn_role(code: CodeType) -> int:
    """The role of `code`, which is not among `roles`: where each frame of a query asks, a call is too much."""
    if len(_codes) >= _MOST:
        roles.clear()
        _codes.clear()
    _codes.append(code)
    known = known_frames().get(id(code))
    if (
        (known is not None and known.role in _HANDLING)
        or code is HANDED_OVER
        or code.co_qualname in BEGINS_RELATION
    ):
        role = ENDS
    elif is_orm_file(code.co_filename):
        role = _role_in_orm(code)
    elif known is None and is_project_code(code.co_filename):
        role = MAY_PASS_ON if may_pass_on(code) else ASKS
    else:
        role = LIBRARY
    roles[id(code)] = role
    return role


def _role_in_orm(code: CodeType) -> int:
    known = known_functions().get(id(code))
    if known is None:
        return ORM
    if known.role in _FOLLOWING:
        return FOLLOWS
    if known.operation == "refresh_from_db":
        return REFRESHES
    if known.role == "prefetch_level":
        return PREFETCHES
    return ONE_ROW if known.operation in _OF_ONE_ROW else ORM
