"""Which loop is this instruction in? Read from the source of its file.

A call path says that statements repeat, not who repeats them. The frames on it have positions in their source
(PEP 657), and the source says whether such a position is in a part that a loop repeats.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from types import CodeType
from typing import NamedTuple

from .codelines import position_at
from .compiledtemplates import forgotten_with_templates, python_of

__all__ = ["enclosing_loop", "is_mapping"]

_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
_COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_MAPPING = frozenset(
    "dropwhile filter filterfalse from_iterable gather groupby map reduce starmap takewhile".split()
)
"""Functions that call what they are given once for each element, or draw on each of the iterables in there."""

_MOST_FILES = 5_000

_Position = tuple[int, int]
"""Line counted from 1, column counted in bytes from 0: as the compiler and `ast` both count."""


class _Part(NamedTuple):
    """A part of a file: one that `line`, where a loop begins, repeats, or with `None` a function's body."""

    start: _Position
    end: _Position
    line: int | None


def enclosing_loop(code: CodeType, offset: int) -> int | None:
    """The line of the innermost loop that repeats the instruction of `code` at `offset`; `None` if none does.

    Loops are `for`, `while`, comprehensions, and calls of `map()` and its like. What a loop evaluates once
    (`for … in this`) is not inside it, and a function is not inside the loop it is defined in.

    Never raises: a file that cannot be read has no loops.
    """
    known = _known.get((id(code), offset))
    if known is None:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        known = _known[id(code), offset] = (_read_loop(code, offset), code)
    return known[0]


_known: dict[tuple[int, int], tuple[int | None, CodeType]] = {}
"""By the identity of the code, which is kept so that no other one gets it: hashing a code walks its bytecode."""
_MOST_KNOWN = 10_000


def _read_loop(code: CodeType, offset: int) -> int | None:
    parts = _parts_of(code.co_filename)
    line, end_line, column, end_column = position_at(code, offset)
    if line is None:
        return None
    if end_line is None or column is None or end_column is None:  # python -X no_debug_ranges
        inside = [part for part in parts if part.start[0] <= line <= part.end[0]]
    else:
        start, end = (line, column), (end_line, end_column)
        inside = [part for part in parts if part.start <= start and end <= part.end]
    # Of two that begin at one place the shorter is inside, of two equal ones the one found later.
    innermost = max(reversed(inside), key=lambda part: (part.start, -part.end[0], -part.end[1]), default=None)
    return innermost.line if innermost is not None else None


@forgotten_with_templates(_MOST_FILES)
def _parts_of(filename: str) -> Sequence[_Part]:
    try:
        return tuple(_parts(ast.parse(python_of(filename)), None))
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return ()


def _parts(node: ast.AST, parent: ast.AST | None) -> Iterator[_Part]:
    for repeated in _repeated_by(node, parent):
        yield _part(repeated, repeated, getattr(node, "lineno", 0))
    if isinstance(node, _FUNCTIONS):
        body = node.body if isinstance(node.body, list) else [node.body]
        yield _part(body[0], body[-1], None)
    for child in ast.iter_child_nodes(node):
        yield from _parts(child, node)


def _repeated_by(node: ast.AST, parent: ast.AST | None) -> Sequence[ast.AST]:
    """The parts of the loop `node` that run once for each element; none if it is no loop."""
    if isinstance(node, ast.For | ast.AsyncFor):
        return node.body
    if isinstance(node, ast.While):
        return (node.test, *node.body)
    if isinstance(node, _COMPREHENSIONS):
        first, *others = node.generators
        parts = [first.target, *first.ifs]
        for generator in others:
            parts += [generator.iter, generator.target, *generator.ifs]
        return [*parts, node.key, node.value] if isinstance(node, ast.DictComp) else [*parts, node.elt]
    if isinstance(node, ast.Call) and is_mapping(node):
        # It is lazy: `list(map(…))` and `await gather(…)` are what makes it run.
        lazy = not _has_key(node)
        return [parent if lazy and isinstance(parent, ast.Call | ast.Await) else node]
    return ()


def is_mapping(call: ast.Call) -> bool:
    """Whether `call` calls what it is given once for each element: `map(…)`, `sorted(…, key=…)` and their like."""
    return _has_key(call) or (_name(call.func) in _MAPPING and not _is_queryset_filter(call))


def _has_key(call: ast.Call) -> bool:
    return any(keyword.arg == "key" for keyword in call.keywords)


def _is_queryset_filter(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "filter"


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _part(first: ast.AST, last: ast.AST, line: int | None) -> _Part:
    start = (first.lineno, first.col_offset)  # type: ignore[attr-defined]
    return _Part(start, (last.end_lineno, last.end_col_offset), line)  # type: ignore[attr-defined]
