"""Which way does a statement come? The frames on the stack, as a key to compare and the line that asks.

Nothing here keeps a frame: a half-consumed `.iterator()` would stay alive with it, its cursor would be closed
after the transaction is gone, and PostgreSQL would refuse every statement that follows. Code objects and
offsets are taken out; they hold no value of the application.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import takewhile
from operator import attrgetter
from sys import _getframe
from types import CodeType, FrameType
from typing import Any, NamedTuple

from .codelines import Line, Site, is_project_code, line_at, position_at, source_line

__all__ = [
    "ANYWHERE",
    "HANDED_OVER",
    "HOPS",
    "Around",
    "CallPath",
    "around",
    "carried_sites",
    "continue_from",
    "hold",
    "kept",
    "path_of",
    "project_line",
    "read_path",
    "site_on",
    "sites",
    "sites_inside",
]

_DEEPEST = 2_000  # frames looked at; twice Python's own recursion limit, for applications that raise it


class _Carried(threading.local):
    sites: Sequence[Site] = ()


_carried = _Carried()


class CallPath:
    """A way through the code: what is asked of it is worked out then, as most paths come once.

    Attributes:
        codes: The code of each frame on it, the innermost first.
        offsets: And where in it they are.
        own: How many of them are this thread's; the others handed the work over.
        nearest: Which of these is the innermost one of the project, `None` if none is.
        walk: A number that is equal only where the very same frames are met, one after the other.
        key: A number that is equal for equal call paths.
        sites: Both, once they have been met twice in a row; none where the work was handed over.
        passed: How many frames there are from the innermost one to the first one of `sites`: these never differ.
        is_kept: Whether `kept` gives it to everybody who comes this way.
        project_site: What `site_on` has found among them, where it had to look.
        asked: What `attribution.asked` has read of them.
        asking: What `tellingsites.asking_site` has.
        telling: What `tellingsites.telling_sites` has.
        way: What `attribution.ways` has.
    """

    __slots__ = (
        "asked",
        "asking",
        "codes",
        "is_kept",
        "key",
        "nearest",
        "offsets",
        "own",
        "passed",
        "project_site",
        "sites",
        "telling",
        "walk",
        "way",
    )
    key: int
    nearest: int | None
    walk: int

    def __init__(self, codes: list[CodeType], offsets: list[int], own: int) -> None:
        self.codes = codes
        self.offsets = offsets
        self.own = own
        self.sites: tuple[Site, ...] = ()
        self.passed = 0
        self.is_kept = False
        self.project_site: Site | None = None
        self.asked: Any = None
        self.asking: tuple[tuple[int, Site] | None] | None = None
        self.telling: tuple[Site, ...] | None = None
        self.way: Any = None

    def __getattr__(self, name: str) -> Any:
        # Asked for what is not there yet, and once: a property would be called for each statement of a loop.
        work_out = _WORKED_OUT.get(name)
        if work_out is None:
            raise AttributeError(name)
        found = work_out(self)
        setattr(self, name, found)
        return found


def _nearest(path: CallPath) -> int | None:
    of_project = map(is_project_code, map(_FILE, path.codes))
    return next(itertools.compress(range(path.own), of_project), None)


def _walk(path: CallPath) -> int:
    return hash((*map(id, path.codes), *path.offsets))


def _key(path: CallPath) -> int:
    codes, offsets = path.codes, path.offsets
    pairs = zip(map(id, codes), offsets, strict=True)
    # Learned one by one: most frames of a path are on many others.
    places = [_places.get(pair) or _learn_place(code, pair[1]) for pair, code in zip(pairs, codes, strict=True)]
    return hash(tuple(dict.fromkeys(places)))


_FILE = attrgetter("co_filename")
_WORKED_OUT: dict[str, Callable[[CallPath], Any]] = {"key": _key, "nearest": _nearest, "walk": _walk}


class Around(NamedTuple):
    """The frame around the code that opened a scope, without the frame: what is outside of it is always the same.

    Not its code alone, which may run again inside; nor its identity alone, which may be another frame's later.

    Attributes:
        code: Its code.
        frame: Its own `id`.
        opened_at: Where the scope was opened, inside of it: a loop around that repeats nothing in the scope.
    """

    code: CodeType | None = None
    frame: int = 0
    opened_at: Site | None = None


ANYWHERE = Around()
"""What no frame is."""


def around(frame: FrameType | None) -> Around:
    """The frame around the innermost line of the project from `frame` outward."""
    while frame is not None and not is_project_code(frame.f_code.co_filename):
        frame = frame.f_back
    if frame is None:
        return ANYWHERE
    opened_at = frame.f_code, frame.f_lasti
    caller = frame.f_back
    return Around(opened_at=opened_at) if caller is None else Around(caller.f_code, id(caller), opened_at)


def path_of(
    distance: int,
    boundary: CodeType | None = None,
    outside: Around = ANYWHERE,
    expected: CallPath | None = None,
) -> CallPath:
    """The call path from a frame outward to the scope's start.

    Repeated frames count once, so that every depth of a recursion has the same path. A frame is known by the
    identity of its code and its offset: hashing a code object walks its bytecode (9 µs), `f_lineno` is decoded
    from a table (up to 8 µs), these two are field reads.

    Args:
        distance: How many frames outside of the caller the innermost one is.
        boundary: The code that opened the scope; frames outside it are the same for every statement in the scope
            and are not walked.
        outside: The same of a scope that any code opens, and that has no `boundary`.
        expected: What it most likely is, of the same scope: to see that it is takes half as long as to find out.
    """
    if expected is not None and expected.sites:
        try:
            # Not from one to the next: the interpreter makes an object of each frame that is asked for.
            walked: Any = _getframe(distance + 1 + expected.passed)
            for site_code, offset in expected.sites:
                if walked.f_code is not site_code or walked.f_lasti != offset:
                    break
                walked = walked.f_back
            else:
                end = walked.f_code
                if end is boundary or (end is outside.code and id(walked) == outside.frame):
                    return expected
        except (AttributeError, ValueError):  # the stack ends before
            pass
    return read_path(_getframe(distance + 1), boundary, outside, expected)


def read_path(frame: FrameType, boundary: CodeType | None, outside: Around, expected: CallPath | None) -> CallPath:
    """The call path from `frame` outward, frame by frame: `path_of` where nothing tells what to expect."""
    codes: list[CodeType] = []
    offsets: list[int] = []
    walked: Any = frame
    carried, end = _carried.sites, outside.code if boundary is None else boundary
    try:
        for _ in _UP_TO_THE_DEEPEST:
            code = walked.f_code
            if code is end and (boundary is not None or id(walked) == outside.frame):
                break
            if carried and code is HANDED_OVER:
                break
            codes.append(code)
            offsets.append(walked.f_lasti)
            walked = walked.f_back
    except AttributeError:  # the stack ends before
        walked = None
    own = len(codes)
    for code, offset in carried:
        codes.append(code)
        offsets.append(offset)
    if expected is None or offsets != expected.offsets or codes != expected.codes:
        return CallPath(codes, offsets, own)
    if not expected.sites and not carried and walked is not None:
        expected.sites = tuple(zip(codes, offsets, strict=True))[expected.passed :]
        if expected.is_kept:
            hold(_AS_A_RULE)
    return expected


def kept(path: CallPath) -> CallPath:
    """The path that stands for all that come this way: what is found out about one is known of the next.

    It is kept from the second time on. Each test has paths of its own, which never come again: a run that kept
    them would have so many more objects for the garbage collector to go through.
    """
    if path.is_kept:
        return path
    walk = path.walk
    known = _paths.get(walk)
    if known is not None:
        return known
    if walk in _met:
        hold(_OF_A_PATH + (_AS_A_RULE if path.sites else 0))
        path.is_kept = True
        _paths[walk] = path
    else:
        hold(1)
        _met.add(walk)
    return path


_FARTHEST = 80
HOPS: tuple[Callable[[Any], Any], ...] = (
    lambda frame: frame,
    *(attrgetter(".".join(["f_back"] * count)) for count in range(1, _FARTHEST)),
)
"""By the number of frames, how to go so far outward."""

_UP_TO_THE_DEEPEST = range(_DEEPEST)
_paths: dict[int, CallPath] = {}
"""What path each walk is. One key has several walks: see `_learn_place`, and a recursion has one a depth."""
_met: set[int] = set()
"""The walks that were gone once, or more often."""
_places: dict[tuple[int, int], int] = {}
_codes: dict[int, CodeType] = {}
"""Kept, so that no other code object gets the identity of one that something is known of."""
_AS_A_RULE = 20  # frames of a path
_OF_A_PATH = 5  # places that hold as much as a path does: two words for each frame
_MOST_PLACES = 20_000  # about 2 MB, in a process whose code is larger than any seen so far


def _learn_place(code: CodeType, offset: int) -> int:
    """The place of a site in the source.

    One call has two offsets: that of its instruction, and, once the interpreter has specialized the
    instruction, that of the cache behind it. They have one place.
    """
    hold(1)
    _codes[id(code)] = code
    place = _places[id(code), offset] = hash((id(code), position_at(code, offset)))
    return place


def hold(places: int) -> None:
    """Count what is about to be kept, and forget everything once that is too much.

    Args:
        places: How much it holds, in pairs of a code and an offset.
    """
    global _held  # noqa: PLW0603 — more or less: of two threads at once, one may not be counted
    _held += places
    if _held > _MOST_PLACES:
        _held = places
        for known in (_paths, _met, _places, _codes):
            known.clear()


_held = 0


def sites(frame: FrameType | None, most: int = _DEEPEST) -> Iterator[Site]:
    """The sites from `frame` outward, then those this thread's work was handed over from."""
    while frame is not None and most and frame.f_code is not HANDED_OVER:
        yield frame.f_code, frame.f_lasti
        frame = frame.f_back
        most -= 1
    yield from carried_sites()


def sites_inside(frame: FrameType | None, boundary: CodeType | None, outside: Around = ANYWHERE) -> Iterator[Site]:
    """The same, up to the scope's start: those that are on the call path of `path_of`."""
    while frame is not None and (code := frame.f_code) is not HANDED_OVER:
        if code is boundary or (code is outside.code and id(frame) == outside.frame):
            return
        yield code, frame.f_lasti
        frame = frame.f_back
    yield from takewhile(lambda site: site[0] is not boundary, carried_sites())


def carried_sites() -> Sequence[Site]:
    """The sites that handed this thread its current work, see `nplusone_guard.propagation`."""
    return _carried.sites


def continue_from(path: Sequence[Site], work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Run `work` with `path` as its callers, instead of the executor that really calls it."""
    before = carried_sites()
    _carried.sites = path
    try:
        return work(*args, **kwargs)
    finally:
        _carried.sites = before


HANDED_OVER = continue_from.__code__
"""The code of the frame at which this thread's own stack ends, see `carried_sites`."""


def project_line(frame: FrameType | None) -> Line | None:
    """The innermost line of the project from `frame` outward.

    A line that only passes a request on (`return self.get_response(request)` in a middleware) says nothing
    about who runs a statement and is taken only if there is no other.
    """
    found = _project_site(frame)
    return None if found is None else line_at(*found)


def site_on(path: CallPath, frame: FrameType | None = None) -> Site | None:
    """Where that line is, on a path that is known; looked for once.

    Args:
        path: What `path_of` says of it. What is outside of the scope is not part of it, and the second choice.
        frame: The innermost frame; needless where the path has the line.
    """
    nearest = path.nearest
    if nearest is not None and not _may_pass_on(path.codes[nearest]):
        return path.codes[nearest], path.offsets[nearest]
    if path.project_site is None:
        found = _asking(zip(path.codes, path.offsets, strict=True))
        if found is None:
            found = _project_site(frame)
            if found is None or found not in zip(path.codes, path.offsets, strict=True):
                return found
        path.project_site = found
    return path.project_site


def _project_site(frame: FrameType | None) -> Site | None:
    return _asking(sites(frame)) or next(_of_project(sites(frame)), None)


def _of_project(way: Iterable[Site]) -> Iterator[Site]:
    return (one for one in way if is_project_code(one[0].co_filename))


def _asking(way: Iterable[Site]) -> Site | None:
    """The innermost site of the project that does not just pass a request on."""
    for one in _of_project(way):
        if not (_may_pass_on(one[0]) and f"{_PASSING}(" in source_line(line_at(*one))):
            return one
    return None


def _may_pass_on(code: CodeType) -> bool:
    # Few functions have the name in them, and to read a file takes longer than to ask.
    return _PASSING in code.co_names or _PASSING in code.co_freevars or _PASSING in code.co_varnames


_PASSING = "get_response"
