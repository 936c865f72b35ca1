"""Which line made the rows that a loop goes through? Read from the source, where the rows themselves do not tell.

    orders = Order.objects.filter(paid=True)      this one
    for order in orders[:50]:
        print(order.customer)                     of the loop around this one

It is a guess, and an honest one: names are followed back through the assignments of their function, and what comes
in as an argument through the call. What comes from elsewhere ends at the line that goes through it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from types import CodeType
from typing import NamedTuple

from .codelines import position_at

__all__ = ["Made", "argument", "given_away", "looped_over"]

_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_WRAPPING = frozenset("list tuple set sorted reversed enumerate zip iter aiter gather".split())
_MAPPING = frozenset({"map", "filter", "starmap", "reduce"})
_MOST_HOPS = 10


class Made(NamedTuple):
    """Where an expression comes from.

    Attributes:
        line: The line that made it.
        parameter: The parameter of the function around it that it came in as, `""` if it did not.
    """

    line: int
    parameter: str = ""


@lru_cache(maxsize=1_000)
def looped_over(filename: str, loop_line: int) -> Made:
    """Where what the loop at `loop_line` goes through comes from; that line itself if in doubt. Never raises."""
    tree = _parsed(filename)
    for function, loop in _below(tree, tree):
        iterable = _iterable(loop)
        if iterable is not None and loop_line in (getattr(loop, "lineno", 0), iterable.lineno):
            return _follow(iterable, function, iterable.lineno)
    return Made(loop_line)


@lru_cache(maxsize=1_000)
def given_away(filename: str, line: int, name: str = "") -> Made | None:
    """Where the rows come from that the code at `line` gives to a library that loops: a serializer, a template.

    Args:
        filename: The file.
        line: The line of the call, `render(request, "orders.html", {"orders": orders})` or `serializer.data`.
        name: What the template calls the rows.

    Never raises; `None` if that line gives none.
    """
    tree = _parsed(filename)
    for function, node in _below(tree, tree):
        if isinstance(node, ast.stmt) and not hasattr(node, "body") and _spans(node, line):
            given = _named(name, node, function) if name else _data(node)
            if given is not None:
                return _follow(given, function, line)
    return None


def argument(code: CodeType, offset: int, parameter: str, callee: CodeType) -> Made | None:
    """Where the call of `callee` by `code` at `offset` gets its argument for `parameter`; `None` if in doubt.

    Never raises.
    """
    position = position_at(code, offset)
    tree = _parsed(code.co_filename)
    for function, node in _below(tree, tree):
        if isinstance(node, ast.Call) and _position(node) == position:
            given = _argument(node, parameter, callee)
            return None if given is None else _follow(given, function, node.lineno)
    return None


def _parsed(filename: str) -> ast.Module:
    try:
        return ast.parse(Path(filename).read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def _below(node: ast.AST, function: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Every node below `node`, with the function it is in."""
    for child in ast.iter_child_nodes(node):
        yield function, child
        yield from _below(child, child if isinstance(child, _FUNCTIONS) else function)


def _spans(node: ast.stmt, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)


def _position(node: ast.expr) -> tuple[int | None, ...]:
    return node.lineno, node.end_lineno, node.col_offset, node.end_col_offset


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


def _named(name: str, statement: ast.AST, function: ast.AST) -> ast.expr | None:
    """What the context of a template has as `name`."""
    for node in (*ast.walk(statement), *ast.walk(function)):
        match node:
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    if isinstance(key, ast.Constant) and key.value == name:
                        return value
            case ast.Assign(targets=[ast.Subscript(slice=ast.Constant(value=key))], value=value):
                if key == name:
                    return value
            case ast.keyword(arg=key, value=value) if key == name:
                return value
    return None


def _data(statement: ast.AST) -> ast.expr | None:
    """The serializer whose `data` is asked for."""
    data = (node for node in ast.walk(statement) if isinstance(node, ast.Attribute) and node.attr == "data")
    return next(data, None)


def _argument(call: ast.Call, parameter: str, callee: CodeType) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == parameter:
            return keyword.value
    names = callee.co_varnames[: callee.co_argcount]
    if names[:1] in (("self",), ("cls",)):
        names = names[1:]
    if parameter not in names or any(isinstance(one, ast.Starred) for one in call.args):
        return None
    place = names.index(parameter)
    return call.args[place] if place < len(call.args) else None


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _follow(expression: ast.expr, function: ast.AST, before: int) -> Made:
    """Where `expression`, in `function`, comes from. Assignments count up to the line `before`."""
    made = sorted(_made_in(function), key=lambda one: one[1])
    name = ""
    for _ in range(_MOST_HOPS):
        name, expression = _root(expression)
        earlier = [one for one in made if one[0] == name and one[1] <= before and one[2] is not expression]
        if not earlier:
            break
        _, before, expression = earlier[-1]
    return Made(expression.lineno, name if name in _parameters(function) else "")


def _parameters(function: ast.AST) -> list[str]:
    if not isinstance(function, _FUNCTIONS):
        return []
    arguments = function.args
    return [one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]


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
    inner: ast.expr | None = expression
    while inner is not None:
        expression = inner
        inner = _inside(expression)
    return (expression.id if isinstance(expression, ast.Name) else ""), expression


def _inside(expression: ast.expr) -> ast.expr | None:
    """The part of an expression that its rows come from; `None` at the end."""
    match expression:
        case ast.Call(func=function, args=[first, *_]) if _gives_its_argument(function, first):
            return first
        case ast.Call(func=inner) | ast.UnaryOp(operand=inner) | ast.BinOp(left=inner):
            return inner
        case ast.Starred() | ast.Await() | ast.Attribute() | ast.Subscript():
            return expression.value
        case ast.Compare(left=left, comparators=[right]):
            # `while index < len(orders)`, `while node is not None`
            return right if isinstance(right, ast.Call) else left
        case ast.GeneratorExp() | ast.ListComp():
            return expression.generators[0].iter
    return None


def _gives_its_argument(function: ast.expr, first: ast.expr) -> bool:
    """Whether a call gives what it was given: `list(rows)`, `Paginator(rows, 10)`, `helper(rows)`."""
    name = _name(function)
    if name in _WRAPPING or name[:1].isupper():
        return True
    return isinstance(function, ast.Name) and isinstance(first, ast.Name)
