"""Is there a Django project to watch? Asked before anything of Django is imported."""

from __future__ import annotations

import sys

import pytest

__all__ = ["django_is_ready", "skip_without_django"]


def django_is_ready() -> bool:
    """Whether Django has been set up in this process, by pytest-django or anybody else."""
    # Not imported here: a run without Django stays without it.
    registry = sys.modules.get("django.apps")
    return registry is not None and bool(registry.apps.ready)


def skip_without_django() -> None:
    """Skip the test, with the words of pytest-django, when there is no Django project."""
    if not django_is_ready():
        pytest.skip("no Django settings")
