"""Which files are a test's, and which are the project's."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_nplusone.arrangement import Arrangement

ROOT = Path("/home/tests/shop")


@pytest.mark.parametrize(
    "path",
    [
        "orders/tests.py",
        "orders/test_views.py",
        "orders/views_test.py",
        "conftest.py",
        "orders/factories.py",
        "orders/fixtures.py",
        "orders/tests/helpers.py",
        "testing/base.py",
        "orders/factories/order.py",
        "checks/order_checks.py",
    ],
)
def test_a_file_of_tests(path):
    arrangement = Arrangement(ROOT, frozenset({str(ROOT / "checks/order_checks.py")}))
    assert arrangement.is_test_file(str(ROOT / path))


@pytest.mark.parametrize("path", ["orders/views.py", "contest.py", "orders/testimonials.py", "latest/models.py"])
def test_a_file_of_the_project(path):
    assert not Arrangement(ROOT).is_test_file(str(ROOT / path))


def test_where_the_checkout_lies_says_nothing():
    assert not Arrangement(ROOT).is_test_file("/srv/tests/library/models.py")
    assert Arrangement(ROOT).is_test_file("/srv/library/conftest.py")
