"""Are all of the ordered indexes there, and only where their migration was applied?"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from .named_indexes import NAMED_INDEXES, SHORT_NAMES

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "guides" / "index-names.md"

COUNTS = {
    "accounts": 4,
    "assignments": 10,
    "chat": 10,
    "knowledge_graph": 14,
    "materials": 15,
    "payments": 3,
    "reports": 6,
    "scheduling": 9,
}

ADDED = {
    "assignments": {("submission_newest_idx", "AssignmentSubmission", ("-submitted_at", "-id"))},
    "chat": {("chatroom_newest_idx", "ChatRoom", ("-updated_at", "-id"))},
    "materials": {
        ("material_progress_scores_idx", "MaterialProgress", ("material", "is_completed", "score")),
    },
}
"""Indexes that measuring showed to be missing from the list (docs/guides/optimization.md)."""

ORDERED = [
    (apps.get_model(app, index.model)._meta.db_table, index.name)
    for app, indexes in NAMED_INDEXES.items()
    for index in indexes
]


def test_the_list_has_seventy_one_indexes():
    assert {app: len(indexes) for app, indexes in NAMED_INDEXES.items()} == COUNTS
    assert sum(COUNTS.values()) == len(set(ORDERED)) == 71


@pytest.mark.parametrize("app", NAMED_INDEXES)
def test_the_models_have_the_indexes_of_the_list_and_the_added_ones(app):
    of_models = {
        (index.name, model.__name__, tuple(index.fields))
        for model in apps.get_app_config(app).get_models()
        for index in model._meta.indexes
    }
    listed = {(index.name, index.model, index.fields) for index in NAMED_INDEXES[app]}
    assert of_models == listed | ADDED.get(app, set())


def test_a_name_is_another_than_ordered_only_where_it_is_too_long():
    ordered = {index.ordered_as for indexes in NAMED_INDEXES.values() for index in indexes}
    assert {name for name in ordered if len(name) > 30} == set(SHORT_NAMES)
    assert all(len(name) <= 30 for name in SHORT_NAMES.values())


def test_the_documents_tell_the_counts_and_the_short_names():
    lines = DOCUMENT.read_text().splitlines()
    for app, count in COUNTS.items():
        assert f"| {app} | {count} |" in lines
    for ordered_as, name in SHORT_NAMES.items():
        assert f"| `{ordered_as}` | {len(ordered_as)} | `{name}` |" in lines
    assert any(
        line.startswith(f"Django allows 30 characters in the name of an index. {len(SHORT_NAMES)} names")
        for line in lines
    )


def found() -> Counter[tuple[str, str]]:
    with connection.cursor() as cursor:
        return Counter(
            (table, name)
            for table in {table for table, _ in ORDERED}
            for name, constraint in connection.introspection.get_constraints(cursor, table).items()
            if constraint["index"] and (table, name) in ORDERED
        )


def migrate(name: str) -> None:
    MigrationExecutor(connection).migrate([(app, name) for app in NAMED_INDEXES])


def migrate_to_the_newest() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


@pytest.mark.django_db(transaction=True)
def test_the_migrations_add_all_seventy_one_and_take_them_back():
    assert found() == Counter(ORDERED)
    try:
        migrate("0001_initial")
        assert found() == Counter()
    finally:
        migrate_to_the_newest()
    assert found() == Counter(ORDERED)
    assert found().total() == 71


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL says whether a build was finished")
@pytest.mark.django_db
def test_no_build_was_left_unfinished():
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid")
        assert cursor.fetchall() == []
