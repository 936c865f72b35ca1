"""What we read of Django's internals is there, on the version that these tests run with."""

from __future__ import annotations

import django

from nplusone_guard.attribution.django_internals import known_functions, missing


def test_every_function_and_variable_that_we_read_exists():
    assert missing() == [], (
        f"Django {django.VERSION} has changed; see nplusone_guard/attribution/django_internals.py"
    )


def test_functions_are_known_by_distinct_code():
    """Two roles on one code object would mean that one of them is never seen."""
    roles = {known.role for known in known_functions().values()}
    assert roles == {
        "forward",
        "reverse_one",
        "generic",
        "deferred",
        "queryset",
        "iterable",
        "raw_queryset",
        "instance",
        "related_manager",
        "manager",
        "prefetch",
        "prefetch_level",
    }
