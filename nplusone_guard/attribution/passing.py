"""Does a line merely pass on what somebody else asked for? Read from the source of the call it is at.

Middleware (`return self.get_response(request)`), decorators (`return view(request, *args)`) and overridden methods
(`return super().to_representation(instance)`) are on the stack of every statement inside of them, and say nothing
about any.
"""

from __future__ import annotations

import ast
import linecache
from types import CodeType

from ..codelines import position_at

__all__ = ["may_pass_on", "passes_on"]

_LONGEST = 20  # lines of one call
_HANDED_OVER_TO = frozenset({"super", "get_response"})
_MOST_KNOWN = 10_000  # sites; the lines of a large project's that query

_known: dict[tuple[int, int], tuple[bool, CodeType]] = {}
"""By the identity of the code, which is kept so that no other one gets it: hashing a code walks its bytecode."""


def passes_on(code: CodeType, offset: int) -> bool:
    """Whether the call of `code` at `offset` hands over to what `code` was wrapped around or overrides."""
    known = _known.get((id(code), offset))
    if known is not None:
        return known[0]
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
    answer = _reads_as_passing_on(code, offset)
    _known[id(code), offset] = (answer, code)
    return answer


def may_pass_on(code: CodeType) -> bool:
    """Whether any of its calls does, perhaps: most functions name nothing that they could hand over to."""
    names = code.co_names + code.co_varnames + code.co_cellvars
    return bool(code.co_freevars or code.co_name == "__call__" or _HANDED_OVER_TO.intersection(names))


def _reads_as_passing_on(code: CodeType, offset: int) -> bool:
    if not may_pass_on(code):  # to read a call's source takes 25 µs
        return False
    call = _call_at(code, offset)
    if call is None:
        return False
    function = call.func
    if isinstance(function, ast.Name):
        # What a decorator was given is a variable of the function around; a comprehension's are just its own.
        wrapped = function.id in code.co_freevars and not code.co_name.startswith("<")
        return function.id == "get_response" or wrapped
    if not isinstance(function, ast.Attribute):
        return False
    owner = function.value
    if isinstance(owner, ast.Call):
        return isinstance(owner.func, ast.Name) and owner.func.id == "super"
    return function.attr == "get_response" or (code.co_name == "__call__" and _forwards(call))


def _forwards(call: ast.Call) -> bool:
    """Whether all arguments are given on, `(*args, **kwargs)`."""
    return any(isinstance(one, ast.Starred) for one in call.args) and any(one.arg is None for one in call.keywords)


def _call_at(code: CodeType, offset: int) -> ast.Call | None:
    line, end_line, column, end_column = position_at(code, offset)
    if line is None or end_line is None or column is None or end_column is None or end_line - line > _LONGEST:
        return None
    lines = [linecache.getline(code.co_filename, number).encode() for number in range(line, end_line + 1)]
    lines[-1] = lines[-1][:end_column]
    lines[0] = lines[0][column:]
    try:
        parsed = ast.parse(b"(" + b"".join(lines) + b")", mode="eval").body
    except (SyntaxError, ValueError):
        return None
    awaited = parsed.value if isinstance(parsed, ast.Await) else parsed
    return awaited if isinstance(awaited, ast.Call) else None
