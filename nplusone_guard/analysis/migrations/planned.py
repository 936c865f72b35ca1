"""What is planned: new files, changes of models for the user to make, and what is left."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

__all__ = ["MetaChange", "MigrationFile", "MigrationPlan"]


@dataclass(frozen=True, slots=True)
class MetaChange:
    """What the user is to write into a model, or to take out of it.

    Attributes:
        model: The model, `shop.Order`.
        path: Its file.
        action: `add` or `remove`, in its `Meta.indexes`.
        code: The element of that list, as code.
        operation: The name of the index, which the migration has too.
    """

    model: str
    path: str
    action: str
    code: str
    operation: str

    def __str__(self) -> str:
        where = f"{'to' if self.action == 'add' else 'from'} Meta.indexes of {self.model.rpartition('.')[2]}"
        return f"{self.path}: {self.action} {where}:\n    {self.code},"


@dataclass(frozen=True, slots=True)
class MigrationFile:
    """A new migration.

    Attributes:
        app: The label of its app.
        path: Where it goes.
        text: What is in it.
        operations: The names of the indexes that it adds or removes.
    """

    app: str
    path: Path
    text: str
    operations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MigrationPlan:
    """What was written, or would be.

    Attributes:
        files: The migrations, by app.
        changes: What to write into the models.
        left: What no migration here does, a sentence each.
        is_written: Whether the files are there; not after a dry run.
    """

    files: tuple[MigrationFile, ...]
    changes: tuple[MetaChange, ...]
    left: tuple[str, ...]
    is_written: bool

    def __str__(self) -> str:
        """What was written, or would be, what belongs into the models, and what is left, for people."""
        written = "".join(f"\n    {file.path}" for file in self.files)
        parts = (
            f"Written:{written}" if self.is_written else self.diff.rstrip("\n"),
            "makemigrations --check is clean with this in the models:" if self.changes else "",
            *map(str, self.changes),
            "\n".join(self.left),
        )
        return "\n\n".join(filter(None, parts)) or "There is nothing to migrate."

    @property
    def diff(self) -> str:
        """The files as a unified diff."""
        return "".join(
            line
            for file in self.files
            for line in difflib.unified_diff(
                [], file.text.splitlines(keepends=True), "/dev/null", file.path.as_posix()
            )
        )
