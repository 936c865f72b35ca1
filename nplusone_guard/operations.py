"""How does a migration add an index without stopping writes? With these operations, on every database.

On PostgreSQL they run `CREATE INDEX CONCURRENTLY` and `DROP INDEX CONCURRENTLY`, which take no lock against
writes. Other databases have no such statement, and the operations do there what Django's own `AddIndex` and
`RemoveIndex` do, so that one migration serves all (those of `django.contrib.postgres` fail elsewhere).

    from django.db import migrations, models

    from nplusone_guard.operations import AddIndexConcurrently


    class Migration(migrations.Migration):
        atomic = False  # PostgreSQL builds nothing concurrently inside a transaction

        dependencies = [("shop", "0001_initial")]
        operations = [
            AddIndexConcurrently("order", models.Index(fields=["-created_at"], name="order_created_at_idx")),
        ]

A migration that is not atomic may stop half-way. It can be run again: an index that is there as wanted is left
alone, one whose build PostgreSQL did not finish (`INVALID`) is dropped and built again. The index also belongs
in `Meta.indexes` of its model, as with Django's operations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.db import NotSupportedError, models
from django.db.migrations.operations import AddIndex, RemoveIndex
from django.db.migrations.operations.base import Operation

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor
    from django.db.migrations.state import ProjectState

__all__ = ["AddIndexConcurrently", "RemoveIndexConcurrently"]


@dataclass(frozen=True, slots=True)
class _ConcurrentEditor:
    """What Django's index operations use of a schema editor, concurrent where the database can."""

    editor: BaseDatabaseSchemaEditor

    @property
    def connection(self) -> BaseDatabaseWrapper:
        return self.editor.connection

    def add_index(self, model: type[models.Model], index: models.Index) -> None:
        options = self._options(index)
        # `sqlmigrate` asks for the statements, whatever the database at hand holds.
        if not self.editor.collect_sql and (found := self._constraints(model).get(index.name)):
            if self._is_unfinished(index):
                self.editor.remove_index(model, index, **options)
            elif _is_as_wanted(found, model, index):
                return
        self.editor.add_index(model, index, **options)

    def remove_index(self, model: type[models.Model], index: models.Index) -> None:
        options = self._options(index)
        if self.editor.collect_sql or index.name in self._constraints(model):
            self.editor.remove_index(model, index, **options)

    def _options(self, index: models.Index) -> dict[str, bool]:
        if self.connection.vendor != "postgresql":
            return {}
        if self.connection.in_atomic_block:
            raise NotSupportedError(
                f"The index {index.name} cannot be built or dropped concurrently inside a transaction. "
                "Write `atomic = False` into the migration's class; a test that migrates must not be in a "
                "transaction either (TransactionTestCase, or django_db(transaction=True))."
            )
        return {"concurrently": True}

    def _constraints(self, model: type[models.Model]) -> dict[str, Any]:
        with self.connection.cursor() as cursor:
            return self.connection.introspection.get_constraints(cursor, model._meta.db_table)

    def _is_unfinished(self, index: models.Index) -> bool:
        """Was its concurrent build broken off? PostgreSQL then keeps it, marked as invalid."""
        if self.connection.vendor != "postgresql":
            return False
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)",
                [self.connection.ops.quote_name(index.name)],
            )
            row = cursor.fetchone()
        return row is not None and not row[0]


def _is_as_wanted(found: dict[str, Any], model: type[models.Model], index: models.Index) -> bool:
    """Is the index of this name that the database has the one to build?

    Only told of plain indexes on fields. For others the database says what it thinks of the name.
    """
    if type(index) is not models.Index or index.expressions or index.condition or index.include:
        return False
    fields = [cast("models.Field[Any, Any]", model._meta.get_field(name)) for name, _ in index.fields_orders]
    orders = [order or "ASC" for _, order in index.fields_orders]
    return (
        bool(found["index"])
        and found["columns"] == [field.column for field in fields]
        and found.get("orders") in (orders, [], None)  # not every database has or tells them
    )


class _Concurrently(Operation):
    """Django's operation on the class beside it, with a concurrent editor."""

    # Django must not open a transaction around it where the migration has none.
    atomic = False

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        editor = cast("BaseDatabaseSchemaEditor", _ConcurrentEditor(schema_editor))
        super().database_forwards(app_label, editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        editor = cast("BaseDatabaseSchemaEditor", _ConcurrentEditor(schema_editor))
        super().database_backwards(app_label, editor, from_state, to_state)

    def describe(self) -> str:
        return f"{super().describe()}, concurrently where the database can"


class AddIndexConcurrently(_Concurrently, AddIndex):
    """Adds an index; on PostgreSQL without a lock against writes.

    Args:
        model_name: The model's name, as in Django's `AddIndex`.
        index: The `django.db.models.Index`, with a name.

    Raises:
        NotSupportedError: When it runs inside a transaction on PostgreSQL: the migration lacks `atomic = False`.
    """


class RemoveIndexConcurrently(_Concurrently, RemoveIndex):
    """Removes an index; on PostgreSQL without a lock against reads and writes.

    Args:
        model_name: The model's name, as in Django's `RemoveIndex`.
        name: The index's name.

    Raises:
        NotSupportedError: When it runs inside a transaction on PostgreSQL: the migration lacks `atomic = False`.
    """
