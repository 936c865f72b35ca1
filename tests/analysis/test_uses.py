"""What models, admin and API declare is made into statements, and those into candidates that name their places."""

from __future__ import annotations

import django
import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext, isolate_apps

from nplusone_guard.analysis.columns import unindexable_columns
from nplusone_guard.analysis.existing import indexes_of
from nplusone_guard.analysis.uses import analyze_models, statements_of_models
from tests.conftest import line_of

# A boolean is compared with a value there, rather than standing for itself.
COMPARES_BOOLEANS = connection.vendor == "mysql" or (connection.vendor == "sqlite" and django.VERSION >= (6, 1))
IS_MARIADB = connection.vendor == "mysql"
SHOP = "tests/analysis/schemas/shop"
URLS = "tests.analysis.schemas.shop.urls"


@pytest.fixture(scope="module")
def found(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        return {
            f"{one.model} {', '.join(map(str, one.columns))}": one
            for one in analyze_models(connection, app_labels=["shop", "tracker", "series"], urlconf=URLS)
        }


def places_of(candidate):
    return {place for access in candidate.accesses for place in access.statement.places}


def test_the_candidates_are_what_is_declared_and_no_index_serves(found):
    everywhere = {
        "shop.Order -placed_at",
        "shop.Order state, -placed_at",
        "tracker.Issue -updated_at",
        "shop.Product price",
        "shop.Customer country" + (", -id" if connection.vendor == "postgresql" else ""),
    }
    listed = {f"shop.Product is_listed, {name}" for name in ("name", "price", "sku")}
    products = listed if COMPARES_BOOLEANS else {"shop.Product name"}
    lines = set() if IS_MARIADB else {"shop.Line product_id"}  # MariaDB itself has an index for each foreign key
    assert set(found) == everywhere | products | lines


def test_each_names_the_places_that_would_use_it(found):
    if not IS_MARIADB:
        line = line_of(f"{SHOP}/models.py", "without an index")
        assert places_of(found["shop.Line product_id"]) == {f"{SHOP}/models.py:{line} Line.product"}
    assert {place.partition(" ")[2] for place in places_of(found["shop.Order -placed_at"])} >= {
        "Order.Meta.get_latest_by",
        "OrderAdmin.ordering",
        'OrderAdmin.date_hierarchy["placed_at"]',
        'OrderList.filterset_fields["placed_at"]',
    }
    assert {place.partition(" ")[2] for place in places_of(found["shop.Order state, -placed_at"])} == {
        'OrderAdmin.list_filter["state"]'
    }


def test_texts_documents_and_what_only_a_pattern_finds_want_none(found):
    columns = {column.name for one in found.values() for column in one.columns}
    assert not columns & {"description", "note", "payload", "attachment", "body"}
    assert "shop.Customer name" not in found  # a search for a part of it


@isolate_apps("tests.analysis")
def test_no_column_of_a_type_without_an_order_can_have_an_index():
    class Document(models.Model):
        title = models.CharField(max_length=100)
        text = models.TextField()
        data = models.JSONField()
        scan = models.BinaryField()
        day = models.DateField()

        class Meta:
            app_label = "documents"

    never = unindexable_columns({"document": Document}, connection)["document"]
    assert never == {"text", "data", "scan"}


@pytest.mark.django_db
def test_none_is_what_an_index_does_already(found):
    for one in found.values():
        for index in indexes_of(connection, [one.table]):
            assert index.columns[: len(one.columns)] != one.columns


@pytest.mark.skipif(COMPARES_BOOLEANS, reason="the condition has a value in it")
def test_a_condition_that_always_holds_makes_an_index_of_those_rows(found):
    assert found["shop.Product name"].condition == '"is_listed"'


@pytest.mark.django_db
def test_no_statement_of_them_runs():
    statements_of_models(connection, urlconf=URLS)  # features of the database are asked for once
    with CaptureQueriesContext(connection) as captured:
        assert len(statements_of_models(connection, urlconf=URLS)) > 30
    assert captured.captured_queries == []
