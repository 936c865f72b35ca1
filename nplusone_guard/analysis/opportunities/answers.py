"""What does the function of a view answer with? Its statements are followed one by one; they are not run.

    books = Book.objects.filter(…)
    if request.GET.get("all"):
        books = books.order_by("title")       the same rows for a template: what they bring along is alike
    return render(request, "books.html", {"books": books})

Where two ways meet, a name stands for what it does on both of them, or is not known any more.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from types import FunctionType
from typing import Any

from .evaluating import Answer, Context, Evaluator
from .fetched import Fetched, same_rows
from .trees import parsed

__all__ = ["answers_of"]


def answers_of(function: FunctionType, given: Iterable[Any], *, returned: list[Any] | None = None) -> list[Answer]:
    """The templates and serializers that `function` answers with, and the rows they get.

    Args:
        function: The function; it is read, not run.
        given: What its first parameters stand for.
        returned: Gets what it returns.
    """
    tree = parsed(function)
    if tree is None:
        return []
    parameters = [one.arg for one in (*tree.args.posonlyargs, *tree.args.args)]
    follower = _Follower(function, dict(zip(parameters, given, strict=False)))
    follower.block(tree.body)
    if returned is not None:
        returned.extend(follower.returned)
    return follower.evaluator.answers


class _Follower:
    """Goes through the statements of one function."""

    def __init__(self, function: FunctionType, names: dict[str, Any]) -> None:
        self.evaluator = Evaluator(function, names)
        self.returned: list[Any] = []

    def block(self, statements: list[ast.stmt]) -> bool:
        """Go through `statements`; whether what follows them is reached."""
        return all(self._statement(one) for one in statements)

    def _statement(self, node: ast.stmt) -> bool:  # noqa: C901 — a case for each sort
        evaluator = self.evaluator
        match node:
            case ast.Return(value=value):
                self.returned.append(value and evaluator.value(value))
                return False
            case ast.Raise() | ast.Continue() | ast.Break():
                return False
            case ast.Expr(value=value):
                self._expression(value)
            case (
                ast.Assign(targets=[target], value=value) | ast.AnnAssign(target=target, value=ast.expr() as value)
            ):
                self._assign(target, value)
            case ast.If(test=test, body=body, orelse=orelse):
                evaluator.test(test)
                return self._either(body, orelse)
            case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
                for item in items:
                    evaluator.value(item.context_expr)
                    self._lose(item)
                return self.block(body)
            case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=finalbody):
                reached = self._either([*body, *orelse], *(handler.body for handler in handlers))
                return self.block(finalbody) and reached
            case ast.For(body=body, orelse=orelse) | ast.AsyncFor(body=body, orelse=orelse):
                # To go through rows is to read of them, and maybe to put something there.
                evaluator.hand_on(node.iter)
                self._again_and_again(node, [*body, *orelse])
            case ast.While(test=test, body=body, orelse=orelse):
                evaluator.test(test)
                self._again_and_again(node, [*body, *orelse])
            case ast.Pass() | ast.Global() | ast.Nonlocal():
                pass
            case _:
                evaluator.hand_on(node)
                self._lose(node)
        return True

    def _expression(self, node: ast.expr) -> None:
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="update"), args=[more], keywords=[]):
                context, more = self.evaluator.names.get(name), self.evaluator.value(more)
                if isinstance(context, Context):
                    values = {**context.values, **more.values} if isinstance(more, Context) else {}
                    self.evaluator.names[name] = Context(values)
            case _:
                self.evaluator.value(node)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        found = self.evaluator.value(value)
        match target:
            case ast.Name(id=name):
                if isinstance(found, Context) and not isinstance(value, ast.Dict | ast.Call):
                    self.evaluator.forget(found)  # two names of one dict
                    found = None
                self.evaluator.names[name] = found
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str() as key)) if isinstance(
                context := self.evaluator.names.get(name), Context
            ):
                self.evaluator.names[name] = Context({**context.values, key: found})
            case _:
                self.evaluator.forget(found)
                self.evaluator.hand_on(target)
                self._lose(target)

    def _either(self, *ways: list[ast.stmt]) -> bool:
        """Go one of `ways`: names stand for what they do on all that come to an end."""
        before = self.evaluator.names
        ends = []
        for way in ways:
            self.evaluator.names = dict(before)
            if self.block(way):
                ends.append(self.evaluator.names)
        if not ends:
            self.evaluator.names = before
            return False
        first, *others = ends
        for other in others:
            first = {name: _either_value(value, other.get(name)) for name, value in first.items()}
        self.evaluator.names = first
        return True

    def _again_and_again(self, node: ast.stmt, body: list[ast.stmt]) -> None:
        self._lose(node)
        self._either(body, [])
        self._lose(node)

    def _lose(self, node: ast.AST) -> None:
        """What is bound in `node` is not known any more."""
        for one in ast.walk(node):
            if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load):
                self.evaluator.names[one.id] = None
            elif isinstance(one, ast.Subscript) and not isinstance(one.ctx, ast.Load):
                self.evaluator.hand_on(one)


def _either_value(one: Any, other: Any) -> Any:
    """What is known of a name that stands for `one` or for `other`."""
    if isinstance(one, Fetched) and isinstance(other, Fetched):
        return same_rows(one, other)
    if isinstance(one, Context) and isinstance(other, Context):
        both = one.values.keys() & other.values.keys()
        return Context({key: _either_value(one.values[key], other.values[key]) for key in both})
    return one if one == other else None
