"""What we read of Django and REST framework is there, on the versions that these tests run with."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

import pytest

from nplusone_guard.attribution.library_internals import KNOWN, known_frames, missing

PACKAGES = {
    "django": "Django",
    "rest_framework": "djangorestframework",
    "ninja": "django-ninja",
    "graphql": "graphql-core",
    "django_tables2": "django-tables2",
}


@pytest.mark.parametrize("package", PACKAGES)
def test_every_function_and_variable_that_we_read_exists(package):
    assert missing(package) == [], (
        f"{package} {version(PACKAGES[package])} has changed; see nplusone_guard/attribution/library_internals.py"
    )


def test_every_library_that_we_read_is_looked_at():
    assert {known.module.partition(".")[0] for known in KNOWN} == set(PACKAGES)


def test_functions_are_known_by_distinct_code():
    """Two of them on one code object would mean that one is never seen."""
    assert [missing(package) for package in PACKAGES] == [[]] * len(PACKAGES)  # which imports them all
    assert len(known_frames()) == len(KNOWN)


def test_no_library_is_imported_to_know_its_frames():
    code = (
        "import django; from django.conf import settings; settings.configure(); django.setup();"
        "import sys; from nplusone_guard.attribution.places import read_places;"
        "read_places(sys._getframe());"
        "print([name for name in ('rest_framework', 'django.contrib.admin')"
        " if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
