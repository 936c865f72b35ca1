"""The `nplusone: ignore` comments of a file, read when one of its lines is about to become a finding.

A file is read once and again when it has changed; most have no such comment, which one search tells.
"""

from __future__ import annotations

import os
import re
import stat
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .ignore_comments import IgnoreComment

__all__ = ["comment_on", "comments_of"]

_LARGEST_FILE = 2_000_000  # bytes; what is larger was not written by hand
_FILES = 500
_MENTIONED = re.compile(rb"#\s*n[-_+ ]?plus", re.IGNORECASE)
_PYTHON = (".py", ".pyw", "")


def comment_on(filename: str, line: int, label: str) -> IgnoreComment | None:
    """The comment that ignores `label` on `line` of `filename`. Never raises."""
    return next((one for one in comments_of(filename) if one.covers(line, label)), None)


def comments_of(filename: str) -> tuple[IgnoreComment, ...]:
    """All comments in `filename`, those that are wrong too. Never raises: a file that is not there has none."""
    try:
        status = os.stat(filename)  # noqa: PTH116 — a Path takes as long to make as the rest of this
        if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST_FILE:
            return ()
        return _comments_of(filename, status.st_mtime_ns, status.st_size)
    except (OSError, ValueError):
        return ()


@lru_cache(maxsize=_FILES)
def _comments_of(filename: str, changed: int, size: int) -> tuple[IgnoreComment, ...]:
    source = Path(filename).read_bytes()
    if not _MENTIONED.search(source):
        return ()
    from .ignore_comments import comments_in_python, comments_in_template  # noqa: PLC0415 — most files have none

    read = comments_in_python if Path(filename).suffix.lower() in _PYTHON else comments_in_template
    return tuple(read(source))
