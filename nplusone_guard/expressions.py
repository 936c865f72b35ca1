"""Which attributes does the code read at an instruction? Of `order.customer.region`, `customer` and `region`.

Read from the source, at the position that the compiler has kept for each instruction (PEP 657).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from types import CodeType
from typing import NamedTuple

from .codelines import position_at
from .looplines import enclosing_loop

__all__ = ["Chain", "chain_looped_over", "chain_read"]

_TRANSPARENT = frozenset("all filter exclude order_by select_related prefetch_related iterator only defer".split())
"""Methods of a manager or queryset whose rows are those of the relation before."""
_WRAPPING = frozenset({"list", "tuple", "set", "sorted", "reversed", "enumerate", "iter"})
_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


class Chain(NamedTuple):
    """Attributes that are read one after the other.

    Attributes:
        root: The name they begin at.
        names: The attributes.
        is_query: Whether a method of a manager or queryset is called on the last one.
    """

    root: str
    names: tuple[str, ...]
    is_query: bool = False


_NONE = Chain("", ())


def chain_read(code: CodeType, offset: int) -> Chain:
    """The attributes that the expression at `offset` reads; none where that cannot be told. Never raises."""
    line, end_line, column, end_column = position_at(code, offset)
    if line is None or end_line is None or column is None or end_column is None:
        return _NONE
    expression = _expressions(code.co_filename).get((line, column, end_line, end_column))
    return _NONE if expression is None else _chain(expression)


def chain_looped_over(code: CodeType, offset: int) -> Chain:
    """Those of what the innermost loop goes through, `items` of `for item in order.items.all()`. Never raises."""
    line = enclosing_loop(code, offset)
    return _NONE if line is None else _looped_over(code.co_filename).get(line, _NONE)


@lru_cache(maxsize=50)
def _expressions(filename: str) -> dict[tuple[int, int, int, int], ast.expr]:
    """The attribute accesses and calls of a file by their position."""
    found: dict[tuple[int, int, int, int], ast.expr] = {}
    for node in ast.walk(_parsed(filename)):
        if isinstance(node, ast.Attribute | ast.Call) and node.end_lineno and node.end_col_offset is not None:
            found[node.lineno, node.col_offset, node.end_lineno, node.end_col_offset] = node
    return found


@lru_cache(maxsize=200)
def _looped_over(filename: str) -> dict[int, Chain]:
    """What the loops of a file go through, by the line they begin at."""
    tree = _parsed(filename)
    return {line: _of_iterable(iterable, function) for function, line, iterable in _loops(tree, tree)}


def _loops(node: ast.AST, function: ast.AST) -> Iterator[tuple[ast.AST, int, ast.expr]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.For | ast.AsyncFor):
            yield function, child.lineno, child.iter
        elif isinstance(child, _COMPREHENSIONS):
            yield function, child.lineno, child.generators[-1].iter
        yield from _loops(child, child if isinstance(child, _FUNCTIONS) else function)


def _of_iterable(iterable: ast.expr, function: ast.AST) -> Chain:
    if isinstance(iterable, ast.Name):
        for node in ast.walk(function):
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if name == iterable.id:
                    return _chain(value)
    return _chain(iterable)


def _parsed(filename: str) -> ast.Module:
    try:
        return ast.parse(Path(filename).read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def _chain(expression: ast.expr) -> Chain:
    names: list[str] = []
    is_query = False
    while True:
        match expression:
            case ast.Call(func=ast.Name(id=wrapper), args=[first, *_]) if wrapper in _WRAPPING:
                expression = first
            case ast.Call(func=ast.Attribute(value=inner, attr=method)) if method in _TRANSPARENT:
                is_query = is_query or not names
                expression = inner
            case ast.Call(func=ast.Attribute() as function):
                expression = function
            case ast.Subscript(value=inner) | ast.Await(value=inner):
                expression = inner
            case ast.Attribute(value=inner, attr=name):
                names.insert(0, name)
                expression = inner
            case ast.Name(id=root):
                return Chain(root, tuple(names), is_query)
            case _:
                return _NONE
