"""Budgets that write themselves: how many queries a block or a test did when they were last recorded.

Kept in a lock file, one block a line. Values and rules; the blocks are in `budgets`, the end of the run in
`budget_records`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .line_files import FileKind, checked, duplicate, read, text_of, wrong_line

if TYPE_CHECKING:
    from .budgets import Queries
    from .paths import NamedFile

__all__ = ["BudgetBook", "Recorded", "ShapeBudget", "blocks_of", "merged_books", "recording"]

KIND = FileKind(
    name="nplusone_budgets",
    version=1,
    about="How many queries tests and blocks may do, as recorded by pytest --nplusone-update-budgets",
    update="--nplusone-update-budgets",
)
_FIELDS = {"test": str, "block": str, "count": int, "shapes": list}
_LONGEST_SQL = 120


@dataclass(frozen=True, slots=True)
class ShapeBudget:
    """How often a shape ran in a block.

    Attributes:
        id: The shape's id.
        count: How many statements had it.
        sql: The normalized statement, shortened and without any value: for people, not compared.
    """

    id: str
    count: int
    sql: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """The budget of a block.

    Attributes:
        test: The node id of its test.
        block: Its `info`, or its number among the test's blocks; `""` for the test's whole body.
        count: How many statements it did.
        shapes: What they were, the most frequent first.
    """

    test: str
    block: str
    count: int
    shapes: tuple[ShapeBudget, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The budget as JSON-ready values."""
        shapes = [f"{one.count} {one.id} {one.sql}" for one in self.shapes]
        return {"test": self.test, "block": self.block, "count": self.count, "shapes": shapes}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Recorded:
        """The budget that `to_dict` made `values` of.

        Raises:
            ValueError: A shape does not have a count, an id and a statement.
        """
        shapes = []
        for spelled in values["shapes"]:
            count, _, rest = spelled.partition(" ")
            identity, _, sql = rest.partition(" ")
            shapes.append(ShapeBudget(identity, int(count), sql))
        return cls(values["test"], values["block"], values["count"], tuple(shapes))


class BudgetBook:
    """The budgets that are recorded.

    Args:
        budgets: One for each block.
    """

    def __init__(self, budgets: Iterable[Recorded] = ()) -> None:
        self.budgets = {(one.test, one.block): one for one in budgets}

    @classmethod
    def of(cls, named: NamedFile, *, may_be_missing: bool = False) -> BudgetBook:
        """The budgets in a file.

        Args:
            named: The file.
            may_be_missing: Whether nothing is recorded where there is no file; an error otherwise.

        Raises:
            pytest.UsageError: The file cannot be read, is no such file, or has the same block twice.
        """
        if may_be_missing and not named.path.exists():
            return cls()
        book = cls()
        lines: dict[tuple[str, str], int] = {}
        for number, record in read(named, KIND, None):
            values = checked(named, number, record, _FIELDS)
            key = values["test"], values["block"]
            if key in lines:
                raise duplicate(named, lines[key], number, f"this block of {values['test']}")
            try:
                book.budgets[key] = Recorded.from_dict(values)
            except ValueError:
                shape = 'such as "2 0123456789abcdef SELECT … FROM library_book"'
                raise wrong_line(named, number, f"a text in 'shapes' is none of a shape, {shape}") from None
            lines[key] = number
        return book

    def text(self) -> str:
        """What a file with these budgets has in it: the same for equal ones."""
        return text_of(KIND, (self.budgets[key].to_dict() for key in sorted(self.budgets)))


def recording(test: str, block: str, queries: Queries) -> Recorded:
    """The budget of a block that has done `queries`."""
    from .failures import short_sql  # noqa: PLC0415 — only where Django is

    shapes = [ShapeBudget(one.id, one.count, short_sql(one.sql, _LONGEST_SQL)) for one in queries.shapes]
    ordered = sorted(shapes, key=lambda one: (-one.count, one.sql, one.id))
    return Recorded(test, block, queries.statements, tuple(ordered))


def merged_books(
    book: BudgetBook,
    recorded: Mapping[str, Iterable[Recorded]],
    reported: AbstractSet[str],
    *,
    each_test: bool,
    whole: bool,
) -> BudgetBook:
    """The budgets after a run. Those of tests that did not run, or failed, stay.

    Args:
        book: What was recorded before.
        recorded: What each test that passed has done.
        reported: All tests that ran in some way.
        each_test: Whether the bodies of tests were recorded, too.
        whole: Whether every test of the project ran: those that are there no more are left out.
    """

    def stays(one: Recorded) -> bool:
        if one.test in recorded:
            return not one.block and not each_test
        return not whole or one.test in reported

    kept = filter(stays, book.budgets.values())
    return BudgetBook([*kept, *(one for of_test in recorded.values() for one in of_test)])


def blocks_of(recorded: Iterable[Recorded]) -> list[Recorded]:
    """What a test has done, each block once: the most of it where it was entered several times."""
    most: dict[str, Recorded] = {}
    for one in recorded:
        before = most.get(one.block)
        if before is None or before.count < one.count:
            most[one.block] = one
    return list(most.values())
