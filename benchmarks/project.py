"""The project that is measured: its settings, its database, its log."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import django
from django.db import connection, connections

__all__ = ["database", "set_up", "use_database"]


def set_up() -> None:
    """Make Django ready, unless it is."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    django.setup()
    # Findings are logged in production too; here to a handler that discards them.
    logging.getLogger().addHandler(logging.NullHandler())
    warnings.simplefilter("ignore")


@contextmanager
def database() -> Iterator[str]:
    """A fresh database with all tables, whose name it gives."""
    before = connection.settings_dict["NAME"]
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield name
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)


def use_database(name: str) -> None:
    """Let this process use the database that another one has made."""
    connections.settings["default"]["NAME"] = connection.settings_dict["NAME"] = name
