"""On which line is it declared? Read from the source of a class, once for each file."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from .declared import Declared

__all__ = ["line_of"]

_FILES = 256  # indexes that are kept, of a few kB each
_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(slots=True)
class _Attribute:
    """An attribute in the body of a class: its line, and those of the strings in its value."""

    line: int
    strings: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Owner:
    """A class or function: its line, and its attributes."""

    line: int
    attributes: dict[str, _Attribute] = field(default_factory=dict)


def line_of(declared: Declared) -> int:
    """The line of `declared`: of its element, else of its attribute, else of its class, else the file's first.

    Never raises: of a file that cannot be read all that is left is its first line.
    """
    if declared.lineno:
        return declared.lineno
    owners = _owners_of(declared.filename)
    name = declared.owner
    while name and name not in owners:
        name = name.rpartition(".")[0]
    if not name:
        return 1
    owner = owners[name]
    attribute = owner.attributes.get(declared.attribute) if name == declared.owner else None
    if attribute is None:
        return _line_in_options(owners.get(f"{name}.Meta"), declared.attribute) or owner.line
    return attribute.strings.get(declared.element, attribute.line)


def _line_in_options(options: _Owner | None, name: str) -> int:
    """The line that names an attribute in the options of its class, `fields = ["title"]`; 0 if none does."""
    lists = options.attributes.values() if options is not None else ()
    return next((one.strings[name] for one in lists if name in one.strings), 0)


@lru_cache(maxsize=_FILES)
def _owners_of(filename: str) -> dict[str, _Owner]:
    try:
        return dict(_owners(ast.parse(Path(filename).read_bytes()), ""))
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return {}


def _owners(node: ast.AST, prefix: str) -> Iterator[tuple[str, _Owner]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield prefix + child.name, _Owner(child.lineno, _attributes(child))
            yield from _owners(child, f"{prefix}{child.name}.")
        elif isinstance(child, _FUNCTIONS):
            yield prefix + child.name, _Owner(child.lineno)
            yield from _owners(child, f"{prefix}{child.name}.<locals>.")
        elif isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
            yield from _owners(child, prefix)  # a class inside of `if` or `try`


def _attributes(owner: ast.ClassDef) -> dict[str, _Attribute]:
    found: dict[str, _Attribute] = {}
    for statement in owner.body:
        if isinstance(statement, _FUNCTIONS):
            found[statement.name] = _Attribute(_line_of_function(statement), dict(_strings(statement)))
            continue
        targets: list[ast.expr] = []
        if isinstance(statement, ast.Assign):
            targets = statement.targets
        elif isinstance(statement, ast.AnnAssign | ast.AugAssign):
            targets = [statement.target]
        for target in targets:
            if isinstance(target, ast.Name):
                attribute = found.setdefault(target.id, _Attribute(statement.lineno))
                for text, line in _strings(statement):
                    attribute.strings.setdefault(text, line)
    return found


def _strings(node: ast.AST) -> Iterator[tuple[str, int]]:
    """The strings and names in `node`, the first of those that are there twice last."""
    nodes = [
        (one.lineno, one.value if isinstance(one, ast.Constant) else one.id)
        for one in ast.walk(node)
        if isinstance(one, ast.Name) or (isinstance(one, ast.Constant) and isinstance(one.value, str))
    ]
    for line, text in sorted(nodes, key=lambda pair: -pair[0]):
        yield str(text), line


def _line_of_function(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The line of its last `return`, where what it gives can be changed; of its `def` if it has none."""
    returns = [one.lineno for one in _own_nodes(function) if isinstance(one, ast.Return) and one.value is not None]
    return max(returns, default=function.lineno)


def _own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            yield child
            yield from _own_nodes(child)
