"""Would the planner use an index, and what would it save? Asked of the planner; nothing stays behind.

Each database has a way of its own, and where it has none an answer is `unverified`, with the reason.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from django.db.backends.base.base import BaseDatabaseWrapper

from ..values import Advice, Proof
from .nobody import Nobody

__all__ = ["Prover", "prover_for"]


class Prover(Protocol):
    """Asks one database's planner."""

    def prove(self, advice: Advice) -> Proof:
        """What the planner says of the most expensive statement of `advice`, without the index and with it."""
        ...  # pragma: no cover


def prover_for(
    connection: BaseDatabaseWrapper, *, apply_in_test_db: bool = False
) -> AbstractContextManager[Prover]:
    """Who asks the planner of `connection`; what it needs for that is gone after the block.

    Args:
        connection: The analyzed database. Nothing is created, locked or analyzed in it …
        apply_in_test_db: … unless this allows to create an index in a transaction that is rolled back.
    """
    # Each is imported where it is used: its driver may not be installed.
    if connection.vendor == "postgresql":
        from .postgresql import postgresql_prover  # noqa: PLC0415

        return nullcontext(postgresql_prover(connection, apply_in_test_db=apply_in_test_db))
    if connection.vendor == "sqlite":
        from .sqlite import sqlite_prover  # noqa: PLC0415

        return sqlite_prover(connection)
    if connection.vendor == "mysql":
        from .mariadb import mariadb_prover  # noqa: PLC0415

        return mariadb_prover(connection)
    return nullcontext(Nobody(f"the planner of {connection.display_name} is not asked"))
