"""Advice becomes migrations that run, and leave nothing to be made for `makemigrations --check`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from django.db import connection, models

from nplusone_guard.analysis.migrations.names import index_name
from tests.library.models import Book

FILES = {
    "settings.py": """
        from tests.settings import DEFAULT_AUTO_FIELD, SECRET_KEY, USE_TZ, _database

        DATABASES = {"default": _database("nplusone_advice")}
        INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "nplusone_guard", "shop", "stock"]
    """,
    "shop/__init__.py": "",
    "shop/migrations/__init__.py": "",
    "shop/models.py": """
        from django.db import models

        class Order(models.Model):
            customer = models.IntegerField(db_column="buyer")
            day = models.DateField(db_index=True)
            gone = models.DateTimeField(null=True)
            paid = models.BooleanField(default=False)
            tags = models.ManyToManyField("stock.Article")

            class Meta:
                indexes = [
                    models.Index(fields=["paid"], name="order_paid_idx"),
                    # add here
                ]
    """,
    "stock/__init__.py": "",
    "stock/migrations/__init__.py": "",
    "stock/models.py": """
        from django.db import models

        class Article(models.Model):
            a_rather_long_name_of_a_field = models.IntegerField()

            class Meta:
                indexes = [
                    # add here
                ]
    """,
    "advise.py": """
        import json
        import sys

        import django

        django.setup()

        from django.db import connection
        from nplusone_guard.analysis.existing import indexes_of
        from nplusone_guard.analysis.migrations import write_migrations
        from nplusone_guard.analysis.values import Advice, Index, IndexColumn, Waste

        def advice(table, model, *columns, condition=""):
            parsed = tuple(IndexColumn(one.removeprefix("-"), one.startswith("-")) for one in columns)
            return Advice(table, model, parsed, condition)

        def waste(name, column, origin):
            index = Index(name, "shop_order", (IndexColumn(column),), origin=origin, model="shop.Order")
            return Waste(index, "unused")

        ADVICE = [
            advice("shop_order", "shop.Order", "buyer", "-day"),
            advice("stock_article", "stock.Article", "a_rather_long_name_of_a_field", "id"),
            advice("shop_order_tags", "shop.Order_tags", "article_id", "order_id"),
            advice("auth_user", "auth.User", "last_name"),
            advice("elsewhere", "", "x"),
            advice("shop_order", "shop.Order", "buyer", condition='"day" = 5'),
        ]
        if connection.vendor != "mysql":
            ADVICE.append(advice("shop_order", "shop.Order", "day", condition='"gone" IS NULL AND NOT "paid"'))
        WASTE = [
            waste("order_paid_idx", "paid", "Meta.indexes"),
            waste("day_idx", "day", "db_index"),
            waste("dba_idx", "day", "database"),
        ]
        plan = write_migrations(ADVICE, WASTE, connection=connection, dry_run="--dry-run" in sys.argv)
        print(json.dumps({
            "files": {str(file.path): file.text for file in plan.files},
            "changes": [(change.model, change.action, change.code, str(change)) for change in plan.changes],
            "left": plan.left, "text": str(plan), "written": plan.is_written,
        }))
    """,
    "migrate.py": """
        import json

        import django

        django.setup()

        from django.db import connection

        connection.creation.create_test_db(verbosity=0, autoclobber=True)
        try:
            with connection.cursor() as cursor:
                found = {
                    table: connection.introspection.get_constraints(cursor, table)
                    for table in ("shop_order", "stock_article")
                }
            print(json.dumps({
                table: {name: one["columns"] for name, one in constraints.items() if one["index"]}
                for table, constraints in found.items()
            }))
        finally:
            connection.creation.destroy_test_db("nplusone_advice", verbosity=0)
    """,
}


@pytest.fixture
def project(tmp_path):
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"))
    return tmp_path


def run(project, *command):
    paths = os.pathsep.join((str(project), str(Path(__file__).parents[2])))
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "settings", "PYTHONPATH": paths}
    return subprocess.run(
        [sys.executable, *command], cwd=project, env=environment, capture_output=True, text=True, check=False
    )


def output(project, *command):
    done = run(project, *command)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_migrations_run_and_afterwards_nothing_is_left_to_be_made(project):
    assert run(project, "-m", "django", "makemigrations", "stock", "shop").returncode == 0
    shown = output(project, "advise.py", "--dry-run")
    assert not shown["written"]
    assert sorted(path.name for path in project.glob("*/migrations/0002*")) == []
    assert "+from django.db import migrations, models" in shown["text"]
    written = output(project, "advise.py")
    assert written == {**shown, "written": True, "text": written["text"]}
    assert written["text"].startswith("Written:\n    ")
    assert "makemigrations --check is clean with this in the models:" in written["text"]
    shop, stock = (project.glob(f"{app}/migrations/0002_*.py").__next__().read_text() for app in ("shop", "stock"))
    concurrently = connection.vendor == "postgresql"
    assert ("AddIndexConcurrently" in shop and "atomic = False" in shop) is concurrently
    assert "('shop', '0001_initial')" in shop
    assert "('stock', '0001_initial')" in stock
    assert "stock" not in shop
    left = "\n".join(written["left"])
    assert "on shop_order_tags (article_id, order_id): it is the table of a many-to-many relation" in left
    assert "on auth_user (last_name): auth.User belongs to an installed package" in left
    assert "on elsewhere (x): no model has this table." in left
    assert 'its condition ("day" = 5) is more than columns that are null or true' in left
    assert "shop.Order.day has the index day_idx by itself: write db_index=False there" in left
    assert "dba_idx is in the database and in no model" in left
    assert len(written["left"]) == 6

    # Done as told, there is nothing to be made; not done, there is.
    assert run(project, "-m", "django", "makemigrations", "--check", "--dry-run").returncode == 1
    for model, action, code, _ in written["changes"]:
        path = project / model.split(".")[0] / "models.py"
        line = code if action == "add" else 'models.Index(fields=["paid"], name="order_paid_idx")'
        old, new = ("# add here", f"{line},\n            # add here") if action == "add" else (f"{line},", "")
        path.write_text(path.read_text().replace(old, new))
    done = run(project, "-m", "django", "makemigrations", "--check", "--dry-run")
    assert (done.returncode, done.stdout) == (0, "No changes detected\n"), done.stdout + done.stderr

    indexes = output(project, "migrate.py")
    assert indexes["shop_order"]["order_customer_day_idx"] == ["buyer", "day"]
    assert "order_paid_idx" not in indexes["shop_order"]
    assert ("order_day_some_idx" in indexes["shop_order"]) is (connection.vendor != "mysql")
    assert any(columns == ["a_rather_long_name_of_a_field", "id"] for columns in indexes["stock_article"].values())

    again = output(project, "advise.py")
    assert (again["files"], again["written"]) == ({}, False)
    assert "Meta.indexes has it already as order_customer_day_idx; makemigrations and migrate." in str(
        again["left"]
    )
    assert "The migrations of shop remove the index order_paid_idx already; migrate." in again["left"]


def test_a_name_is_stable_within_the_limit_and_no_other_index_has_it():
    assert index_name(Book, ["title", "-author"], "") == "book_title_author_idx"
    long = index_name(Book, ["title", "author", "publisher", "-id"], "")
    assert long == index_name(Book, ["title", "author", "publisher", "-id"], "")
    assert len(long) == models.Index.max_name_length
    assert long.startswith("book_title_author_p_")
    other = index_name(Book, ["title", "-author"], "", taken={"book_title_author_idx"})
    assert other.startswith("book_title_author_")
    assert other != "book_title_author_idx"
    assert index_name(Book, ["title"], '"publisher_id" IS NULL') == "book_title_some_idx"
