"""Is a relation read in a loop over the rows it is a relation of? Told from one access, while it is on the stack.

    books = list(Book.objects.filter(shelf=shelf))     the way of the query ends here
    for book in books:                                 a turn for each row: `book` came by that query
        print(book.author)                             yes
    print(books[0].author)                             no, however many rows there are

In a test there is one row, so that nothing repeats; whether it would is told by the code between the query and the
access. A loop counts that does not run the query again in each turn, and whose turns are about the rows: a name
that it binds holds one. What a loop does with one row that was picked before is done once.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import CodeType, FrameType
from typing import Any, NamedTuple

from django.db.models import Model, QuerySet

from .attribution.ways import is_orm_file
from .callpath import HANDED_OVER, carried_sites
from .codelines import Line, Site, is_project_file, position_at
from .compiledtemplates import meet
from .lineage import Load, load_of
from .turns import Instruction, Turns, instruction_at

__all__ = ["loop_over_rows"]

_DEEPEST = 500  # frames that are looked at
_MOST_HELD = 20  # things that are looked at in a collection


class _Step(NamedTuple):
    """One frame on the way outward.

    Attributes:
        code: Its code.
        offset: The offset of its current instruction.
        values: Its variables, `None` where the work was handed over and there is no frame.
    """

    code: Any
    offset: int
    values: dict[str, Any] | None


def loop_over_rows(frame: FrameType | None, boundary: CodeType | None, load: Load) -> Line | None:
    """The loop whose every turn reads a relation of another row that `load` brought; `None` if there is none.

    Args:
        frame: The innermost frame, of a statement that loads a relation of one such row.
        boundary: The code that opened the scope; what is outside of it is not looked at.
        load: What the row came out of.
    """
    way = list(_way(frame, boundary))
    for evaluated in reversed(load.ways):
        search = _Search(load, way, evaluated)
        # Outside of the innermost shared frame every loop runs the query again.
        for index, step in enumerate(way[: len(way) - max(search.shared - 1, 0)]):
            loop = search.loop_in(index)
            if loop is not None:
                return Line(step.code.co_filename, loop.line, step.code.co_qualname)
    return None


def _way(frame: FrameType | None, boundary: CodeType | None) -> Iterator[_Step]:
    """The frames outward to the scope's start, then the sites that the work was handed over from."""
    for _ in range(_DEEPEST):
        if frame is None:
            break
        code = frame.f_code
        if code is boundary or code is HANDED_OVER:
            break
        meet(frame)
        yield _Step(code, frame.f_lasti, None if is_orm_file(code.co_filename) else frame.f_locals)
        frame = frame.f_back
    for code, offset in carried_sites():
        if code is boundary:
            break
        yield _Step(code, offset, None)


def _shared(way: list[_Step], evaluated: tuple[Site, ...]) -> int:
    """How many of the outermost frames had come to the same instruction when the query was evaluated."""
    shared = 0
    for step, (code, offset) in zip(reversed(way), reversed(evaluated), strict=False):
        if step.code is not code or not _is_same_place(code, step.offset, offset):
            break
        shared += 1
    return shared


def _is_same_place(code: Any, one: int, other: int) -> bool:
    """Whether two offsets are of one call: the interpreter moves one when it specializes the instruction."""
    return one == other or position_at(code, one) == position_at(code, other)


class _Search:
    """The search for a loop over the rows of one query, outward from where a relation of one of them is read.

    Args:
        load: What the row came out of.
        way: The frames from there outward.
        evaluated: The sites by which the query was evaluated.
    """

    def __init__(self, load: Load, way: list[_Step], evaluated: tuple[Site, ...]) -> None:
        self.load = load
        self.way = way
        self.evaluated = evaluated
        self.shared = _shared(way, evaluated)
        self.from_outside: frozenset[str] | None = None
        """Names of rows that the innermost function of the project reads of the functions around it."""

    def loop_in(self, index: int) -> Turns | None:
        """The loop over the rows in the function of the frame at `index`."""
        code, offset, values = self.way[index]
        if is_orm_file(code.co_filename):
            return None
        held = None if values is None else {name for name, value in values.items() if _holds(value, self.load)}
        if not held and not is_project_file(code.co_filename):
            return None
        instruction = instruction_at(code, offset)
        if self.from_outside is None:
            read = instruction.names & (held or set()) & frozenset(code.co_freevars)
            self.from_outside = frozenset(name for name in read if isinstance((values or {})[name], Model))
        around_query = self._loops_around_query(index)
        for loop in instruction.loops:
            if loop.by_call:
                # It may have been given the query itself, and evaluated it first.
                if self._is_given_rows(index):
                    return loop
            elif around_query is None or loop.place in around_query:
                return None  # each turn runs the query again
            elif self._is_over_rows(loop, instruction, held, values):
                return loop
        return None

    def _loops_around_query(self, index: int) -> tuple[object, ...] | None:
        """The loops in the same function around the query; `None` when the very same instruction runs it."""
        depth = len(self.way) - index
        if depth <= self.shared:
            return None
        if depth > len(self.evaluated):
            return ()
        code, offset = self.evaluated[-depth]
        same = code is self.way[index].code
        return tuple(loop.place for loop in instruction_at(code, offset).loops) if same else ()

    def _is_over_rows(
        self, loop: Turns, instruction: Instruction, held: set[str] | None, values: dict[str, Any] | None
    ) -> bool:
        """Whether each turn of `loop` is about another row."""
        names, bound = instruction.names, loop.targets | loop.assigned
        if held is None or values is None:
            # There is no frame to look into: a turn is about its element if the element is named.
            return bool(names & loop.targets)
        looked_up = any(name in held and keys & bound for name, keys in instruction.looked_up)
        if not looked_up and not held & (loop.targets | (loop.assigned & names)):
            return False
        # A row that was picked before: `first.author` beside `book`, or in a function inside.
        picked = any(isinstance(values.get(name), Model) for name in names & held) and not names & bound
        return not picked and not (self.from_outside or frozenset()) - bound

    def _is_given_rows(self, index: int) -> bool:
        """Whether what a call that loops has called is the ORM itself (`attrgetter`), or got a row."""
        # A comprehension around the call has a frame of its own, up to Python 3.11.
        inside = self.way[max(index - 2, 0) : index]
        if not inside or is_orm_file(inside[-1].code.co_filename):
            return True
        return any(_holds(value, self.load) for step in inside for value in (step.values or {}).values())


def _holds(value: Any, load: Load) -> bool:
    """Whether `value` is a row on the way to those of `load`, or something that has one in it."""
    if _is_row(value, load):
        return True
    kind = type(value)
    try:
        if issubclass(kind, dict):
            inner = list(dict.values(value))[:_MOST_HELD]
        elif issubclass(kind, list | tuple | set | frozenset):
            inner = list(value)[:_MOST_HELD]
        elif issubclass(kind, QuerySet):
            inner = (value._result_cache or [])[:_MOST_HELD]
        elif issubclass(kind, str | int | float | bytes | type | Model) or kind.__module__ == "builtins":
            return False
        else:
            inner = list(object.__getattribute__(value, "__dict__").values())[:_MOST_HELD]
    except Exception:  # noqa: BLE001 — whatever an odd collection does when it is looked at
        return False
    return any(_is_row(one, load) for one in inner)


def _is_row(value: Any, load: Load) -> bool:
    if not issubclass(type(value), Model):
        return False
    of_value = load_of(value)
    return of_value is not None and of_value.is_on_the_way_to(load)
