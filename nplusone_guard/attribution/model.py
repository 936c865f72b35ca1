"""What an attribution says: plain values, no frame and no instance."""

from __future__ import annotations

from typing import Literal, NamedTuple

from ..lineage import Load, Step

__all__ = ["FETCHED_LAZILY", "Attribution", "Relation", "Sighting"]

Relation = Literal[
    "forward",  # a foreign key or one-to-one, from the side that has the column
    "reverse_one",  # a one-to-one, from the other side
    "reverse_many",  # a foreign key, from the other side
    "many_to_many",
    "generic",  # a generic foreign key
    "generic_many",  # a generic relation
    "deferred",  # a field that was left out by only() or defer()
    "refresh",  # refresh_from_db()
    "lookup",  # a query on a manager
    "prefetch",  # issued by prefetch_related: one statement for many rows
    "write",  # save(), create(), delete(), add() …
    "raw",  # SQL that no model stands behind
]


FETCHED_LAZILY: frozenset[Relation] = frozenset(
    {"forward", "reverse_one", "reverse_many", "many_to_many", "generic", "generic_many", "deferred"}
)
"""What is loaded because an instance is asked for it."""


class Attribution(NamedTuple):
    """What a statement asked for.

    Attributes:
        label: As people say it: `library.Book.author`, `library.Book.objects.get()`, `SELECT library_book`.
        relation: What kind of access it was.
        model: The label of the model whose relation, field or manager it was; `""` for raw SQL.
        name: The relation or field; for a look-up, the manager.
        operation: The method that ran it: `get`, `count`, `iterate`, `save` …; `""` where there is none.
        narrowing: What was done to a related manager's rows that no plain prefetch serves, as code without
            values: `filter(active=…).order_by("-created")`; `""` for nothing.
        aggregated: Of `aggregate()`, the first function and field: `Avg("score")`.
        query_name: The relation's name inside `annotate()` and `filter()`.
        target: The label of the model it leads to, `""` where that is not known.
        back: The name of the relation from there back, inside `filter()`.
        lookup: The field a look-up compares first, `""` when it is not known.
        lookup_is_unique: Whether that field is unique.
        machinery: Whether it is the session, content type or migration machinery of Django that asks.
    """

    label: str
    relation: Relation
    model: str = ""
    name: str = ""
    operation: str = ""
    narrowing: str = ""
    aggregated: str = ""
    query_name: str = ""
    target: str = ""
    back: str = ""
    lookup: str = ""
    lookup_is_unique: bool = False
    machinery: bool = False


class Sighting(NamedTuple):
    """One look at the stack.

    Attributes:
        attribution: What was asked for.
        parent: A hash of the instance whose relation or field was loaded, `None` if there is none.
        target: A hash of the row it points to, when that is known before the statement runs.
        load: The query that the instance came out of, in deep scopes.
        steps: The relations from the rows of that query's head to the instance, `None` when they are not known.
        page: A hash of the values compared for equality, of a query that takes a slice of many rows or a window of
            primary keys; `None` of any other. Where it stays the same, the code goes through pages of one result.
        for_peers: Whether Django would load it for all the rows of the query at once, if there were more of them.
    """

    attribution: Attribution
    parent: int | None = None
    target: int | None = None
    load: Load | None = None
    steps: tuple[Step, ...] | None = None
    page: int | None = None
    for_peers: bool = False
