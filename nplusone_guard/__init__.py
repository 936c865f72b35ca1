"""Finds N+1 queries while a Django application runs, says which line causes them and how to fix it."""

from .findings import Finding, NPlusOneError, Report
from .ignoring import ignore
from .watching import watch

__all__ = ["Finding", "NPlusOneError", "Report", "ignore", "watch"]
