"""Where among the frames of a statement is the one of Django's that tells what was asked for?

The frames of Django's ORM between the statement and the code that used it tell the story from the inside out;
the outermost one we know is what that code wrote. Where it was is remembered, so that a walk that was gone before
need not be gone again.
"""

from __future__ import annotations

from functools import cache
from types import FrameType
from typing import Any, NamedTuple

from ..callpath import HOPS, CallPath
from ..codelines import is_project_code
from .django_internals import MACHINERY_FOLDERS, Known, known_functions

__all__ = ["FoundFrame", "Way", "is_orm_file", "way_from"]

_NEAR = 80  # frames looked at for the ORM's; a statement of a deep delete() is about 20 away from its caller


class FoundFrame(NamedTuple):
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


class Way(NamedTuple):
    """Where the frames of a `FoundFrame` are: a walk that was gone before need not be gone again.

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

    def found(self, frame: Any) -> FoundFrame | None:
        """The frames, at the end of this way from `frame`."""
        if self.known is None:
            return None
        manager = None if self.manager is None else HOPS[self.manager](frame)
        level = None if self.level is None else HOPS[self.level](frame)
        return FoundFrame(self.known, HOPS[self.frame](frame), manager, level, self.deferred)


_ways: dict[int, Way] = {}
"""By the frames from the statement to the project's line: many paths are the same up to there."""
_MOST_WAYS = 5_000


def way_from(frame: FrameType | None, path: CallPath) -> Way:
    """The way from `frame`, the innermost, to the outermost one we know.

    Args:
        frame: The innermost frame.
        path: The call path from there outward.
    """
    way: Way | None = path.way
    if way is None or frame is None or not way.is_here(frame):
        inner = _inner_walk(frame, path)
        way = _ways.get(inner)
        if way is None or frame is None or not way.is_here(frame):
            if len(_ways) >= _MOST_WAYS:
                _ways.clear()
            way = _ways[inner] = _read_way(frame)
        path.way = way
    return way


def _inner_walk(frame: FrameType | None, path: CallPath) -> int:
    """A number for the frames from `frame` outward to the first one of the project: nothing outside is read."""
    nearest = path.nearest
    if nearest is not None and nearest <= _NEAR:
        return hash(("inner", *map(id, path.codes[:nearest]), *path.offsets[:nearest]))
    codes, offsets = [], []
    for _ in range(_NEAR):
        if frame is None or is_project_code(frame.f_code.co_filename):
            break
        codes.append(id(frame.f_code))
        offsets.append(frame.f_lasti)
        frame = frame.f_back
    return hash(("inner", *codes, *offsets))


def _read_way(frame: FrameType | None) -> Way:
    distances: dict[int, int] = {}
    walked = frame
    while walked is not None and len(distances) < _NEAR:
        distances[id(walked)] = len(distances)
        walked = walked.f_back
    found = _outermost_known(frame)
    machinery = _is_machinery(frame)
    if found is None:
        return Way(None, 0, None, None, deferred=False, is_machinery=machinery)
    distance = distances[id(found.frame)]
    manager = None if found.manager is None else distances[id(found.manager)]
    level = None if found.level is None else distances[id(found.level)]
    return Way(found.known, distance, manager, level, found.deferred, machinery)


def _outermost_known(frame: FrameType | None) -> FoundFrame | None:
    """The outermost frame we know before the ORM's frames end."""
    known_by_code = known_functions()
    found: FoundFrame | None = None
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
                found = FoundFrame(known, frame, None, level, deferred)
                if role == "prefetch":
                    break
        elif inside or is_project_code(filename):
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
        if frame is None or is_project_code(frame.f_code.co_filename):
            return False
        if _is_machinery_file(frame.f_code.co_filename):
            return True
        frame = frame.f_back
    return False
