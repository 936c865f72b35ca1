"""Which loops run this instruction in each turn, and what do they bind anew? Read from the source of its file.

    for book in books:             a loop that binds `book`
        if book.title == wanted:
            return book.author     no loop: its turn is the last one
    sorted(books, key=author_of)   a call that loops, and binds nothing here

`looplines` says where the innermost loop begins, and takes every instruction inside for repeated. Here it counts
whether a second row would run the instruction a second time.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Sequence
from types import CodeType
from typing import Any, NamedTuple

from .codelines import position_at
from .compiledtemplates import forgotten_with_templates, python_of
from .looplines import is_mapping

__all__ = ["Instruction", "Turns", "instruction_at"]

_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
_COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_LOOPS = ast.For | ast.AsyncFor | ast.While
_LOOKING_UP = frozenset({"get", "pop", "setdefault"})

_Position = tuple[int, int]
_Path = tuple[ast.AST, ...]


class Turns(NamedTuple):
    """A loop around an instruction.

    Attributes:
        place: Where it is in its file: equal for two instructions in one loop.
        targets: The names that each turn gives another element of what the loop goes through.
        assigned: The names that its body assigns, but from themselves: `node = node.parent` goes on from one row.
        by_call: Whether a call loops (`map()`, `sorted(…, key=…)`): what it calls gets the elements.
    """

    place: tuple[int, int, int, int]
    targets: frozenset[str] = frozenset()
    assigned: frozenset[str] = frozenset()
    by_call: bool = False

    @property
    def line(self) -> int:
        """The line it begins at."""
        return self.place[0]


class Instruction(NamedTuple):
    """What the source tells of an instruction.

    Attributes:
        loops: The loops in its function whose every turn runs it, innermost first.
        names: The names that its expression reads.
        looked_up: Of those, the ones that something is taken out of, each with the names that say which:
            `books` and `pk` of `books[pk].author`.
    """

    loops: tuple[Turns, ...] = ()
    names: frozenset[str] = frozenset()
    looked_up: tuple[tuple[str, frozenset[str]], ...] = ()


_NOTHING = Instruction()


def instruction_at(code: CodeType, offset: int) -> Instruction:
    """What the source tells of the instruction of `code` at `offset`; nothing if that fails. Never raises."""
    line, end_line, column, end_column = position_at(code, offset)
    if line is None or end_line is None or column is None or end_column is None:
        return _NOTHING
    return _read(code.co_filename, (line, column), (end_line, end_column))


@forgotten_with_templates(5_000)
def _read(filename: str, start: _Position, end: _Position) -> Instruction:
    path = _path_to(_parsed(filename), start, end)
    if not path:
        return _NOTHING
    names = frozenset(one.id for one in ast.walk(path[-1]) if isinstance(one, ast.Name))
    return Instruction(tuple(_loops(path)), names, tuple(_looked_up(path[-1])))


@forgotten_with_templates(100)
def _parsed(filename: str) -> ast.Module:
    try:
        return ast.parse(python_of(filename))
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def _path_to(node: ast.AST, start: _Position, end: _Position) -> _Path:
    """The nodes around a position, outermost first, down to the smallest one."""
    for child in ast.iter_child_nodes(node):
        if not hasattr(child, "end_lineno"):  # a generator of a comprehension, the arguments of a function
            inside = _path_to(child, start, end)
            if inside:
                return (child, *inside)
            continue
        first, last = _span(child)
        if first <= start and end <= last:
            # The values in an f-string all have the position of the whole.
            whole = isinstance(child, ast.JoinedStr) and (first, last) == (start, end)
            return (child,) if whole else (child, *_path_to(child, start, end))
    return ()


def _span(node: ast.AST) -> tuple[_Position, _Position]:
    start = (node.lineno, node.col_offset)  # type: ignore[attr-defined]
    return start, (node.end_lineno or 0, node.end_col_offset or 0)  # type: ignore[attr-defined]


def _loops(path: _Path) -> Iterator[Turns]:
    """The loops that run the end of `path` again, innermost first."""
    end: Any = path[-1]
    # Python 3.11 places the steps of what a comprehension goes through at the whole of it.
    last = end.generators[0].iter if isinstance(end, _COMPREHENSIONS) else end
    if isinstance(last, ast.Call | ast.Await) and _loops_by_call(last):
        yield Turns(_place(last), by_call=True)
    for index in reversed(range(len(path))):
        node, inside = path[index], path[index + 1 :]
        if isinstance(node, _FUNCTIONS):
            return
        if isinstance(node, _COMPREHENSIONS):
            if inside and _is_repeated_by(node, inside) and not _is_taken_first(node, path[:index], inside):
                generators = [generator.target for generator in node.generators]
                yield Turns(_place(node), _bound(generators))
        elif isinstance(node, _LOOPS) and inside and not _is_last_turn(path[index:]):
            if isinstance(node, ast.While):
                repeated = inside[0] is node.test or inside[0] in node.body
                targets: frozenset[str] = frozenset()
            else:
                repeated, targets = inside[0] in node.body, _bound([node.target])
            if repeated:
                yield Turns(_place(node), targets, _assigned([*node.body, *_test(node)]))


def _test(loop: ast.AST) -> Sequence[ast.AST]:
    return (loop.test,) if isinstance(loop, ast.While) else ()


def _place(node: ast.AST) -> tuple[int, int, int, int]:
    (line, column), (end_line, end_column) = _span(node)
    return line, column, end_line, end_column


def _bound(nodes: Sequence[ast.AST]) -> frozenset[str]:
    """The names that are assigned in `nodes`."""
    every = (one for node in nodes for one in ast.walk(node))
    return frozenset(one.id for one in every if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store))


def _assigned(nodes: Sequence[ast.AST]) -> frozenset[str]:
    """The names that are assigned in `nodes`, without those that are assigned from themselves."""
    stepped = set()
    for one in (one for node in nodes for one in ast.walk(node)):
        match one:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in _read_in([value]):
                stepped.add(name)
    return _bound(nodes) - stepped


def _loops_by_call(node: ast.Call | ast.Await) -> bool:
    """Whether a call is one of `map()` and its like, or makes one run: `list(map(…))`, `await gather(…)`."""
    if isinstance(node, ast.Await):
        return isinstance(node.value, ast.Call) and is_mapping(node.value)
    return is_mapping(node) or any(isinstance(one, ast.Call) and is_mapping(one) for one in node.args)


def _is_repeated_by(comprehension: Any, inside: _Path) -> bool:
    """Whether a comprehension repeats the part that `inside` leads to: all but what it goes through first."""
    first: Any = comprehension.generators[0]
    iterable = first.iter
    return inside[0] is not first or (len(inside) > 1 and inside[1] is not iterable)


def _is_taken_first(node: ast.AST, outside: _Path, inside: _Path) -> bool:
    """Whether only the first element is taken, `next(book.author for book in books)`, so that it is made once."""
    call = outside[-1] if outside else None
    is_next = isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "next"
    return is_next and isinstance(node, ast.GeneratorExp) and inside[0] is node.elt


def _is_last_turn(path: _Path) -> bool:
    """Whether the loop at the beginning of `path` is left once the end of it has run."""
    nested = False
    for parent, child in itertools.pairwise(path):
        nested = nested or (parent is not path[0] and isinstance(parent, _LOOPS))
        for block in _blocks(parent):
            if child in block:
                for statement in block[block.index(child) :]:
                    if isinstance(statement, ast.Return | ast.Raise):
                        return True
                    if isinstance(statement, ast.Break) and not nested:
                        return True
    return False


def _blocks(node: ast.AST) -> Iterator[list[ast.AST]]:
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if isinstance(block, list):
            yield block


def _looked_up(expression: ast.AST) -> Iterator[tuple[str, frozenset[str]]]:
    for node in ast.walk(expression):
        match node:
            case ast.Subscript(value=ast.Name(id=name), slice=key):
                yield name, _read_in([key])
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method), args=keys):
                if method in _LOOKING_UP:
                    yield name, _read_in(keys)


def _read_in(nodes: Sequence[ast.AST]) -> frozenset[str]:
    return frozenset(one.id for node in nodes for one in ast.walk(node) if isinstance(one, ast.Name))
