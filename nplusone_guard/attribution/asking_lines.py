"""Which line of the project asks for a query? The nearest one that does not just pass on what others ask for."""

from __future__ import annotations

import itertools
from types import CodeType, FrameType

from ..callpath import HANDED_OVER, CallPath, carried_sites
from ..codelines import Line, is_project_code
from ..lineage import Written
from .passing import passes_on
from .roles import ASKS, ENDS, learn_role, roles

__all__ = ["asked_at", "asking_line", "line_behind"]


def asking_line(frame: FrameType | None, boundary: CodeType | None = None) -> Line | None:
    """The line of the view that is behind `frame`; `None` where only libraries and middleware are.

    The same as the culprit where that is a line, without what is declared: as most queries repeat nothing.

    Args:
        frame: The innermost frame.
        boundary: The code that opened the scope.
    """
    found = asked_at(frame, boundary)
    return None if found is None else found.line


def asked_at(frame: FrameType | None, boundary: CodeType | None = None) -> Written | None:
    """Where that line is."""
    while frame is not None:
        code = frame.f_code
        if code is boundary:
            break
        role = roles.get(id(code))
        if role is None:
            role = learn_role(code)
        if role >= ASKS:
            if role == ENDS:
                return asked_before() if code is HANDED_OVER else None
            offset = frame.f_lasti
            if role == ASKS or not passes_on(code, offset):
                return Written(code, offset)
        frame = frame.f_back
    return None


def asked_before() -> Written | None:
    """The same on the path that this thread's work was handed over from."""
    for code, offset in carried_sites():
        if is_project_code(code.co_filename) and not passes_on(code, offset):
            return Written(code, offset)
    return None


def line_behind(path: CallPath) -> Written | None:
    """The line of the project that asks, as `asked_at` finds it."""
    for code, offset in itertools.islice(zip(path.codes, path.offsets, strict=True), path.own):
        role = roles.get(id(code))
        if role is None:
            role = learn_role(code)
        if role >= ASKS:
            if role == ENDS:
                return None
            if role == ASKS or not passes_on(code, offset):
                return Written(code, offset)
    return asked_before() if path.own < len(path.codes) else None
