"""How do the rows get into the database? In batches, a table per transaction, each table once.

PostgreSQL gets them by `COPY`, the other databases by `INSERT`s of many rows.
"""

from __future__ import annotations

from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, reset_queries, transaction

from .models import SeededTable
from .tables import TABLES, Table

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import Model

    from .plan import Plan

BATCH_SIZE = 2_000
COPY_BATCH_SIZE = 10_000


def empty_tables() -> None:
    """Removes the rows of every seeded table, and whatever refers to them (the admin's log, for instance)."""
    tables = [model._meta.db_table for model in _models_referring_to({table.model for table in TABLES})]
    SeededTable.objects.all().delete()  # first: after a stop in between, no table counts as filled that is empty
    connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), tables))


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
    write, batch_size = (_copy, COPY_BATCH_SIZE) if _can_copy() else (_insert, BATCH_SIZE)
    rows = table.rows(plan)
    written = 0
    with transaction.atomic():
        if connection.vendor == "postgresql":
            # Foreign keys are then checked batch by batch: no long wait at the end that no bar shows.
            _run("SET CONSTRAINTS ALL IMMEDIATE")
        while batch := list(islice(rows, batch_size)):
            write(table.model, batch)
            written += len(batch)
            reset_queries()  # with DEBUG, Django keeps thousands of these long statements
            advance(len(batch))
        if connection.vendor == "postgresql":
            _run("SET CONSTRAINTS ALL DEFERRED")  # as they were, for whatever else is in a transaction around
        SeededTable.objects.create(table=table.name, size=size_name, seed=plan.seed, row_count=written)
    return written


def _can_copy() -> bool:
    if connection.vendor != "postgresql":
        return False
    from django.db.backends.postgresql.psycopg_any import is_psycopg3  # noqa: PLC0415 - fails without a driver

    return is_psycopg3


def _insert(model: type[Model], batch: list[Model]) -> None:
    model._default_manager.bulk_create(batch)


def _copy(model: type[Model], batch: list[Model]) -> None:
    """Writes the values as they are: seeded rows hold none that a field would have to prepare."""
    fields = model._meta.concrete_fields
    values = attrgetter(*[field.attname for field in fields])
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    statement = f"COPY {connection.ops.quote_name(model._meta.db_table)} ({columns}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in batch:
            copy.write_row(values(row))


def continue_numbering() -> None:
    """Lets rows that are added by hand continue after the seeded ones, where a sequence numbers them."""
    for statement in connection.ops.sequence_reset_sql(no_style(), [table.model for table in TABLES]):
        _run(statement)


def tell_the_planner() -> None:
    """Lets the database's planner know what the tables hold now, rather than in some minutes."""
    if connection.vendor == "postgresql":
        # VACUUM also marks the pages that index-only scans may trust; it does not run in a transaction.
        analyze = "ANALYZE" if connection.in_atomic_block else "VACUUM (ANALYZE)"
        _run(f"{analyze} {', '.join(connection.ops.quote_name(table.name) for table in TABLES)}")
    elif connection.vendor == "sqlite":
        _run("ANALYZE")
    # MariaDB's statistics follow the rows by themselves, and its ANALYZE would commit.


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
