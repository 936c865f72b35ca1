"""An index is waste when another does its work, when nobody reads it, or when its build failed."""

from __future__ import annotations

import pytest
from django.db import connection

from nplusone_guard.analysis.existing import indexes_of, models_by_table
from nplusone_guard.analysis.values import Index, IndexColumn, IndexUsage
from nplusone_guard.analysis.waste import waste_among


def index(name, columns, **values):
    parsed = tuple(IndexColumn(one.removeprefix("-"), one.startswith("-")) for one in columns.split())
    return Index(name, values.pop("table", "shop_order"), parsed, **values)


def waste(*indexes, **arguments):
    return {
        one.index.name: (one.kind, one.covered_by and one.covered_by.name)
        for one in waste_among(indexes, **arguments)
    }


def test_of_two_equal_indexes_the_written_one_goes_and_the_fields_own_stays():
    by_field = index("auto", "customer_id", origin="foreign key")
    assert waste(by_field, index("by_hand", "customer_id", origin="Meta.indexes")) == {
        "by_hand": ("duplicate", "auto")
    }
    assert waste(index("email_key", "email", unique=True, origin="unique"), index("email_idx", "email")) == {
        "email_idx": ("duplicate", "email_key")
    }


def test_db_index_beside_an_explicit_index_is_called_so():
    assert waste(index("auto", "state", origin="db_index"), index("by_hand", "state", origin="Meta.indexes")) == {
        "by_hand": ("db_index", "auto")
    }


def test_an_index_that_a_wider_one_begins_with_is_needless():
    assert waste(
        index("customer", "customer_id", origin="foreign key"), index("customer_day", "customer_id -day")
    ) == {"customer": ("prefix", "customer_day")}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (index("a", "day customer_id"), index("b", "customer_id day")),
        (index("a", "customer_id"), index("b", "day customer_id")),
        (index("a", "customer_id day"), index("b", "customer_id -day")),
        (index("a", "customer_id", unique=True), index("b", "customer_id day", unique=True)),
        (index("a", "customer_id"), index("b", "customer_id day", condition="paid")),
        (index("a", "customer_id", condition="open"), index("b", "customer_id", condition="paid")),
        (index("a", "name"), index("b", "name", operator_classes=("varchar_pattern_ops",))),
        (index("a", "tags", method="gin"), index("b", "tags")),
        (index("a", "customer_id"), index("b", "customer_id", table="shop_invoice")),
    ],
    ids=lambda one: f"{one.name} ({', '.join(map(str, one.columns))})",
)
def test_what_only_looks_alike_is_kept(one, other):
    assert waste(one, other) == {}


def test_included_columns_count():
    plain, including = index("plain", "customer_id"), index("including", "customer_id", include=("total",))
    assert waste(plain, including) == {"plain": ("duplicate", "including")}


def test_the_direction_of_all_columns_together_is_no_matter():
    assert waste(index("down", "-day -id"), index("up", "day id")) == {"up": ("duplicate", "down")}
    assert waste(index("day_down", "-day"), index("day_id", "day id")) == {"day_down": ("prefix", "day_id")}


def test_a_partial_index_is_covered_by_one_of_all_rows():
    assert waste(index("paid", "customer_id", condition="paid"), index("customer_day", "customer_id day")) == {
        "paid": ("prefix", "customer_day")
    }


def test_what_was_never_read_is_unused_when_it_is_known_since_when():
    counted = {"state": IndexUsage(8192, 0), "day": IndexUsage(8192, 12)}
    indexes = (index("state", "state"), index("day", "day"), index("key", "key", unique=True))
    assert waste(*indexes, usage=counted, since="2026-01-01") == {"state": ("unused", None)}
    assert waste(*indexes, usage=counted) == {}


def test_an_index_whose_build_failed_covers_nothing_and_is_waste_itself():
    broken = index("broken", "customer_id day", is_valid=False)
    assert waste(broken, index("customer", "customer_id")) == {"broken": ("invalid", None)}


@pytest.mark.django_db
def test_the_demo_sites_doubled_indexes_are_all_found():
    tables = [table for table, model in models_by_table("default").items() if "demo_site" in model.__module__]
    found = waste(*indexes_of(connection, tables))
    for name in ("user_email_idx", "student_user_idx"):
        assert found[name][0] == "duplicate", name
    # MariaDB drops its own index of a foreign key when another one is made.
    kept = connection.vendor == "mysql"
    for name in ("student_tutor_idx", "message_sender_idx"):
        assert (name in found) != kept, name
    assert found["material_progress_student_idx"][0] in ("duplicate", "prefix")
    assert "submission_graded_at_idx" not in found
    assert "material_created_at_idx" not in found
