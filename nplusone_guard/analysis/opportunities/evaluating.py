"""What does an expression in a view stand for? Rows, a context with rows, a serializer of rows; or nothing known.

What other code gets in its hands may come back with more than it had: rows that are handed on are forgotten. So
what is said of the others is certain.
"""

from __future__ import annotations

import ast
import builtins
import inspect
from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import FunctionType, ModuleType
from typing import Any

from django import shortcuts
from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.db.models import Manager, Model, Prefetch
from django.template.loader import render_to_string
from django.template.response import TemplateResponse

from ...codelines import is_project_file
from .fetched import Fetched, Known, asked_of, fetched_by, member_of, prefetch_of
from .trees import has_condition, parsed

__all__ = [
    "Answer",
    "Context",
    "Evaluator",
    "OfRequest",
    "Paginated",
    "Rendered",
    "Serialized",
    "ViewItself",
    "serialized_by",
]

_ONE = [getattr(shortcuts, name) for name in ("get_object_or_404", "aget_object_or_404")]
_MANY = [getattr(shortcuts, name) for name in ("get_list_or_404", "aget_list_or_404")]
_RENDERING = (shortcuts.render, TemplateResponse)
_HARMLESS = (len, bool, isinstance)
_SERIALIZER_WORDS = frozenset({"instance", "many", "context", "read_only"})
_DEEPEST = 3


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """What a template is given, as far as it is known."""

    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Paginated:
    """The pages of some rows."""

    rows: Fetched


@dataclass(frozen=True, slots=True)
class OfRequest:
    """The request."""


@dataclass(frozen=True, slots=True)
class ViewItself:
    """`self` in a view.

    Attributes:
        methods: What those of its methods give that are known, by their names.
    """

    methods: Mapping[str, Callable[..., Any]]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A template, the first of `names`, is shown with `context`."""

    names: tuple[str, ...]
    context: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Serialized:
    """`serializer`, a class, is given `rows`."""

    serializer: Any
    rows: Fetched


Answer = Rendered | Serialized


class Evaluator:
    """Knows what the names of one function stand for.

    Attributes:
        names: What is known of its names.
        answers: What it was seen to answer with.
    """

    def __init__(self, function: FunctionType, names: dict[str, Any], depth: int = 0) -> None:
        self._function = function
        self._locals = {*function.__code__.co_varnames, *function.__code__.co_cellvars}
        self._depth = depth
        nonlocals = inspect.getclosurevars(function).nonlocals
        self._around = ChainMap(dict(nonlocals), function.__globals__, vars(builtins))
        self.names: dict[str, Any] = names
        self.answers: list[Answer] = []

    def value(self, node: ast.expr) -> Any:  # noqa: C901, PLR0912 — a case for each sort
        """What `node` stands for, `None` where that is not known."""
        match node:
            case ast.Constant(value=constant):
                return Known(constant)
            case ast.Name(id=name):
                if name in self._locals:
                    return self.names.get(name)
                return Known(self._around[name]) if name in self._around else None
            case ast.Attribute(value=inner, attr=name):
                return self._member(self.value(inner), name)
            case ast.Await(value=inner):
                return self.value(inner)
            case ast.Call():
                return self._call(node)
            case ast.Dict():
                return self._context(node)
            case ast.List(elts=parts) | ast.Tuple(elts=parts):
                values = [self.value(part) for part in parts]
                if all(isinstance(one, Known) for one in values):
                    return Known([one.value for one in values])
            case ast.Subscript(value=inner, slice=index):
                rows = self.value(inner)
                if isinstance(rows, Fetched) and rows.many:
                    return replace(rows, many=isinstance(index, ast.Slice), held=False)
            case ast.Compare(left=left, comparators=others):
                for part in (left, *others):
                    self.value(part)
                return None
        self.hand_on(node)
        return None

    def test(self, node: ast.expr) -> None:
        """Look at a condition, which keeps nothing of what it looks at."""
        match node:
            case ast.BoolOp(values=parts):
                for part in parts:
                    self.test(part)
            case ast.UnaryOp(operand=part):
                self.test(part)
            case _:
                self.value(node)

    def hand_on(self, node: ast.AST) -> None:
        """Forget what stands in `node`, which other code gets."""
        for one in ast.walk(node):
            if isinstance(one, ast.Name):
                self.forget(self.names.get(one.id))

    def forget(self, value: Any) -> None:
        """Forget `value`, under all of its names."""
        if not isinstance(value, Fetched | Context | Paginated):
            return
        if isinstance(value, Context):
            for inner in value.values.values():
                self.forget(inner)
        for name, known in self.names.items():
            if known is value:
                self.names[name] = None
            elif isinstance(known, Context) and any(inner is value for inner in known.values.values()):
                kept = {key: inner for key, inner in known.values.items() if inner is not value}
                self.names[name] = Context(kept)

    def _member(self, owner: Any, name: str) -> Any:
        match owner:
            case Fetched(many=False):
                return member_of(owner, name)
            case Fetched() if name == "object_list":
                return owner  # of a page
            case OfRequest() if name == "user":
                return Fetched(get_user_model()._default_manager.all(), many=False)
            case ViewItself() if name == "request":
                return OfRequest()
            case Serialized() if name == "data":
                self.answers.append(owner)
            case Known(value=ModuleType() as module):
                return Known(vars(module)[name]) if name in vars(module) else None
            case Known(value=type() as cls) if issubclass(cls, Model):
                found = getattr(cls, name, None)
                return fetched_by(found) if isinstance(found, Manager) else None
        return None

    def _context(self, node: ast.Dict) -> Context:
        values: dict[str, Any] = {}
        for key, part in zip(node.keys, node.values, strict=True):
            value = self.value(part)
            if key is None:
                values = {**values, **value.values} if isinstance(value, Context) else {}
            elif isinstance(key, ast.Constant):
                values[str(key.value)] = value
        return Context(values)

    def _call(self, node: ast.Call) -> Any:
        if isinstance(node.func, ast.Attribute):
            owner = self.value(node.func.value)
            if isinstance(owner, Fetched | Context | Paginated | ViewItself):
                return self._method(owner, node.func.attr, node)
            target = self._member(owner, node.func.attr)
        else:
            target = self.value(node.func)
        return self._called(target.value if isinstance(target, Known) else None, node)

    def _arguments(self, node: ast.Call) -> tuple[list[Any], dict[str, Any]]:
        given = [self.value(one) for one in node.args]
        return given, {word.arg or "**": self.value(word.value) for word in node.keywords}

    def _method(self, owner: Any, name: str, node: ast.Call) -> Any:
        given, named = self._arguments(node)
        match owner:
            case Fetched(many=True) if name in ("count", "exists", "acount", "aexists"):
                return None
            case Fetched(many=True):
                return asked_of(owner, name, given, named)
            case Paginated() if name in ("page", "get_page"):
                return replace(owner.rows)
            case ViewItself() if name in owner.methods:
                return owner.methods[name](*given, **named)
            case Context() if name == "get":
                return None
        self.forget(owner)  # its own method may do anything with a row
        self._forget_all(given, named)
        return None

    def _forget_all(self, given: list[Any], named: dict[str, Any]) -> None:
        for value in (*given, *named.values()):
            self.forget(value)

    def _called(self, target: Any, node: ast.Call) -> Any:  # noqa: C901 — a case for each function
        given, named = self._arguments(node)
        first = given[0] if given else None
        if _is_among(target, (*_RENDERING, render_to_string)):
            self._render(given if target is render_to_string else given[1:], named)
            return None
        if _is_among(target, _HARMLESS):
            return None
        if _is_among(target, (list, tuple)) and len(given) == 1:
            return first
        if target is super and not given:
            return self._above()
        if target is dict and not given:
            return Context(named)
        if target is Prefetch:
            return prefetch_of(given, named)
        if target is Paginator and isinstance(first, Fetched):
            return Paginated(first)
        if _is_among(target, (*_ONE, *_MANY)):
            rows = fetched_by(first.value) if isinstance(first, Known) else first
            many = _is_among(target, _MANY)
            return replace(rows, many=many, held=False) if isinstance(rows, Fetched) else None
        found = None
        if _is_serializer(target):
            found = serialized_by(target, given, named)
        elif isinstance(target, FunctionType) and self._depth < _DEEPEST:
            found = self._returned(target)
        if found is not None:
            return found
        self._forget_all(given, named)
        return None

    def _above(self) -> ViewItself | None:
        """`super()`: the method of the same name."""
        itself = self.names.get(self._function.__code__.co_varnames[0])
        name = self._function.__name__
        if not isinstance(itself, ViewItself):
            return None
        return ViewItself({name: itself.methods[name]} if name in itself.methods else {})

    def _render(self, given: list[Any], named: dict[str, Any]) -> None:
        words = ("template_name", "context")
        values = {**dict(zip(words, given, strict=False)), **named}
        template, context = values.get("template_name", values.get("template")), values.get("context")
        if isinstance(template, Known) and isinstance(context, Context):
            names = template.value if isinstance(template.value, list) else [template.value]
            self.answers.append(Rendered(tuple(names), dict(context.values)))

    def _returned(self, function: FunctionType) -> Any:
        """The rows that a function of the project gives which does nothing else."""
        function = inspect.unwrap(function)
        tree = parsed(function) if is_project_file(function.__code__.co_filename) else None
        if tree is None:
            return None
        match [one for one in tree.body if not _is_text(one)]:
            case [ast.Return(value=ast.expr() as value)]:
                found = Evaluator(function, {}, self._depth + 1).value(value)
                if isinstance(found, Fetched):
                    return replace(found, sure=found.sure and not has_condition(function))
        return None


def serialized_by(serializer: Any, given: Sequence[Any], named: Mapping[str, Any]) -> Serialized | None:
    """What `serializer(…)` is: the rows it is given, one or many; `None` where that cannot be told."""
    rows = named.get("instance", given[0] if given else None)
    many = named.get("many", Known(value=False))
    plain = len(given) <= 1 and set(named) <= _SERIALIZER_WORDS and isinstance(many, Known)
    if isinstance(rows, Fetched) and plain and rows.many == bool(many.value):
        return Serialized(serializer, rows)
    return None


def _is_among(target: Any, those: Iterable[Any]) -> bool:
    """By identity: what the project's globals are equal to is their own affair."""
    return any(target is one for one in those)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_serializer(target: Any) -> bool:
    """Told by its names, as REST framework need not be there."""
    bases = [(cls.__module__, cls.__name__) for cls in target.__mro__] if isinstance(target, type) else []
    return ("rest_framework.serializers", "BaseSerializer") in bases
