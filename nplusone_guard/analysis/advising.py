"""Which indexes would some statements like? All of it in one go: how they read, what there is, what is missing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

from .access import accesses_of
from .candidates import advice_for
from .columns import unindexable_columns, without_columns
from .existing import indexes_of, models_by_table
from .rare import rare_conditions
from .values import Access, Advice, Index, Statement

__all__ = ["Wanted", "wanted_by"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was found.

    Attributes:
        candidates: The indexes that are missing, not proved yet.
        accesses: How the statements read their tables.
        indexes: The indexes that are there, by table.
        not_understood: The statements of which nothing can be said.
    """

    candidates: tuple[Advice, ...]
    accesses: tuple[Access, ...]
    indexes: dict[str, list[Index]]
    not_understood: tuple[Statement, ...]


def wanted_by(
    statements: Iterable[Statement], connection: BaseDatabaseWrapper, app_labels: Collection[str] = ()
) -> Wanted:
    """The indexes that `statements` would like on the tables of the models of `app_labels`, of all when empty.

    Raises:
        django.db.Error: The database cannot be asked for its indexes.
    """
    tables = models_by_table(connection.alias, app_labels)
    never = unindexable_columns(tables, connection)
    read = [(statement, accesses_of(statement)) for statement in statements]
    accesses = tuple(
        without_columns(access, never.get(access.table, frozenset()))
        for _, found in read
        for access in found or ()
    )
    indexes: dict[str, list[Index]] = {}
    for index in indexes_of(connection, tables):
        indexes.setdefault(index.table, []).append(index)
    labels = {table: model._meta.label for table, model in tables.items()}
    partial = connection.features.supports_partial_indexes
    rare = rare_conditions(connection, accesses)
    candidates = advice_for(accesses, indexes, labels, partial=partial, rare=rare)
    return Wanted(candidates, accesses, indexes, tuple(statement for statement, found in read if found is None))
