"""Rows that go away again: a savepoint, or a transaction, on every database that the test may use."""

from __future__ import annotations

from contextlib import ExitStack

from django.db import connections, transaction
from django.test import testcases

__all__ = ["Savepoints"]

# What Django puts in the place of a connection's methods where a test may not use it, from 5.2 to 6.1.
_FORBIDDEN: type = getattr(testcases, "_DatabaseFailure", type(None))


class Savepoints:
    """What is written between `begin()` and `roll_back()` is undone, on every database that the test may use.

    Both have to be called in the thread whose connections they are about.
    """

    def __init__(self) -> None:
        self._aliases: list[str] = []
        self._stack = ExitStack()

    def begin(self) -> None:
        """Set them all, or none."""
        with ExitStack() as stack:
            for alias in filter(_may_be_used, connections):
                atomic = transaction.atomic(using=alias)
                # As Django's own test cases do it: a block of the project's that must be the outermost one
                # (`durable=True`) may be inside of this one.
                setattr(atomic, "_from_testcase", True)  # noqa: B010 — not of Django's public interface
                stack.enter_context(atomic)
                self._aliases.append(alias)
            self._stack = stack.pop_all()

    def roll_back(self) -> None:
        """Undo everything since."""
        for alias in self._aliases:
            transaction.set_rollback(True, using=alias)
        self._stack.close()


def _may_be_used(alias: str) -> bool:
    if connections.settings[alias]["TEST"].get("MIRROR"):
        return False  # its rows are those of the database it mirrors
    connection = connections[alias]
    if isinstance(connection.cursor, _FORBIDDEN):
        return False
    try:
        connection.ensure_connection()
    except testcases.DatabaseOperationForbidden:  # type: ignore[attr-defined]  # as other threads are told
        return False
    return True
