"""Which labels are named in the calls of `ignore()` and `@pytest.mark.nplusone(ignore=…)` of a module?"""

from __future__ import annotations

import ast
from collections.abc import Iterator

__all__ = ["labels_in_calls"]


def labels_in_calls(source: bytes) -> Iterator[tuple[int, str]]:
    """The labels that are written out, each with its line. Never raises."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    names = _names_of_ignore(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func) if isinstance(node.func, ast.Name | ast.Attribute) else ""
        if called in names:
            yield from _texts(node.args)
        elif called == "mark.nplusone" or called.endswith(".mark.nplusone"):
            for keyword in node.keywords:
                if keyword.arg == "ignore" and isinstance(keyword.value, ast.List | ast.Tuple):
                    yield from _texts(keyword.value.elts)


def _names_of_ignore(tree: ast.Module) -> set[str]:
    """What `nplusone_guard.ignore` is called in the module."""
    names = {"nplusone_guard.ignore"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in ("nplusone_guard", "nplusone_guard.ignoring"):
            names.update(one.asname or one.name for one in node.names if one.name == "ignore")
        elif isinstance(node, ast.Import):
            names.update(
                f"{one.asname}.ignore" for one in node.names if one.name == "nplusone_guard" and one.asname
            )
    return names


def _texts(nodes: list[ast.expr]) -> Iterator[tuple[int, str]]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "label":
                    yield from _texts([value])
