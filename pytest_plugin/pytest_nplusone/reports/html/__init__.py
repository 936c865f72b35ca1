"""The findings of a run as one page for a browser: no network, no server, readable without JavaScript.

The markup, the style and the behaviour are `page.html` (with its parts), `page.css` and `page.js`; they are put
into one file when it is written. Every text in it is escaped by Django's template engine, and a
Content-Security-Policy lets the page run those scripts and nothing else, and load nothing at all.
"""

from __future__ import annotations

import base64
import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.template import Context, Engine
from django.utils.safestring import mark_safe

from .page import page_of

if TYPE_CHECKING:
    from ...results import Results

__all__ = ["render", "write"]

_FOLDER = Path(__file__).parent
# Inlined as they are: they are ours, and a test looks that none of them ends its own element.
_STYLES = ("page.css",)
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
    # An engine of its own: the settings, loaders and builtins of the project have no say in it.
    engine = Engine(dirs=[str(_FOLDER)])
    parts = {name: (_FOLDER / name).read_text(encoding="utf-8") for name in (*_STYLES, *_SCRIPTS)}
    context = {
        "page": page_of(results),
        "written": _now(),
        "policy": _policy(parts),
        **{name.replace(".", "_"): mark_safe(text) for name, text in parts.items()},  # noqa: S308 — our own files
    }
    # Numbers are spelled by us; localization would ask the project's settings.
    return engine.get_template("page.html").render(Context(context, autoescape=True, use_l10n=False, use_tz=False))


def _policy(parts: dict[str, str]) -> str:
    """The Content-Security-Policy under which only `parts` are in force."""
    styles = " ".join(_hash(parts[name]) for name in _STYLES)
    scripts = " ".join(_hash(parts[name]) for name in _SCRIPTS)
    nothing = "base-uri 'none'; form-action 'none'"
    return f"default-src 'none'; style-src {styles}; script-src {scripts}; img-src data:; {nothing}"


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _now() -> str:
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    now = datetime.fromtimestamp(int(epoch), UTC) if epoch.isdecimal() else datetime.now().astimezone()
    return now.strftime("%Y-%m-%d %H:%M %Z").strip()
