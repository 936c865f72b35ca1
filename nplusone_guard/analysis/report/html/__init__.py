"""The report for a browser: one page, readable without JavaScript, of which it has none."""

from __future__ import annotations

from pathlib import Path

from .... import pages
from ...analyzing import Analysis
from ..sections import headline, sections_of

__all__ = ["render"]


def render(analysis: Analysis, *, verbose: bool) -> str:
    """The report about `analysis` as one HTML page."""
    context = {
        "analysis": analysis,
        "headline": headline(analysis),
        "sections": sections_of(analysis, verbose=verbose),
    }
    return pages.render(Path(__file__).parent, context)
