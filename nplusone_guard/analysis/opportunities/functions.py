"""Which relations does a method read of the row it is given? By its syntax tree; it is not run.

    def get_author(self, book):
        return book.author.country.name     author, and country behind it

Names are followed through plain assignments and loops. What is handed on to other functions is lost: nothing is
said of it.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import FunctionType
from typing import Any

from ...attribution import Attribution
from ...callpath import Line
from ...lineage import Step
from .following import follow, project_function
from .values import Read

__all__ = ["LOADING", "Rows", "has_condition", "parsed", "reads_of_function"]

LOADING = frozenset(
    "select_related prefetch_related prefetch_related_objects annotate only defer".split()
    + "values values_list raw in_bulk".split()
)
"""Methods after which a queryset's rows bring something else along."""
_NARROWING = frozenset(
    "filter exclude order_by distinct reverse using annotate only defer values values_list".split()
)
_ASKING = frozenset("count exists first last get aggregate latest earliest contains in_bulk iterator".split())
_GOING_THROUGH = frozenset("len list tuple set sorted sum min max any all bool enumerate reversed".split())
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Rows:
    """What a name stands for: a row, or the rows of a relation.

    Attributes:
        model: Their model.
        steps: How they are reached from the rows of the response.
        attribution: Of many rows, the relation; `None` of one.
        back: The relation from there that leads back to where it came from.
        narrowing: What was done to the relation's rows, as code without values.
    """

    model: Any
    steps: tuple[Step, ...] = ()
    attribution: Attribution | None = None
    back: str = ""
    narrowing: str = ""


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


def reads_of_function(
    function: FunctionType, row: Rows, *, sure: bool = True, position: int = 0, depth: int = 0
) -> Iterator[Read]:
    """What `function` reads of `row`.

    Args:
        function: The function; it is read, not run.
        row: The row that it is given.
        sure: Whether it runs for each row.
        position: Which of its parameters the row is.
        depth: How many functions it was reached through.
    """
    tree = parsed(function)
    if tree is None or depth > _DEEPEST:
        return
    parameters = [*tree.args.posonlyargs, *tree.args.args]
    if position >= len(parameters):
        return
    reader = _Reader(function, {parameters[position].arg: row}, depth)
    reader.block(tree.body, sure)
    yield from reader.reads


class _Reader:
    """Goes through one function and collects what it reads."""

    def __init__(self, function: FunctionType, names: dict[str, Rows], depth: int) -> None:
        self._function = function
        self._names: dict[str, Rows | None] = dict(names)
        self._depth = depth
        self.reads: list[Read] = []

    def block(self, statements: list[ast.stmt], sure: bool) -> None:
        for statement in statements:
            self._statement(statement, sure)

    def _statement(self, node: ast.stmt, sure: bool) -> None:  # noqa: C901, PLR0912 — a case for each sort
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self._names[name] = self._value(value, sure)
            case ast.If() | ast.While():
                self._value(node.test, sure)
                self.block([*node.body, *node.orelse], sure=False)
            case ast.For() | ast.AsyncFor():
                self._loop(node.target, node.iter, sure, node)
                self.block(node.body, sure)
                self.block(node.orelse, sure)
            case ast.Try():
                self.block([*node.body, *node.orelse, *node.finalbody], sure)
                for handler in node.handlers:
                    self.block(handler.body, sure=False)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    self._value(item.context_expr, sure)
                self.block(node.body, sure)
            case ast.Match():
                self._value(node.subject, sure)
                for case in node.cases:
                    self.block(case.body, sure=False)
            case _:
                for target in getattr(node, "targets", ()):
                    self._forget(target)
                for child in ast.iter_child_nodes(node):
                    if isinstance(child, ast.expr):
                        self._value(child, sure)

    def _forget(self, target: ast.expr) -> None:
        for one in ast.walk(target):
            if isinstance(one, ast.Name):
                self._names[one.id] = None

    def _loop(self, target: ast.expr, iterable: ast.expr, sure: bool, node: ast.AST) -> None:
        rows = self._value(iterable, sure)
        self._forget(target)
        if rows is not None and rows.attribution is not None:
            self._ask(rows, "iterate", iterable, sure)
            if isinstance(target, ast.Name):
                self._names[target.id] = replace(rows, attribution=None, narrowing="")

    def _value(self, node: ast.expr, sure: bool) -> Rows | None:  # noqa: C901 — a case for each sort
        """What `node` stands for, after having taken down what it reads."""
        match node:
            case ast.Name(id=name):
                return self._names.get(name)
            case ast.Attribute(value=inner, attr=name):
                return self._member(self._value(inner, sure), name, node, sure)
            case ast.Call():
                return self._call(node, sure)
            case ast.BoolOp(values=[first, *rest]):
                self._value(first, sure)
                for one in rest:
                    self._value(one, sure=False)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                self._value(test, sure)
                self._value(body, sure=False)
                self._value(orelse, sure=False)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                self._comprehension(node, sure)
            case ast.Subscript(value=inner, slice=index):
                return self._item(self._value(inner, sure), index, node, sure)
            case ast.Lambda():
                pass
            case _:
                for child in ast.iter_child_nodes(node):
                    if isinstance(child, ast.expr):
                        self._value(child, sure)
        return None

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, sure: bool
    ) -> None:
        before = dict(self._names)
        for generator in node.generators:
            self._loop(generator.target, generator.iter, sure, node)
            for condition in generator.ifs:
                self._value(condition, sure)
        inside = not any(generator.ifs for generator in node.generators) and sure
        for part in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
            self._value(part, inside)
        self._names = before

    def _item(self, rows: Rows | None, index: ast.expr, node: ast.expr, sure: bool) -> Rows | None:
        if rows is None or rows.attribution is None:
            return None
        if isinstance(index, ast.Slice):
            return replace(rows, narrowing=f"{rows.narrowing or 'all()'}[:…]")
        self._ask(rows, "first", node, sure)
        return None

    def _member(self, row: Rows | None, name: str, node: ast.expr, sure: bool) -> Rows | None:
        if row is None or row.attribution is not None:
            return None
        followed = follow(row.model, name)
        if followed is None:
            self._enter(row, name, sure)
            return None
        steps = (*row.steps, followed.step)
        if followed.step.to_many:
            return Rows(followed.model, steps, followed.attribution, followed.back)
        self._take(steps, followed.attribution, node, sure, back=name == row.back)
        return Rows(followed.model, steps, back=followed.back)

    def _enter(self, row: Rows, name: str, sure: bool) -> None:
        """Go on in the model's own method or property `name`."""
        function = project_function(row.model, name)
        if function is not None and function.__code__ is not self._function.__code__:
            self.reads.extend(reads_of_function(function, row, sure=sure, depth=self._depth + 1))

    def _call(self, node: ast.Call, sure: bool) -> Rows | None:
        given = [self._value(one, sure) for one in (*node.args, *(word.value for word in node.keywords))]
        match node.func:
            case ast.Attribute(value=inner, attr=method):
                rows = self._value(inner, sure)
                if rows is None or rows.attribution is None:
                    self._member(rows, method, node.func, sure)
                    return None
                return self._asked(rows, method, node, sure)
            case ast.Name(id=name) if name in _GOING_THROUGH and given and given[0] is not None:
                rows = given[0]
                if rows.attribution is not None:
                    self._ask(rows, "iterate", node, sure)
                return rows
        return None

    def _asked(self, rows: Rows, method: str, node: ast.Call, sure: bool) -> Rows | None:
        if method == "all":
            return rows
        if method in ("prefetch_related", "select_related"):
            return None  # what these rows bring along is theirs to know
        if method in _NARROWING:
            step = f"{method}({_without_values(node)})"
            return replace(rows, narrowing=f"{rows.narrowing}.{step}" if rows.narrowing else step)
        if method in _ASKING:
            self._ask(rows, method, node, sure)
        return None

    def _ask(self, rows: Rows, operation: str, node: ast.expr, sure: bool) -> None:
        assert rows.attribution is not None  # noqa: S101 — callers have looked
        aggregated = _aggregated(node) if operation == "aggregate" else ""
        narrowing = rows.narrowing or (
            "order_by(…)" if operation in ("first", "last", "latest", "earliest") else ""
        )
        asked = rows.attribution._replace(operation=operation, narrowing=narrowing, aggregated=aggregated)
        self._take(rows.steps, asked, node, sure)

    def _take(
        self, steps: tuple[Step, ...], asked: Attribution, node: ast.expr, sure: bool, *, back: bool = False
    ) -> None:
        code = self._function.__code__
        # What a chain over several lines reads last stands on its last line, which is where a frame is seen.
        place = Line(code.co_filename, node.end_lineno or node.lineno, code.co_qualname)
        self.reads.append(Read(steps, asked, place, "likely" if sure else "possible", back))


def _without_values(call: ast.Call) -> str:
    """The arguments of `call` as code: names and columns, no value of a condition."""
    texts = [ast.unparse(one).replace("'", '"') if isinstance(one, ast.Constant) else "…" for one in call.args]
    return ", ".join([*texts, *(f"{word.arg}=…" if word.arg else "…" for word in call.keywords)])


def _aggregated(node: ast.expr) -> str:
    for one in ast.walk(node):
        match one:
            case ast.Call(
                func=ast.Name(id=name) | ast.Attribute(attr=name), args=[ast.Constant(value=str(field))]
            ):
                return f'{name}("{field}")'
    return ""
