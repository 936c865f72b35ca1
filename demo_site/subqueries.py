"""How are related rows counted for each row of a list? Each count in a subquery of its own.

Two relations to many in one `annotate(Count(…), Count(…))` are joined to each other: a room of 5 participants and
40 messages has 200 joined rows, and both counts say 200. `distinct=True` makes them right and still has the
database make the 200. A subquery counts 5 and 40, and only for the rows of the page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Avg, Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

if TYPE_CHECKING:
    from django.db.models import QuerySet


def count_of(rows: QuerySet[Any], field: str, outer: str = "pk") -> Coalesce:
    """How many of `rows` have in `field` what the outer row has in `outer`."""
    # Not Count("pk"): the column is not in the index that finds the rows, which would all be fetched for it.
    counted = _grouped(rows, field, outer).annotate(counted=Count("*")).values("counted")
    return Coalesce(Subquery(counted), 0)


def average_of(rows: QuerySet[Any], averaged: str, field: str, outer: str = "pk") -> Subquery:
    """The average of `averaged` in those of `rows` that have in `field` what the outer row has in `outer`."""
    return Subquery(_grouped(rows, field, outer).annotate(average=Avg(averaged)).values("average"))


def _grouped(rows: QuerySet[Any], field: str, outer: str) -> QuerySet[Any]:
    return rows.filter(**{field: OuterRef(outer)}).order_by().values(field)
