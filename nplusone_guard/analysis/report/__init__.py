"""How is an analysis told? One module per format, all with the same `render`; `sections` has what they say."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast

from ..analyzing import Analysis

__all__ = ["FORMATS", "render"]

FORMATS = {"text": "text", "json": "json_report", "markdown": "markdown", "html": "html"}
"""The name of each format, and its module here."""


class _Render(Protocol):
    def __call__(self, analysis: Analysis, *, verbose: bool) -> str: ...


def render(analysis: Analysis, name: str, *, verbose: bool = False) -> str:
    """`analysis` in the format `name`, one of `FORMATS`.

    Args:
        analysis: What was found.
        name: The format.
        verbose: Whether to tell what the planner ignores, every place, and the planner's texts.
    """
    module = import_module(f".{FORMATS[name]}", __name__)
    return cast("_Render", module.render)(analysis, verbose=verbose)
