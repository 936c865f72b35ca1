"""What we read of Django and REST framework is there, on the versions that these tests run with."""

from __future__ import annotations

import subprocess
import sys

import django
import pytest
import rest_framework

from nplusone_guard.attribution.library_internals import KNOWN, known_frames, missing


@pytest.mark.parametrize("package", [django, rest_framework])
def test_every_function_and_variable_that_we_read_exists(package):
    assert missing(package.__name__) == [], (
        f"{package.__name__} {package.VERSION} has changed; see nplusone_guard/attribution/library_internals.py"
    )


def test_functions_are_known_by_distinct_code():
    """Two of them on one code object would mean that one is never seen."""
    assert missing("django") == missing("rest_framework") == []  # which imports them all
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
