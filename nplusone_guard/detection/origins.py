"""Where were the parent rows loaded? The line where the fix goes."""

from __future__ import annotations

import re
from itertools import dropwhile

from ..attribution import Declared
from ..callpath import Line, is_project_file, line_at
from ..looplines import enclosing_loop
from ..loopsources import given_line, loading_line
from ..scope import Loop
from .problems import Problem, main_head

__all__ = ["LIBRARY_LOOPS", "origin_of"]

_SEQUENCE = re.compile(r"\bin (\w+)")

LIBRARY_LOOPS = frozenset(
    {"ForNode.render", "ListSerializer.to_representation", "ManyRelatedField.to_representation"}
)
"""Functions of Django's templates and of REST framework that loop over rows for the project."""


def origin_of(problem: Problem) -> Line | Declared | None:
    """What wrote the query of the parents; `None` when it is not known.

    The rows tell, in deep scopes. Otherwise the source does: what the innermost loop on the path goes through, or,
    where a library loops, the queryset of the view. Last comes the line that evaluated a query written elsewhere.
    """
    heads = [head for head in map(main_head, problem.loops) if head is not None]
    for head in heads:
        if head.line is not None:
            return head.line
    loop = problem.loop
    if not heads:
        looped = _looped_over(loop)
        if looped is not None:
            return looped
    view = _origin_of_view(loop, str(heads[0].model._meta.label) if heads else "")
    return view or _given_away(loop) or next((head.evaluated for head in heads if head.evaluated), None)


def _looped_over(loop: Loop) -> Line | None:
    for code, offset in loop.sites:
        if is_project_file(code.co_filename):
            line = enclosing_loop(code, offset)
            if line is not None:
                return Line(code.co_filename, loading_line(code.co_filename, line), code.co_qualname)
        elif code.co_qualname in LIBRARY_LOOPS:
            break
    return None


def _given_away(loop: Loop) -> Line | None:
    """What the nearest line outside of a library's loop gives to the library."""
    inside = dropwhile(lambda site: site[0].co_qualname not in LIBRARY_LOOPS, loop.sites)
    for code, offset in inside:
        if is_project_file(code.co_filename):
            line = line_at(code, offset)
            number = given_line(line.filename, line.lineno, _template_name(loop))
            return Line(line.filename, number, line.function)
    return None


def _template_name(loop: Loop) -> str:
    """What the loop of a template calls the rows it goes through."""
    for declared in (loop.culprit, loop.via):
        if isinstance(declared, Declared) and (match := _SEQUENCE.search(declared.loop)):
            return match[1]
    return ""


def _origin_of_view(loop: Loop, model: str) -> Declared | None:
    """Where the view says which rows it shows, if it is those rows that `loop` starts from.

    They are when they are of the view's model; and when they are not known, or come nested inside of what a
    serializer shows, and the statement is issued by something declared.
    """
    view = loop.view
    if view is None or view.origin is None:
        return None
    model = model or loop.attribution.model
    declared = isinstance(loop.culprit, Declared) or loop.via is not None
    known = bool(view.model and model)
    return view.origin if (model == view.model if known else declared) else None
