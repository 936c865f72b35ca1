"""The report for a browser: one page that loads nothing, readable without JavaScript, of which it has none.

The markup and the style are `page.html` and `page.css`; every text is escaped by Django's template engine, and a
Content-Security-Policy lets that style in and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from django.template import Context, Engine
from django.utils.safestring import mark_safe

from ...analyzing import Analysis
from ..sections import headline, sections_of

__all__ = ["render"]

_FOLDER = Path(__file__).parent


def render(analysis: Analysis, *, verbose: bool) -> str:
    """The report about `analysis` as one HTML page."""
    # An engine of its own: the settings, loaders and builtins of the project have no say in it.
    engine = Engine(dirs=[str(_FOLDER)])
    style = (_FOLDER / "page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    context = {
        "analysis": analysis,
        "headline": headline(analysis),
        "sections": sections_of(analysis, verbose=verbose),
        "style": mark_safe(style),  # noqa: S308 — our own file
        "policy": f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
    }
    return engine.get_template("page.html").render(Context(context, autoescape=True, use_l10n=False, use_tz=False))
