"""What stands in a function of the project? Its syntax tree; it is not run."""

from __future__ import annotations

import ast
import inspect
import textwrap
from types import FunctionType

__all__ = ["LOADING", "asks_only_for", "has_condition", "parsed"]

LOADING = frozenset(
    "select_related prefetch_related prefetch_related_objects annotate only defer".split()
    + "values values_list raw in_bulk".split()
)
"""Methods after which a queryset's rows bring something else along."""


def parsed(function: FunctionType) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The syntax tree of `function`, with the lines of its file; `None` where its source is not at hand."""
    try:
        lines, first = inspect.getsourcelines(function)
        tree = ast.parse(textwrap.dedent("".join(lines)))
    except (OSError, SyntaxError, TypeError, ValueError, RecursionError):
        return None
    ast.increment_lineno(tree, first - 1)
    found = tree.body[0] if tree.body else None
    return found if isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef) else None


def has_condition(function: FunctionType) -> bool:
    """Whether what `function` gives may depend on something."""
    tree = parsed(function)
    conditions = ast.If | ast.IfExp | ast.BoolOp | ast.Match | ast.Try
    return tree is None or any(isinstance(one, conditions) for one in ast.walk(tree))


def asks_only_for(function: FunctionType, name: str) -> bool:
    """Whether the conditions in `function` depend on nothing but the attribute `name` of one object."""
    tree = parsed(function)
    if tree is None or any(isinstance(one, ast.Match | ast.Try) for one in ast.walk(tree)):
        return False
    tests = [one.test for one in ast.walk(tree) if isinstance(one, ast.If | ast.IfExp)]
    parts = [part for test in tests for part in ast.walk(test)]
    attributes = {part.attr for part in parts if isinstance(part, ast.Attribute)}
    return attributes <= {name} and not any(isinstance(part, ast.Call) for part in parts)
