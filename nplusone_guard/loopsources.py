"""Which line made what a loop goes through? Read from the source, where the rows themselves do not tell.

    orders = Order.objects.filter(paid=True)      this one
    for order in orders[:50]:
        print(order.customer)                     of the loop around this one

It is a guess, and an honest one: names are followed back through the assignments of their function. What comes
in as an argument, or from another module, ends at the line that goes through it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

__all__ = ["given_line", "loading_line"]

_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_WRAPPING = frozenset(
    {"list", "tuple", "set", "sorted", "reversed", "enumerate", "zip", "iter", "aiter", "gather"}
)
_MAPPING = frozenset({"map", "filter", "starmap"})
_MOST_HOPS = 10


@lru_cache(maxsize=1_000)
def loading_line(filename: str, loop_line: int) -> int:
    """The line of `filename` that made what the loop at `loop_line` goes through; that line itself if in doubt.

    Never raises.
    """
    try:
        tree = ast.parse(Path(filename).read_bytes())
        for function, loop in _loops(tree, tree):
            iterable = _iterable(loop)
            if iterable is not None and loop_line in (getattr(loop, "lineno", 0), iterable.lineno):
                return _Reader(function, iterable.lineno).follow(iterable)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    return loop_line


@lru_cache(maxsize=1_000)
def given_line(filename: str, line: int, name: str = "") -> int:
    """The line that made the rows which `line` gives to a library that loops: a serializer, a template.

    Args:
        filename: The file.
        line: The line of the call, `render(request, "orders.html", {"orders": orders})` or `serializer.data`.
        name: What the template calls the rows.

    Never raises; that line itself if in doubt.
    """
    try:
        tree = ast.parse(Path(filename).read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return line
    for function, statement in _statements(tree, tree):
        if statement.lineno <= line <= (statement.end_lineno or 0):
            given = _given(statement, function, name)
            if given is not None:
                return _Reader(function, line).follow(given)
    return line


def _statements(node: ast.AST, function: ast.AST) -> Iterator[tuple[ast.AST, ast.stmt]]:
    """Every simple statement below `node`, with the function it is in."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt) and not hasattr(child, "body"):
            yield function, child
        else:
            yield from _statements(child, child if isinstance(child, _FUNCTIONS) else function)


def _given(statement: ast.stmt, function: ast.AST, name: str) -> ast.expr | None:
    """The expression that `statement` gives away: under `name`, or to the first class it makes an instance of."""
    if name:
        for node in (*ast.walk(statement), *ast.walk(function)):
            if isinstance(node, ast.Dict):
                for key, value in zip(node.keys, node.values, strict=True):
                    if isinstance(key, ast.Constant) and key.value == name:
                        return value
            elif isinstance(node, ast.Assign) and _is_item(node.targets[0], name):
                return node.value
        return None
    data = (node for node in ast.walk(statement) if isinstance(node, ast.Attribute) and node.attr == "data")
    return next(data, None)


def _is_item(target: ast.expr, name: str) -> bool:
    match target:
        case ast.Subscript(slice=ast.Constant(value=key)):
            return bool(key == name)
    return False


def _loops(node: ast.AST, function: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Every loop below `node`, with the function it is in."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.For | ast.AsyncFor | ast.While | ast.comprehension | ast.Call):
            yield function, child
        yield from _loops(child, child if isinstance(child, _FUNCTIONS) else function)


def _iterable(loop: ast.AST) -> ast.expr | None:
    match loop:
        case ast.For() | ast.AsyncFor() | ast.comprehension():
            return loop.iter
        case ast.While():
            return loop.test
        case ast.Call(func=function, args=[_, second, *_]) if _name(function) in _MAPPING:
            return second
        case ast.Call(args=[first, *_], keywords=keywords) if any(one.arg == "key" for one in keywords):
            return first
    return None


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


class _Reader:
    """Follows names back through one function.

    Args:
        function: The function, or the module.
        before: The line before which an assignment counts.
    """

    def __init__(self, function: ast.AST, before: int) -> None:
        self._before = before
        self._made: list[tuple[str, int, ast.expr]] = sorted(_made_in(function), key=lambda one: one[1])

    def follow(self, expression: ast.expr) -> int:
        """The line of the expression that `expression` was made from."""
        before = self._before
        for _ in range(_MOST_HOPS):
            name, expression = _root(expression)
            made = [one for one in self._made if one[0] == name and one[1] <= before and one[2] is not expression]
            if not made:
                break
            _, before, expression = made[-1]
        return expression.lineno


def _made_in(function: ast.AST) -> Iterator[tuple[str, int, ast.expr]]:
    """What the function's names are made from: assignments, and what its loops go through."""
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, node.lineno, value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield name, node.lineno, value
            case ast.NamedExpr(target=ast.Name(id=name), value=value):
                yield name, node.lineno, value
            case ast.For() | ast.AsyncFor() | ast.comprehension():
                for target in ast.walk(node.target):
                    if isinstance(target, ast.Name):
                        yield target.id, node.iter.lineno, node.iter


def _root(expression: ast.expr) -> tuple[str, ast.expr]:
    """The name an expression begins with, and where: `orders` of `enumerate(orders.filter(…)[:10])`."""
    while True:
        match expression:
            case ast.Call(func=function, args=[first, *_]) if _name(function) in _WRAPPING:
                expression = first
            case ast.Call(func=ast.Name(id=made), args=[first, *_]) if made[:1].isupper():
                expression = first
            case ast.Call(func=ast.Attribute(attr=made), args=[first, *_]) if made[:1].isupper():
                expression = first
            case ast.Call(func=inner) | ast.Starred(value=inner) | ast.Await(value=inner):
                expression = inner
            case ast.Attribute(value=inner) | ast.Subscript(value=inner):
                expression = inner
            case ast.BinOp(left=inner) | ast.Compare(left=inner) | ast.UnaryOp(operand=inner):
                expression = inner
            case ast.Name(id=name):
                return name, expression
            case _:
                return "", expression
