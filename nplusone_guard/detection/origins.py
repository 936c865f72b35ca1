"""Where were the parent rows loaded? The line where the fix goes."""

from __future__ import annotations

from ..callpath import Line, is_project_file
from ..looplines import enclosing_loop
from ..loopsources import loading_line
from ..scope import Loop
from .problems import Problem, main_head

__all__ = ["origin_line"]

_LIBRARY_LOOPS = frozenset(
    {"ForNode.render", "ListSerializer.to_representation", "ManyRelatedField.to_representation"}
)
"""Functions of Django's templates and of REST framework that loop over rows for the project."""


def origin_line(problem: Problem) -> Line | None:
    """The line that wrote the query of the parents; `None` when it is not known.

    The rows tell, in deep scopes. Otherwise the source does: what the innermost loop on the path goes through.
    """
    for loop in problem.loops:
        head = main_head(loop)
        if head is not None and head.line is not None:
            return head.line
    return _looped_over(problem.loop)


def _looped_over(loop: Loop) -> Line | None:
    for code, offset in loop.sites:
        if is_project_file(code.co_filename):
            line = enclosing_loop(code, offset)
            if line is not None:
                return Line(code.co_filename, loading_line(code.co_filename, line), code.co_qualname)
        elif code.co_qualname in _LIBRARY_LOOPS:
            break
    return None
