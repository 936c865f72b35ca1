"""Does a migration with `AddIndexConcurrently` do the same on every database, and no harm on PostgreSQL?"""

from __future__ import annotations

import io
import subprocess
import sys
from textwrap import dedent

import pytest
from django.core.management import call_command
from django.db import DatabaseError, NotSupportedError, connection, models, transaction
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddIndex, RemoveIndex
from django.db.migrations.optimizer import MigrationOptimizer
from django.db.migrations.writer import MigrationWriter
from django.test.utils import CaptureQueriesContext

from nplusone_guard.operations import AddIndexConcurrently, RemoveIndexConcurrently

from .library.models import Book

on_postgresql = connection.vendor == "postgresql"
only_on_postgresql = pytest.mark.skipif(not on_postgresql, reason="only PostgreSQL builds concurrently")

INDEX = models.Index(fields=["title", "-author"], name="book_title_idx")


def migration_of(*operations, atomic=False):
    migration = Migration("0002_of_the_test", "library")
    migration.operations = list(operations)
    migration.atomic = atomic
    return migration


def state():
    """The library as its migrations leave it."""
    return MigrationLoader(connection).project_state(("library", "0001_initial"))


def apply(migration, before):
    with connection.schema_editor(atomic=migration.atomic) as editor:
        return migration.apply(before, editor)


def unapply(migration, before):
    with connection.schema_editor(atomic=migration.atomic) as editor:
        return migration.unapply(before, editor)


def found(name="book_title_idx"):
    with connection.cursor() as cursor:
        return connection.introspection.get_constraints(cursor, Book._meta.db_table).get(name)


@pytest.fixture
def no_index_stays(transactional_db):
    yield
    if found():
        with connection.schema_editor() as editor:
            editor.remove_index(Book, INDEX)


@pytest.mark.usefixtures("no_index_stays")
def test_an_index_is_added_and_taken_back():
    migration = migration_of(AddIndexConcurrently("book", INDEX))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        apply(migration, state())
    assert found()["columns"] == ["title", "author_id"]
    unapply(migration, state())
    assert found() is None
    assert any("CONCURRENTLY" in query["sql"] for query in queries) == on_postgresql


@pytest.mark.usefixtures("no_index_stays")
def test_an_index_is_removed_and_brought_back():
    adding = migration_of(AddIndexConcurrently("book", INDEX))
    with_index = apply(adding, state())
    removing = migration_of(RemoveIndexConcurrently("book", "book_title_idx"))
    with CaptureQueriesContext(connection) as queries:
        apply(removing, with_index.clone())
    assert found() is None
    unapply(removing, with_index)
    assert found()["columns"] == ["title", "author_id"]
    assert any("CONCURRENTLY" in query["sql"] for query in queries) == on_postgresql


@only_on_postgresql
@pytest.mark.parametrize("atomic", [True, False], ids=["atomic migration", "test in a transaction"])
@pytest.mark.django_db(transaction=True)
def test_inside_a_transaction_it_says_what_to_write(atomic):
    migration = migration_of(AddIndexConcurrently("book", INDEX), atomic=atomic)
    with pytest.raises(NotSupportedError, match=r"book_title_idx .*`atomic = False` into the migration's class"):
        if atomic:
            apply(migration, state())
        else:
            with transaction.atomic():
                apply(migration, state())
    assert found() is None


@pytest.mark.skipif(on_postgresql, reason="PostgreSQL needs `atomic = False`")
@pytest.mark.usefixtures("no_index_stays")
def test_other_databases_take_it_in_an_atomic_migration_too():
    apply(migration_of(AddIndexConcurrently("book", INDEX), atomic=True), state())
    assert found()


@pytest.mark.usefixtures("no_index_stays")
def test_a_migration_that_stopped_half_way_can_be_run_again():
    apply(migration_of(AddIndexConcurrently("book", INDEX)), state())
    apply(migration_of(AddIndexConcurrently("book", INDEX)), state())
    assert found()["columns"] == ["title", "author_id"]
    for _ in range(2):
        unapply(migration_of(AddIndexConcurrently("book", INDEX)), state())
        assert found() is None


@pytest.mark.usefixtures("no_index_stays")
def test_an_index_of_that_name_on_other_columns_is_an_error():
    apply(migration_of(AddIndexConcurrently("book", INDEX)), state())
    other = models.Index(fields=["title"], name="book_title_idx")
    with pytest.raises(DatabaseError, match="book_title_idx"):
        apply(migration_of(AddIndexConcurrently("book", other)), state())


@only_on_postgresql
@pytest.mark.usefixtures("no_index_stays")
def test_a_build_that_was_broken_off_is_dropped_and_done_again():
    from .library.rows import stock

    stock(2)
    Book.objects.update(title="the same")
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute('CREATE UNIQUE INDEX CONCURRENTLY "book_title_idx" ON library_book (title)')
    assert found()["unique"]  # PostgreSQL keeps it, INVALID

    apply(migration_of(AddIndexConcurrently("book", INDEX)), state())
    assert not found()["unique"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = 'book_title_idx'::regclass")
        assert cursor.fetchone() == (True,)


def test_the_migration_writer_writes_it_with_its_import():
    written = MigrationWriter(
        migration_of(AddIndexConcurrently("book", INDEX), RemoveIndexConcurrently("book", "book_old_idx"))
    ).as_string()
    names = {}
    exec(compile(written, "0002_of_the_test.py", "exec"), names)
    adding, removing = names["Migration"].operations
    assert type(adding) is AddIndexConcurrently
    assert adding.index == INDEX
    assert type(removing) is RemoveIndexConcurrently
    assert "concurrently where the database can" in adding.describe()


def test_it_is_an_operation_on_indexes_to_the_rest_of_django():
    adding = AddIndexConcurrently("book", INDEX)
    assert isinstance(adding, AddIndex)
    assert isinstance(RemoveIndexConcurrently("book", "book_title_idx"), RemoveIndex)
    removing = RemoveIndexConcurrently("book", "book_title_idx")
    assert MigrationOptimizer().optimize([adding, removing], "library") == []


def test_it_needs_no_driver_of_postgresql():
    code = "import sys, nplusone_guard.operations; sys.exit(any('psycopg' in name for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.fixture
def shop(tmp_path, monkeypatch, settings):
    """The library's migrations as a user writes them: the second adds an index to a table in use."""
    folder = tmp_path / "migrations_of_a_user"
    folder.mkdir()
    (folder / "__init__.py").touch()
    initial = "tests.library.migrations.0001_initial"
    (folder / "0001_initial.py").write_text(
        f"from importlib import import_module\n\nMigration = import_module({initial!r}).Migration\n"
    )
    (folder / "0002_book_title_idx.py").write_text(
        dedent("""\
        from django.db import migrations, models

        from nplusone_guard.operations import AddIndexConcurrently


        class Migration(migrations.Migration):
            atomic = False

            dependencies = [("library", "0001_initial")]
            operations = [
                AddIndexConcurrently("book", models.Index(fields=["title", "-author"], name="book_title_idx")),
            ]
        """)
    )
    monkeypatch.syspath_prepend(tmp_path)
    settings.MIGRATION_MODULES = {"library": "migrations_of_a_user"}


@pytest.mark.usefixtures("shop", "no_index_stays")
def test_a_project_migrates_forward_and_back_with_it():
    def manage(*arguments):
        output = io.StringIO()
        call_command(*arguments, stdout=output, no_color=True)
        return output.getvalue()

    printed = manage("sqlmigrate", "library", "0002")
    assert "book_title_idx" in printed
    assert ("CREATE INDEX CONCURRENTLY" in printed) == on_postgresql
    assert "concurrently where the database can" in manage("migrate", "library", "--plan")
    manage("migrate", "library")
    assert found()
    manage("migrate", "library", "0001")
    assert found() is None
