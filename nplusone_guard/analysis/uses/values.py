"""What a use is: rows that the code may ask for, and the place that says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from ...attribution.declared import Declared

__all__ = ["PAGE", "Use"]

PAGE = 20
"""Rows of a page where nobody says how many it has; the planner only has to know that they are few."""


@dataclass(frozen=True, slots=True)
class Use:
    """A way in which the code asks for rows.

    Attributes:
        rows: What it asks for. It is made into a statement, and never run.
        declared: The place that asks, as `OrderAdmin.list_filter["state"]`.
    """

    rows: QuerySet[Any]
    declared: Declared
