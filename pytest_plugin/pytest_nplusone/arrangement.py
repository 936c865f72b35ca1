"""Is this loop the test's own? What a test does to arrange its data, or to call the code often, is no finding.

Most repetition in real test suites is of that sort: factories, `setUp` helpers, pages created in a loop, the
function under test called for each of five users. A strict mode that reports it is switched off the same day.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from nplusone_guard.codelines import is_project_code
from nplusone_guard.looplines import enclosing_loop
from nplusone_guard.tellingsites import is_library_loop, is_test_library

if TYPE_CHECKING:
    from nplusone_guard.loops import Loop

__all__ = ["Arrangement"]

_NAMES = ("test_*.py", "*_test.py", "tests.py", "conftest.py", "factories.py", "fixtures.py")
_FOLDERS = frozenset({"tests", "testing", "factories"})


class Arrangement:
    """Tells a test's own loops from the loops of the code it tests.

    Args:
        root: The folder of the project; only folders inside it tell what a file is for.
        modules: The files that were collected as test modules.
    """

    def __init__(self, root: Path, modules: frozenset[str] = frozenset()) -> None:
        self._root = root
        self._modules = modules
        self._known: dict[str, bool] = {}

    def excuses(self, loop: Loop) -> bool:
        """Whether `loop`, which is not inside a request, belongs to the test.

        It does when the statement is issued in a test's file, or when the innermost loop around it, or the one
        that is known to go through the rows, is one of a test's file or of a test library. Where there is no such
        loop a library repeats it, for the project.
        """
        if loop.culprit is None or self.is_test_file(loop.culprit.filename):
            return True
        if loop.rows_loop is not None and self.is_test_file(loop.rows_loop.filename):
            return True
        for code, offset in loop.sites:
            filename = code.co_filename
            if is_test_library(filename):
                return True
            if not is_project_code(filename):
                if is_library_loop((code, offset)):
                    return False
            elif enclosing_loop(code, offset) is not None:
                return self.is_test_file(filename)
        return False

    def is_test_file(self, filename: str) -> bool:
        """Whether `filename` holds tests, or what arranges them."""
        known = self._known.get(filename)
        if known is None:
            known = self._known[filename] = self._looks_like_test_file(filename)
        return known

    def _looks_like_test_file(self, filename: str) -> bool:
        path = Path(filename)
        if filename in self._modules or any(fnmatchcase(path.name, name) for name in _NAMES):
            return True
        try:
            folders = path.relative_to(self._root).parts[:-1]
        except ValueError:
            # Where somebody keeps the checkout says nothing about a file in it.
            return False
        return not _FOLDERS.isdisjoint(folders)
