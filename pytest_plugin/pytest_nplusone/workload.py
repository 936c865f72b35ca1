"""The statements that the tests make the project run, recorded by shape for `manage.py analyze_queries`.

Those of requests and tasks count, and those of the project's own code that a test calls; what a test's file asks
for to arrange or to check its data does not: nobody needs an index for that.
"""

from __future__ import annotations

import threading
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pytest

from .paths import NamedFile, check_writable, is_worker, named_file

if TYPE_CHECKING:
    from nplusone_guard.codelines import Line
    from nplusone_guard.scope import Scope

    from .arrangement import Arrangement

__all__ = ["WORKLOAD", "RunWorkload", "add_workload_option", "workload_file_of"]


def add_workload_option(parser: pytest.Parser) -> None:
    """Declare the option of the command line and of the ini file."""
    parser.getgroup("nplusone").addoption(
        "--nplusone-record-workload",
        metavar="FILE",
        help="Record the statements that the tests make the project run, by shape, for manage.py analyze_queries.",
    )
    parser.addini("nplusone_record_workload", "The same as --nplusone-record-workload.", default="")


def workload_file_of(config: pytest.Config) -> NamedFile | None:
    """The file to record the statements in, `None` for none; its folder is made.

    Raises:
        pytest.UsageError: It cannot be written, or is something else.
    """
    named = named_file(config, "nplusone_record_workload")
    if named is not None and not is_worker(config):
        check_writable(named)
        if named.path.exists():
            _check_kind(named)
    return named


def _check_kind(named: NamedFile) -> None:
    """Refuse a file that is something else than what `nplusone_guard.recording` writes."""
    from .line_files import FileKind, read  # noqa: PLC0415 — most runs record nothing

    about = "Statements that ran, by shape and without values"
    kind = FileKind(name="nplusone_workload", version=1, about=about, update="--nplusone-record-workload")
    next(read(named, kind), None)


class RunWorkload:
    """What the tests of this process make the project run.

    Args:
        file: Where it goes at the end of the run.
    """

    def __init__(self, file: NamedFile) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._tally: Any = None

    def add(self, scope: Scope, unit: Scope | None, arrangement: Arrangement) -> None:
        """Take over what ran in a scope that has closed.

        Args:
            scope: The scope, whose lock the caller does not hold.
            unit: The request or task that it is or is in, `None` in the body of a test.
            arrangement: Tells the files of tests.
        """
        from nplusone_guard.recording.shapes import recorded_shapes, shapes_of_its_own  # noqa: PLC0415

        def is_of_project(line: Line | None) -> bool:
            return line is not None and not arrangement.is_test_file(line.filename)

        if unit is not None and unit is not scope:
            return  # the request has it all
        with scope.lock:
            scope.count_all()
            found = recorded_shapes(scope) if unit is scope else shapes_of_its_own(scope, is_of_project)
            shapes = list(found)
        with self._lock:
            for shape in shapes:
                self._counted().add(shape)
            self._counted().truncated |= scope.truncated

    def handed_over(self) -> dict[str, Any]:
        """All of it as plain values, for the process that started the run."""
        tally = self._counted()
        return {"shapes": [asdict(shape) for shape in tally.shapes], "truncated": tally.truncated}

    def take_over(self, handed: dict[str, Any]) -> None:
        """Add what a worker of pytest-xdist hands over."""
        from nplusone_guard.recording.tally import RecordedShape  # noqa: PLC0415 — only where Django is

        for values in handed["shapes"]:
            self._counted().add(RecordedShape(**values))
        self._counted().truncated |= handed["truncated"]

    def written(self) -> str:
        """Write the file, in place of an older one; says what is in it."""
        from nplusone_guard.recording.file import write_file  # noqa: PLC0415 — only where Django is

        tally = self._counted()
        write_file(self._file.path, tally, "pytest")
        return f"workload: {self._file.spelled}, {len(tally)} statement shapes"

    def _counted(self) -> Any:
        from nplusone_guard.recording.tally import Tally  # noqa: PLC0415 — only where Django is

        if self._tally is None:
            self._tally = Tally()
        return self._tally


WORKLOAD = pytest.StashKey[RunWorkload | None]()
"""Where the configuration of the run has it."""
