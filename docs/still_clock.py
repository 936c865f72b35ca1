"""A plugin for pytest that lets statements take no time: two runs for the samples write the same bytes."""

from __future__ import annotations


def pytest_configure() -> None:
    """Stop the clock of the guard, not that of the tests."""
    from nplusone_guard import capture  # noqa: PLC0415 — once pytest-django knows the settings

    capture.perf_counter = lambda: 0.0
