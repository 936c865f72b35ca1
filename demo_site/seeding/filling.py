"""How do the rows get into the database? In batches, a table per transaction, each table once."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction

from .models import SeededTable
from .rows import TABLES, Table

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import Model

    from .plan import Plan

BATCH_SIZE = 2_000


def empty_tables() -> None:
    """Removes the rows of every seeded table, and whatever refers to them (the admin's log, for instance)."""
    tables = [model._meta.db_table for model in _models_referring_to({table.model for table in TABLES})]
    connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), tables))
    SeededTable.objects.all().delete()


def _models_referring_to(models: set[type[Model]]) -> set[type[Model]]:
    every_model = apps.get_models(include_auto_created=True)
    found, before = set(models), 0
    while len(found) > before:
        before = len(found)
        found |= {
            model
            for model in every_model
            if any(field.is_relation and field.related_model in found for field in model._meta.local_fields)
        }
    return found


def fill_table(table: Table, plan: Plan, size_name: str, advance: Callable[[int], None]) -> int:
    """Writes the rows of `table` and the note that it is done. Returns how many rows it wrote."""
    rows = table.rows(plan)
    written = 0
    with transaction.atomic():
        while batch := list(islice(rows, BATCH_SIZE)):
            table.model._default_manager.bulk_create(batch)
            written += len(batch)
            advance(len(batch))
        SeededTable.objects.create(table=table.name, size=size_name, seed=plan.seed, row_count=written)
    return written


def continue_numbering() -> None:
    """Lets rows that are added by hand continue after the seeded ones, where a sequence numbers them."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [table.model for table in TABLES]):
            cursor.execute(statement)
