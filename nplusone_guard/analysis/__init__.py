"""`manage.py analyze_queries`: which indexes are missing or wasted, which N+1s wait in the code, with evidence."""

from __future__ import annotations

from .opportunities import Opportunity, analyze_n_plus_one_opportunities

__all__ = ["Opportunity", "analyze_n_plus_one_opportunities"]
