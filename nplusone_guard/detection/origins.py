"""Where were the parent rows loaded? The line where the fix goes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import dropwhile

from ..attribution.declared import Declared
from ..attribution.passing import passes_on
from ..codelines import Line, Site, is_project_code, line_at
from ..looplines import enclosing_loop
from ..loops import Loop
from ..loopsources import Made, argument, given_away, looped_over
from ..tellingsites import is_library_loop
from .problems import Problem, main_head
from .written_paths import written_steps

__all__ = ["origin_of"]

_SEQUENCE = re.compile(r"\bin (\w+)")


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
    field = next((one for one in (loop.culprit, loop.via) if isinstance(one, Declared) and one.holds_query), None)
    evaluated = (head.evaluated.line for head in heads if head.evaluated is not None)
    return field or view or _given_away(loop) or next(evaluated, None)


def _looped_over(loop: Loop) -> Line | None:
    """Where the source says the innermost loop's rows come from; `None` where a library loops."""
    for index, (code, offset) in enumerate(loop.sites):
        if is_project_code(code.co_filename):
            line = enclosing_loop(code, offset)
            if line is not None:
                return _followed(looped_over(code.co_filename, line), loop.sites[index:])
        elif is_library_loop((code, offset)):
            break
    return None


def _given_away(loop: Loop) -> Line | None:
    """Where what the lines outside of a library's loop give to the library comes from, the nearest that do."""
    outside = list(dropwhile(lambda site: not is_library_loop(site), loop.sites))
    nearest: Line | None = None
    for index, (code, offset) in enumerate(outside):
        if is_project_code(code.co_filename):
            line = line_at(code, offset)
            made = given_away(line.filename, line.lineno, _template_name(loop))
            if made is not None:
                return _followed(made, outside[index:])
            if nearest is None and not passes_on(code, offset):
                nearest = line
    return nearest


def _followed(made: Made, sites: Sequence[Site]) -> Line:
    """The line that made something, through the calls that it came in as an argument of."""
    code = sites[0][0]
    for caller, offset in sites[1:] if made.parameter else ():
        if not is_project_code(caller.co_filename):
            break
        before = argument(caller, offset, made.parameter, code)
        if before is None:
            break
        made, code = before, caller
        if not made.parameter:
            break
    return Line(code.co_filename, made.line, code.co_qualname)


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
    # What is read of nested rows starts from the view's rows all the same.
    model = model or ("" if written_steps(loop) else loop.attribution.model)
    declared = isinstance(loop.culprit, Declared) or loop.via is not None
    known = bool(view.model and model)
    return view.origin if (model == view.model if known else declared) else None
