"""Which line does a frame stand on, and whose is it? The user's own is what a finding is about.

A frame is known by its code and the offset of its instruction (`Site`): nothing here keeps a frame.
"""

from __future__ import annotations

import itertools
import linecache
import os
import site
import sys
import sysconfig
from functools import cache
from pathlib import Path
from types import CodeType
from typing import NamedTuple

from django.conf import settings

__all__ = [
    "Line",
    "Site",
    "is_project_code",
    "is_project_file",
    "line_at",
    "position_at",
    "relative_path",
    "source_line",
]

Site = tuple[CodeType, int]
"""A frame without the frame: its code and the offset of its current instruction."""

_LIBRARIES = ("nplusone_guard", "pytest_nplusone", "django", "rest_framework", "asgiref", "wrapt", "_pytest")


class Line(NamedTuple):
    """A line of code as the stack gives it: absolute file, line counted from 1, qualified function name."""

    filename: str
    lineno: int
    function: str


def line_at(code: CodeType, offset: int) -> Line:
    """The line of the instruction of `code` at `offset`. Decoding its table takes 8 µs, so it is done once."""
    known = _known.get((id(code), offset))
    return known[0] if known is not None else _learn_line(code, offset)


def _learn_line(code: CodeType, offset: int) -> Line:
    lineno = code.co_firstlineno
    for start, end, candidate in code.co_lines():
        if start <= offset < end and candidate is not None:
            lineno = candidate
            break
    line = Line(code.co_filename, lineno, code.co_qualname)
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
    _known[id(code), offset] = (line, code)
    return line


_known: dict[tuple[int, int], tuple[Line, CodeType]] = {}
"""By the identity of the code, which is kept so that no other one gets it."""
_MOST_KNOWN = 10_000


def position_at(code: CodeType, offset: int) -> Position:
    """Where in the source the instruction of `code` at `offset` is (PEP 657); nowhere where that is not kept."""
    return next(itertools.islice(code.co_positions(), max(offset, 0) // 2, None), _NOWHERE)


Position = tuple[int | None, int | None, int | None, int | None]
"""The first and last line, counted from 1, the first column and the one behind the last, in bytes from 0."""
_NOWHERE: Position = (None, None, None, None)


@cache
def is_project_file(filename: str) -> bool:
    """Whether `filename` is the user's own code: neither Python's, nor an installed package's, nor ours."""
    if not filename or filename.startswith("<"):
        return False
    if "site-packages" in filename or "dist-packages" in filename:
        return False
    return not filename.startswith(_library_folders())


@cache
def is_project_code(filename: str) -> bool:
    """Whether code that was compiled from `filename` is Python that the user has written: no compiled template."""
    return is_project_file(filename) and os.path.splitext(filename)[1].lower() in _SUFFIXES  # noqa: PTH122


_SUFFIXES = frozenset({".py", ".pyw", ".pyx", ".wsgi", ".cgi", ".fcgi", ""})
"""Of files that Python code is in. Jinja2 gives what it makes of a template the template's file name."""


@cache
def _library_folders() -> tuple[str, ...]:
    folders = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    folders.update(site.getsitepackages())
    # Libraries are often installed in editable mode, by their own developers above all.
    for name in _LIBRARIES:
        module = sys.modules.get(name)
        if module is not None and module.__file__:
            folders.add(str(Path(module.__file__).parent))
    separator = "\\" if sys.platform == "win32" else "/"
    return tuple(folder.rstrip(separator) + separator for folder in folders if folder)


@cache
def relative_path(filename: str) -> str:
    """`filename` relative to `settings.BASE_DIR` (or the working directory) where it lies inside."""
    root = getattr(settings, "BASE_DIR", None) or Path.cwd()
    # With `pythonpath = ..` for pytest the files of modules are called `/site/tests/../shop/models.py`.
    path = Path(os.path.normpath(filename))
    for base in (Path(os.path.normpath(root)), Path.cwd()):
        try:
            return path.relative_to(base).as_posix()
        except ValueError:
            continue
    return path.as_posix()


def source_line(line: Line) -> str:
    """The text of `line`, stripped; `""` where the source is not at hand."""
    return linecache.getline(line.filename, line.lineno).strip()
