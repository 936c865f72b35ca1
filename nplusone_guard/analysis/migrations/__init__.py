"""How does advice become migrations? One new file for each app, and what to write into the models beside it.

A model is not rewritten: what belongs into its `Meta.indexes` is told, to the letter, so that `makemigrations
--check` is clean once it stands there. What no migration here can do is left to the user, with the reason.

    plan = write_migrations(advice, waste, connection=connection, dry_run=True)
    print(plan.diff)
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.backends.base.base import BaseDatabaseWrapper

from ..values import Advice, Waste
from .files import migration_files
from .operations import operations_for
from .planned import MetaChange, MigrationFile, MigrationPlan

__all__ = ["MetaChange", "MigrationFile", "MigrationPlan", "write_migrations"]


def write_migrations(
    advice: Sequence[Advice], waste: Sequence[Waste], *, connection: BaseDatabaseWrapper, dry_run: bool
) -> MigrationPlan:
    """Write the migrations that add the indexes of `advice` and remove those of `waste`.

    Args:
        advice: What to add: all of it, whatever its proof says.
        waste: What to remove.
        connection: The analyzed database; it is not asked. On PostgreSQL the migrations are concurrent.
        dry_run: Whether nothing is written.

    Raises:
        OSError: A file cannot be written.
    """
    operations, changes, left = operations_for(advice, waste, concurrently=connection.vendor == "postgresql")
    files, more_left = migration_files(operations)
    planned = {operation for file in files for operation in file.operations}
    if not dry_run:
        for file in files:
            with file.path.open("x", encoding="utf-8") as new:
                new.write(file.text)
    return MigrationPlan(
        files=tuple(files),
        changes=tuple(change for change in changes if change.operation in planned),
        left=(*left, *more_left),
        is_written=not dry_run and bool(files),
    )
