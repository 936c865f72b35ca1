"""What does a database say of itself? Sizes, rows, how often its indexes are read, and what it cannot know.

Its catalog and its counters are read, and nothing else; where a figure is not to be had it is `None`, and a
sentence in `DatabaseStats.unknown` says why.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from . import mariadb, postgresql, sqlite
from .figures import DatabaseStats, IndexStats, TableStats

__all__ = ["DatabaseStats", "IndexStats", "TableStats", "show_database_stats"]

_READERS = {"postgresql": postgresql.read, "mysql": mariadb.read, "sqlite": sqlite.read}


def show_database_stats(connection: BaseDatabaseWrapper) -> DatabaseStats:
    """What `connection` says of itself, about the tables that are in sight of it."""
    read = _READERS.get(connection.vendor)
    if read is None:
        why = f"{connection.display_name} is not asked; PostgreSQL, MariaDB, MySQL and SQLite are."
        return DatabaseStats(connection.alias, connection.vendor, unknown=(why,))
    return read(connection)
