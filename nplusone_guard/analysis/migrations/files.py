"""Where does each app's migration go, what does it depend on, and what is in it?"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from django.db.migrations import Migration
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddIndex
from django.db.migrations.writer import MigrationWriter

from .operations import PlannedOperation
from .planned import MigrationFile

__all__ = ["migration_files"]

_ABOUT = "# Written by manage.py analyze_queries --write-migrations\n\n"
_DEPENDENCIES = "    dependencies = ["
_NOT_ATOMIC = "    atomic = False  # PostgreSQL builds and drops nothing concurrently inside a transaction\n\n"


def migration_files(operations: Iterable[PlannedOperation]) -> tuple[list[MigrationFile], list[str]]:
    """The new files, not written yet, and what is left out of them."""
    files, left = [], []
    loader = MigrationLoader(None)
    ordered = sorted(operations, key=lambda one: one.app)
    for app, group in groupby(ordered, key=lambda one: one.app):
        leaves = loader.graph.leaf_nodes(app)
        if len(leaves) != 1:
            why = "has several last migrations; makemigrations --merge first" if leaves else "has no migrations"
            left.append(f"No migration for the app {app}: it {why}.")
            continue
        wanted, known = _unknown(group, loader, leaves[0])
        left += [f"The migrations of {app} {_has(one)} the index {one.index} already; migrate." for one in known]
        if wanted:
            files.append(_file(app, leaves[0], wanted))
    return files, left


def _unknown(
    operations: Iterable[PlannedOperation], loader: MigrationLoader, leaf: tuple[str, str]
) -> tuple[list[PlannedOperation], list[PlannedOperation]]:
    """Those that the app's migrations do not have, and those that they have."""
    state = loader.project_state(leaf)
    wanted: list[PlannedOperation] = []
    known: list[PlannedOperation] = []
    for one in operations:
        model = state.models.get((one.app, getattr(one.operation, "model_name_lower", "")))
        names = {index.name for index in model.options.get("indexes", ())} if model is not None else set()
        is_there = one.index in names
        (wanted if is_there is not isinstance(one.operation, AddIndex) else known).append(one)
    return wanted, known


def _has(one: PlannedOperation) -> str:
    return "have" if isinstance(one.operation, AddIndex) else "remove"


def _file(app: str, leaf: tuple[str, str], operations: list[PlannedOperation]) -> MigrationFile:
    body = {"operations": [one.operation for one in operations], "dependencies": [leaf]}
    migration: Migration = type("Migration", (Migration,), body)("unnamed", app)
    number = (MigrationAutodetector.parse_number(leaf[1]) or 0) + 1
    migration.name = f"{number:04d}_{migration.suggest_name()}"
    writer = MigrationWriter(migration, include_header=False)
    text = writer.as_string()
    if any(not one.operation.atomic for one in operations):
        text = text.replace(_DEPENDENCIES, _NOT_ATOMIC + _DEPENDENCIES, 1)
    return MigrationFile(app, Path(writer.path), _ABOUT + text, tuple(one.index for one in operations))
