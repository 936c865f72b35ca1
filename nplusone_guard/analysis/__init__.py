"""`manage.py analyze_queries`: which indexes are missing or wasted, which N+1s wait in the code, with evidence."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .opportunities import Opportunity, analyze_n_plus_one_opportunities

if TYPE_CHECKING:
    from .recommend import recommend_indexes
    from .statistics import show_database_stats
    from .uses import analyze_models

__all__ = [
    "Opportunity",
    "analyze_models",
    "analyze_n_plus_one_opportunities",
    "recommend_indexes",
    "show_database_stats",
]

_LATER = {
    "analyze_models": ".uses",
    "recommend_indexes": ".recommend",
    "show_database_stats": ".statistics",
}
"""Imported when they are asked for, as they need sqlglot, an extra, which the N+1s of the code do not."""


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LATER[name], __name__), name)
