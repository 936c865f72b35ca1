"""The findings of a run as one page for a browser: no network, no server, readable without JavaScript."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from nplusone_guard import pages

from .page import page_of

if TYPE_CHECKING:
    from ...results import Results

__all__ = ["render", "write"]

_SCRIPTS = ("theme.js", "page.js")


def write(results: Results, path: str | os.PathLike[str]) -> None:
    """Write the page about `results` to the file `path`.

    Raises:
        OSError: The file cannot be written.
    """
    # A lone surrogate, as file names that are no UTF-8 have, must not cost the whole page.
    Path(path).write_text(render(results), encoding="utf-8", errors="backslashreplace", newline="\n")


def render(results: Results) -> str:
    """The page about `results`, as HTML.

    With SOURCE_DATE_EPOCH set, its date is that one, and equal results make equal pages.
    """
    return pages.render(Path(__file__).parent, {"page": page_of(results), "written": _now()}, scripts=_SCRIPTS)


def _now() -> str:
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    now = datetime.fromtimestamp(int(epoch), UTC) if epoch.isdecimal() else datetime.now().astimezone()
    return now.strftime("%Y-%m-%d %H:%M %Z").strip()
