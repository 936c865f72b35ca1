"""How is a page for a browser put together? One file that loads nothing, so that it can be mailed and kept.

A page is a folder: `page.html` with its parts, `page.css`, and scripts if it has any. All have the look of
`look.css`. Every text is escaped by Django's template engine, and a Content-Security-Policy lets the page's own
style and scripts in and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from django.template import Context, Engine
from django.utils.safestring import mark_safe

__all__ = ["render"]

_LOOK = Path(__file__).parent / "look.css"


def render(folder: Path, context: Mapping[str, object], *, scripts: Iterable[str] = ()) -> str:
    """The page in `folder`, as HTML.

    Args:
        folder: Where its files are.
        context: What the templates may ask for. Beside it they have `policy`, `style`, and each script by its name
            with `_` instead of `.`.
        scripts: The names of its scripts. They are inlined as they are, so none may end its own element.
    """
    style = _read(_LOOK) + _read(folder / "page.css")
    inlined = {name: _read(folder / name) for name in scripts}
    parts = {"style": style, **{name.replace(".", "_"): text for name, text in inlined.items()}}
    everything = {
        **context,
        "policy": _policy(style, inlined.values()),
        **{name: mark_safe(text) for name, text in parts.items()},  # noqa: S308 — our own files
    }
    # An engine of its own: the settings, loaders and builtins of the project have no say in it.
    # Numbers are spelled by us; localization would ask the project's settings.
    engine = Engine(dirs=[str(folder)])
    return engine.get_template("page.html").render(
        Context(everything, autoescape=True, use_l10n=False, use_tz=False)
    )


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def _policy(style: str, scripts: Iterable[str]) -> str:
    """The Content-Security-Policy under which only these are in force."""
    allowed = [f"style-src {_hash(style)}"]
    hashes = " ".join(map(_hash, scripts))
    if hashes:
        allowed.append(f"script-src {hashes}")
    return "; ".join(["default-src 'none'", *allowed, "img-src data:", "base-uri 'none'", "form-action 'none'"])


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
