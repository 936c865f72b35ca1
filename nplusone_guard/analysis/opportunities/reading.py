"""How does a method go on from the row it is given? Its statements and expressions, one by one.

Names are followed through plain assignments and loops. What is handed on to other functions is lost: they may read
whatever they like of it, and nothing is said of that.
"""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass, replace
from types import FunctionType
from typing import Any

from ...attribution.model import Attribution
from ...codelines import Line
from ...lineage import Step
from .following import follow, is_column, project_function
from .trees import parsed
from .values import Read

__all__ = ["Reader", "Rows", "reader_of"]

_Function = ast.FunctionDef | ast.AsyncFunctionDef

_NARROWING = frozenset(
    "filter exclude order_by distinct reverse using annotate only defer values values_list".split()
)
_ASKING = frozenset("count exists first last get aggregate latest earliest contains in_bulk iterator".split())
_GOING_THROUGH = frozenset("len list tuple set sorted sum min max any all bool enumerate reversed".split())
_KEEPING_NOTHING = frozenset({"count", "exists", "aggregate", "contains"})
_HARMLESS = frozenset({"len", "bool", "list", "tuple", "any", "all"})
"""Those that do nothing with the rows: no comparison, no function of the project's."""
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

    @property
    def path(self) -> tuple[str, ...]:
        """The names of its steps."""
        return tuple(step.name for step in self.steps)


def reader_of(function: FunctionType, row: Rows, *, sure: bool, position: int = 0, depth: int = 0) -> Reader:
    """Goes through `function`, which is given `row` as its parameter number `position`.

    Args:
        function: The function; it is read, not run.
        row: The row.
        sure: Whether it runs for each row.
        position: Which of its parameters the row is.
        depth: How many functions it was reached through.
    """
    reader = Reader(function, depth, sure=sure)
    tree = parsed(function) if depth <= _DEEPEST else None
    parameters = [] if tree is None else [one.arg for one in (*tree.args.posonlyargs, *tree.args.args)]
    if tree is None or position >= len(parameters):
        reader.lost.add(row.path)
    else:
        reader.read(tree, parameters[position], row, parameters[:position])
    return reader


class Reader:
    """Goes through one function and collects what it reads, and what it hands on.

    Attributes:
        reads: The relations that it reads.
        lost: The paths of the rows that it hands on.
    """

    def __init__(self, function: FunctionType, depth: int, *, sure: bool) -> None:
        self._function = function
        self._depth = depth
        self._sure = sure
        self._names: dict[str, Rows | None] = {}
        self._owners: dict[str, Rows] = {}
        self._bound: Counter[str] = Counter()
        self.reads: list[Read] = []
        self.lost: set[tuple[str, ...]] = set()

    def read(self, tree: _Function, name: str, row: Rows, owners: list[str]) -> None:
        """Read all of `tree`, where `name` is the row; what `owners` are, `self` for one, may reach it too."""
        self._names = {name: row}
        self._owners = dict.fromkeys(owners, row)
        stored = (one.id for one in ast.walk(tree) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store))
        self._bound = Counter([name, *stored])
        self._block(tree.body, self._sure)

    def _block(self, statements: list[ast.stmt], sure: bool) -> None:
        for statement in statements:
            self._statement(statement, sure)

    def _statement(self, node: ast.stmt, sure: bool) -> None:  # noqa: C901, PLR0912 — a case for each sort
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self._lose_names(node)
            case ast.Expr(value=value):
                self._value(value, sure)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self._names[name] = self._value(value, sure)
                if self._bound[name] > 1:
                    self._lose(self._names[name])  # which of them it is, a condition may decide
            case ast.If() | ast.While():
                self._test(node.test, sure)
                self._block([*node.body, *node.orelse], sure=False)
            case ast.For() | ast.AsyncFor():
                self._loop(node.target, node.iter, sure, node)
                self._block(node.body, sure)
                self._block(node.orelse, sure)
            case ast.Try():
                self._block([*node.body, *node.orelse, *node.finalbody], sure)
                for handler in node.handlers:
                    self._block(handler.body, sure=False)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    self._use(item.context_expr, sure)
                self._block(node.body, sure)
            case ast.Match():
                self._use(node.subject, sure)
                for case in node.cases:
                    self._block(case.body, sure=False)
            case _:
                for target in getattr(node, "targets", ()):
                    self._forget(target)
                for child in ast.iter_child_nodes(node):
                    if isinstance(child, ast.expr):
                        self._use(child, sure)

    def _forget(self, target: ast.expr) -> None:
        for one in ast.walk(target):
            if isinstance(one, ast.Name):
                self._names[one.id] = None

    def _lose(self, rows: Rows | None) -> None:
        if rows is not None:
            self.lost.add(rows.path)

    def _lose_names(self, node: ast.AST) -> None:
        for one in ast.walk(node):
            if isinstance(one, ast.Name):
                self._lose(self._names.get(one.id) or self._owners.get(one.id))

    def _use(self, node: ast.expr, sure: bool) -> None:
        """Take down what `node` reads, and lose what it stands for."""
        self._lose(self._value(node, sure))

    def _test(self, node: ast.expr, sure: bool) -> None:
        """Take down what a condition reads; it keeps nothing."""
        match node:
            case ast.BoolOp(values=[first, *rest]):
                self._test(first, sure)
                for one in rest:
                    self._test(one, sure=False)
            case ast.UnaryOp(operand=operand):
                self._test(operand, sure)
            case ast.Compare(left=left, ops=[ast.Is() | ast.IsNot()], comparators=[right]):
                self._value(left, sure)
                self._value(right, sure)
            case _:
                self._value(node, sure)

    def _loop(self, target: ast.expr, iterable: ast.expr, sure: bool, node: ast.AST) -> None:
        rows = self._value(iterable, sure)
        self._forget(target)
        if rows is not None and rows.attribution is not None:
            self._ask(rows, "iterate", iterable, sure)
            if isinstance(target, ast.Name):
                self._names[target.id] = replace(rows, attribution=None, narrowing="")
                return
        self._lose(rows)

    def _value(self, node: ast.expr, sure: bool) -> Rows | None:  # noqa: C901, PLR0912 — a case for each sort
        """What `node` stands for, after having taken down what it reads."""
        match node:
            case ast.Name(id=name):
                self._lose(self._owners.get(name))
                return self._names.get(name)
            case ast.Attribute(value=ast.Name(id=name), attr="context") if name in self._owners:
                return None
            case ast.Attribute(value=inner, attr=name):
                return self._member(self._value(inner, sure), name, node, sure)
            case ast.Call():
                return self._call(node, sure)
            case ast.BoolOp(op=operator, values=values):
                for index, one in enumerate(values):
                    rows = self._value(one, sure and not index)
                    # A row is true: `row.author and row.author.name` gives the name, or nothing.
                    if index == len(values) - 1 or isinstance(operator, ast.Or):
                        self._lose(rows)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                self._test(test, sure)
                self._use(body, sure=False)
                self._use(orelse, sure=False)
            case ast.Compare(ops=[ast.Is() | ast.IsNot()]):
                self._test(node, sure)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                self._comprehension(node, sure)
            case ast.Subscript(value=inner, slice=index):
                return self._item(self._value(inner, sure), index, node, sure)
            case ast.Lambda():
                self._lose_names(node)
            case _:
                for child in ast.iter_child_nodes(node):
                    if isinstance(child, ast.expr):
                        self._use(child, sure)
        return None

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, sure: bool
    ) -> None:
        before = dict(self._names)
        for generator in node.generators:
            self._loop(generator.target, generator.iter, sure, node)
            for condition in generator.ifs:
                self._test(condition, sure)
        inside = not any(generator.ifs for generator in node.generators) and sure
        for part in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
            self._use(part, inside)
        self._names = before

    def _item(self, rows: Rows | None, index: ast.expr, node: ast.expr, sure: bool) -> Rows | None:
        self._use(index, sure)
        if rows is None or rows.attribution is None:
            self._lose(rows)
            return None
        if isinstance(index, ast.Slice):
            return replace(rows, narrowing=f"{rows.narrowing or 'all()'}[:…]")
        self._ask(rows, "first", node, sure)
        self._lose(rows)
        return None

    def _member(self, row: Rows | None, name: str, node: ast.expr, sure: bool) -> Rows | None:
        if row is None or row.attribution is not None:
            self._lose(row)
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
            inner = reader_of(function, row, sure=sure, depth=self._depth + 1)
            self.reads.extend(inner.reads)
            self.lost.update(inner.lost)
        elif not is_column(row.model, name):
            self._lose(row)

    def _call(self, node: ast.Call, sure: bool) -> Rows | None:
        given = [self._value(one, sure) for one in (*node.args, *(word.value for word in node.keywords))]
        match node.func:
            case ast.Attribute(value=inner, attr=method):
                rows = self._value(inner, sure)
                for one in given:
                    self._lose(one)
                if rows is None or rows.attribution is None:
                    self._member(rows, method, node.func, sure)
                    return None
                return self._asked(rows, method, node, sure)
            case ast.Name(id=name) if name in _GOING_THROUGH and given and given[0] is not None:
                rows = given[0]
                if rows.attribution is not None:
                    self._ask(rows, "iterate", node, sure)
                if len(given) > 1 or name not in _HARMLESS:
                    self._lose(rows)
                return rows
        for one in given:
            self._lose(one)
        return None

    def _asked(self, rows: Rows, method: str, node: ast.Call, sure: bool) -> Rows | None:
        if method == "all":
            return rows
        if method in _NARROWING:
            step = f"{method}({_without_values(node)})"
            return replace(rows, narrowing=f"{rows.narrowing}.{step}" if rows.narrowing else step)
        if method in _ASKING:
            self._ask(rows, method, node, sure)
        if method not in _KEEPING_NOTHING:
            self._lose(rows)  # what `select_related()` and the like bring along is theirs to know
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
