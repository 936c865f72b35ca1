"""Which attributes does the code read at an instruction? `order.customer.region` is `customer`, `region`.

Read from the source, at the position that the compiler has kept for each instruction (PEP 657).
"""

from __future__ import annotations

import ast
import itertools
from functools import lru_cache
from pathlib import Path
from types import CodeType

from .looplines import enclosing_loop

__all__ = ["attributes_looped_over", "attributes_read"]

_TRANSPARENT = frozenset("all filter exclude order_by select_related prefetch_related iterator only defer".split())
"""Methods of a manager or queryset whose rows are those of the relation before."""
_WRAPPING = frozenset({"list", "tuple", "set", "sorted", "reversed", "enumerate", "iter"})


def attributes_read(code: CodeType, offset: int) -> tuple[str, ...]:
    """The attributes that the expression at `offset` reads, from the first on; none where that cannot be told.

    Never raises.
    """
    nowhere = (None, None, None, None)
    line, end_line, column, end_column = next(
        itertools.islice(code.co_positions(), max(offset, 0) // 2, None), nowhere
    )
    if line is None or end_line is None or column is None or end_column is None:
        return ()
    expression = _expressions(code.co_filename).get((line, column, end_line, end_column))
    return () if expression is None else _attributes(expression)


def attributes_looped_over(code: CodeType, offset: int) -> tuple[str, ...]:
    """The attributes of the innermost loop's iterable, `("items",)` of `for item in order.items.all()`.

    Never raises.
    """
    line = enclosing_loop(code, offset)
    if line is None:
        return ()
    return _looped_over(code.co_filename).get(line, ())


@lru_cache(maxsize=50)
def _expressions(filename: str) -> dict[tuple[int, int, int, int], ast.expr]:
    """The attribute accesses and calls of a file by their position."""
    found: dict[tuple[int, int, int, int], ast.expr] = {}
    for node in _nodes(filename):
        if isinstance(node, ast.Attribute | ast.Call) and node.end_lineno and node.end_col_offset is not None:
            found[node.lineno, node.col_offset, node.end_lineno, node.end_col_offset] = node
    return found


@lru_cache(maxsize=200)
def _looped_over(filename: str) -> dict[int, tuple[str, ...]]:
    """What the loops of a file go through, by the line they begin at."""
    found: dict[int, tuple[str, ...]] = {}
    for node in _nodes(filename):
        if isinstance(node, ast.For | ast.AsyncFor):
            found[node.lineno] = _attributes(node.iter)
        elif isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            found[node.lineno] = _attributes(node.generators[-1].iter)
    return found


def _nodes(filename: str) -> list[ast.AST]:
    try:
        return list(ast.walk(ast.parse(Path(filename).read_bytes())))
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _attributes(expression: ast.expr) -> tuple[str, ...]:
    """The attributes read one after the other from a name; none of something else."""
    names: list[str] = []
    while True:
        match expression:
            case ast.Call(func=ast.Name(id=wrapper), args=[first, *_]) if wrapper in _WRAPPING:
                expression = first
            case ast.Call(func=ast.Attribute(value=inner, attr=method)) if method in _TRANSPARENT:
                expression = inner
            case ast.Call(func=ast.Attribute() as function):
                expression = function
            case ast.Subscript(value=inner) | ast.Await(value=inner):
                expression = inner
            case ast.Attribute(value=inner, attr=name):
                names.insert(0, name)
                expression = inner
            case ast.Name():
                return tuple(names)
            case _:
                return ()
