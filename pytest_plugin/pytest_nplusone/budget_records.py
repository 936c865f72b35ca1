"""Recorded budgets in a run: where their file is, what a block may do, and what is written at the end.

What a test did travels on its report as plain values, so that the workers of pytest-xdist hand it over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from .node_ids import node_id_of
from .paths import NamedFile, check_writable, is_worker, named_file

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from .budgets import Queries
    from .recorded_budgets import BudgetBook, Recorded

__all__ = ["RECORDS", "BudgetOptions", "BudgetRecords", "RecordedBlock", "add_budget_options", "budget_options_of"]

_FILE = "nplusone-budgets.lock"
_ATTRIBUTE = "nplusone_budgets"
_DONE = pytest.StashKey["list[Recorded]"]()


class BudgetOptions(NamedTuple):
    """What the run was asked for.

    Attributes:
        file: The file of the recorded budgets.
        each_test: Whether the body of each test has one.
        update: Whether they are recorded anew, and fail no test.
    """

    file: NamedFile
    each_test: bool = False
    update: bool = False


def add_budget_options(parser: pytest.Parser) -> None:
    """Declare the options of the command line and of the ini file."""
    group = parser.getgroup("nplusone")
    group.addoption(
        "--nplusone-budgets",
        action="store_true",
        default=None,
        help="Fail every test that does more queries than are recorded for it.",
    )
    group.addoption(
        "--nplusone-update-budgets",
        action="store_true",
        help="Record how many queries the tests do, and the blocks of assert_max_queries() without a number.",
    )
    group.addoption(
        "--nplusone-budgets-file",
        metavar="FILE",
        help=f"Where budgets are recorded. Default: {_FILE} beside the ini file.",
    )
    parser.addini("nplusone_budgets", "The same as --nplusone-budgets.", type="bool", default=False)
    parser.addini("nplusone_budgets_file", "The same as --nplusone-budgets-file.", default="")


def budget_options_of(config: pytest.Config) -> BudgetOptions:
    """The options in force; the command line wins over the ini file.

    Raises:
        pytest.UsageError: The file cannot be written though it has to be.
    """
    file = named_file(config, "nplusone_budgets_file")
    if file is None:
        folder = config.inipath.parent if config.inipath is not None else config.rootpath
        file = NamedFile("nplusone_budgets_file", _FILE, folder / _FILE)
    each_test = config.getoption("nplusone_budgets")
    update = config.getoption("nplusone_update_budgets")
    if update and not is_worker(config):
        check_writable(file)
    return BudgetOptions(file, bool(config.getini("nplusone_budgets") if each_test is None else each_test), update)


class BudgetRecords:
    """The recorded budgets, read when the first of them is asked for.

    Args:
        options: What the run was asked for.

    Raises:
        pytest.UsageError: Each test has one, and the file is missing or broken.
    """

    def __init__(self, options: BudgetOptions) -> None:
        self.options = options
        self._book: BudgetBook | None = None
        self._done: dict[str, list[Recorded]] = {}
        if options.each_test or options.update:
            self._book = self._read(may_be_missing=options.update)

    @property
    def book(self) -> BudgetBook:
        """What is recorded.

        Raises:
            pytest.UsageError: The file is broken.
        """
        if self._book is None:
            self._book = self._read(may_be_missing=True)
        return self._book

    def _read(self, *, may_be_missing: bool) -> BudgetBook:
        from .recorded_budgets import BudgetBook  # noqa: PLC0415 — most runs record none

        return BudgetBook.of(self.options.file, may_be_missing=may_be_missing)

    def block(self, item: pytest.Item, name: str = "") -> RecordedBlock:
        """The block `name` of a test, its whole body without a name."""
        return RecordedBlock(self, item, name)

    def begin(self, item: pytest.Item) -> None:
        """Forget what `item` did when it ran before."""
        if self.options.update and _DONE in item.stash:
            del item.stash[_DONE]

    def attach(self, item: pytest.Item, report: pytest.TestReport) -> None:
        """Let the report of a test that passed carry what it did."""
        if self.options.update and report.passed:
            from .recorded_budgets import blocks_of  # noqa: PLC0415 — most runs record none

            done: list[Recorded] = item.stash.get(_DONE, [])
            carried = {"test": node_id_of(item), "blocks": [one.to_dict() for one in blocks_of(done)]}
            setattr(report, _ATTRIBUTE, carried)

    def add(self, report: pytest.TestReport) -> None:
        """Take over what the report of a test carries."""
        carried: dict[str, Any] | None = getattr(report, _ATTRIBUTE, None)
        if carried is not None:
            from .recorded_budgets import Recorded  # noqa: PLC0415 — most runs record none

            self._done[carried["test"]] = [Recorded.from_dict(one) for one in carried["blocks"]]

    def rewritten(self, reported: AbstractSet[str], *, whole: bool) -> str:
        """Write the file, if that was asked for; says what has changed in it.

        Args:
            reported: All tests that ran in some way.
            whole: Whether every test of the project ran.
        """
        if not self.options.update:
            return ""
        from .line_files import write  # noqa: PLC0415 — most runs record none
        from .recorded_budgets import merged_books  # noqa: PLC0415

        before = self.book.budgets
        book = merged_books(self.book, self._done, reported, each_test=self.options.each_test, whole=whole)
        after, path = book.budgets, self.options.file.path
        if after and (after != before or not path.exists()):
            write(path, book.text())
        both = before.keys() & after.keys()
        counts = {
            "added": len(after) - len(both),
            "raised": sum(after[key].count > before[key].count for key in both),
            "lowered": sum(after[key].count < before[key].count for key in both),
            "removed": len(before) - len(both),
        }
        told = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
        return f"{self.options.file.spelled}: {told or 'nothing to change'}"


RECORDS = pytest.StashKey[BudgetRecords]()
"""Where the configuration of the run has them."""


class RecordedBlock:
    """A block of a test whose budget is what was recorded for it.

    Args:
        records: The recorded budgets.
        item: The test.
        name: Its name in the test, `""` for the whole body.
    """

    def __init__(self, records: BudgetRecords, item: pytest.Item, name: str) -> None:
        self._records = records
        self._item = item
        self._test = node_id_of(item)
        self._name = name

    @property
    def recorded(self) -> Recorded | None:
        """The budget; `None` where none is recorded, and none is looked for."""
        if self._records.options.update:
            return None
        return self._records.book.budgets.get((self._test, self._name))

    def exceeded(self, queries: Queries) -> str:
        """Why the block fails with `queries`, `""` if it does not. Records them where that was asked for."""
        from .failures import more_than_recorded, not_recorded  # noqa: PLC0415 — only where Django is

        options = self._records.options
        if not queries.statements:
            return ""  # needs no record
        if options.update:
            from .recorded_budgets import recording  # noqa: PLC0415 — most runs record none

            self._item.stash.setdefault(_DONE, []).append(recording(self._test, self._name, queries))
            return ""
        recorded = self.recorded
        verbose = self._item.config.get_verbosity() > 0
        if recorded is None:
            return not_recorded(self._test, self._name, queries, options.file.spelled)
        if queries.statements <= recorded.count:
            return ""
        return more_than_recorded(recorded, queries, verbose=verbose)
