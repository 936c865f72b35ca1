"""Is there a Django project to watch? Asked before anything of Django is imported."""

from __future__ import annotations

import sys

import pytest

__all__ = ["django_is_ready", "prepare", "skip_without_django"]


def django_is_ready() -> bool:
    """Whether Django has been set up in this process, by pytest-django or anybody else."""
    # Not imported here: a run without Django stays without it.
    registry = sys.modules.get("django.apps")
    return registry is not None and bool(registry.apps.ready)


def skip_without_django() -> None:
    """Skip the test, with the words of pytest-django, when there is no Django project."""
    if not django_is_ready():
        pytest.skip("no Django settings")


def prepare() -> None:
    """Make statements and threads known to the guard, once in a process, and before a test's fixtures connect.

    Later, a connection that is open already may be out of sight: Django keeps those of a thread in which an event
    loop runs (that of Playwright, for one) apart from those the thread had before, which a live server uses.
    """
    global _is_prepared  # noqa: PLW0603 — a process has one Django
    if not _is_prepared:
        from nplusone_guard.lifecycle import install  # noqa: PLC0415 — only where Django is

        install()
        _is_prepared = True


_is_prepared = False
