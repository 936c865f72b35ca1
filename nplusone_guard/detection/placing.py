"""Places as people see them: the file as they know it, the line, its text, and the loop around it.

What is declared gets its line here and not when the statement runs: only what is told needs it.
"""

from __future__ import annotations

import linecache
from collections.abc import Iterable
from functools import lru_cache
from itertools import takewhile

from ..attribution.declared import Declared
from ..attribution.sources import line_of
from ..codelines import Line, Site, is_project_code, relative_path, source_line
from ..findings import Place
from ..looplines import enclosing_loop
from ..loops import Loop
from ..tellingsites import is_library_loop

__all__ = ["culprit_of", "place_of"]


def place_of(place: Line | Declared | None) -> Place | None:
    """`place` relative to the project, with its text."""
    if place is None:
        return None
    if isinstance(place, Line):
        return _place_of_line(place)
    number = line_of(place)
    # A template may have changed since, without the process having been restarted.
    linecache.checkcache(place.filename)
    source = linecache.getline(place.filename, number).strip()
    return Place(relative_path(place.filename), number, "", source, place.name, place.loop)


@lru_cache(maxsize=1_000)
def _place_of_line(line: Line) -> Place:
    # As the source was when it was first told: what runs is still that.
    return Place(relative_path(line.filename), line.lineno, line.function, source_line(line))


def culprit_of(loop: Loop, opened_at: Site | None = None) -> tuple[Place | None, Place | None]:
    """Where `loop` issues its statements, and what is declared around that.

    Args:
        loop: The loop.
        opened_at: Where its scope was opened, if any code did (`Scope.outside`).
    """
    culprit, via = place_of(loop.culprit), place_of(loop.via)
    if culprit is None:
        return None, via
    # What is declared around a line has a loop of its own to tell.
    inside = _is_of_project if via is not None else _is_no_library_loop
    around = _loop_around(culprit, takewhile(inside, loop.sites), opened_at)
    return culprit if not around else culprit.inside(around), via


def _is_of_project(site: Site) -> bool:
    return is_project_code(site[0].co_filename)


def _is_no_library_loop(site: Site) -> bool:
    return not is_library_loop(site)


def _loop_around(culprit: Place, lines: Iterable[Site], opened_at: Site | None) -> str:
    """The innermost loop of the project's code that repeats one of `lines`, which go outward from `culprit`."""
    for code, offset in lines:
        number = enclosing_loop(code, offset) if is_project_code(code.co_filename) else None
        if number is None:
            continue
        if opened_at is not None and opened_at[0] is code and enclosing_loop(*opened_at) == number:
            return ""  # it repeats the whole scope
        path = relative_path(code.co_filename)
        if (path, number) == (culprit.path, culprit.line):
            return ""  # a comprehension, which the line itself shows
        where = f"line {number}" if path == culprit.path else f"{path}:{number}"
        return f"{linecache.getline(code.co_filename, number).strip()}, {where}"
    return ""
