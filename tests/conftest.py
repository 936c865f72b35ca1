"""What every test here may use."""

from __future__ import annotations

import asyncio
import os
import threading
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from nplusone_guard import failsafe
from nplusone_guard.signals import report_ready

pytest_plugins = ["pytester"]

# What only PostgreSQL has is tested where the tests run on it.
collect_ignore = [] if os.environ.get("NPLUSONE_TEST_DB") == "postgresql" else ["test_postgresql.py"]


def line_of(path: str, marker: str) -> int:
    """The number of the line of `path` that ends with the comment `# marker`."""
    lines = (Path(__file__).parent.parent / path).read_text().splitlines()
    (number,) = [number for number, line in enumerate(lines, 1) if line.endswith(f"# {marker}")]
    return number


def run(coroutine):
    """Run `coroutine` in an event loop of its own, and close the connections that its threads opened."""

    async def main():
        try:
            return await coroutine
        finally:
            await sync_to_async(connections.close_all)()

    return asyncio.run(main())


@pytest.fixture(autouse=True)
def guard_does_not_break(monkeypatch, request):
    """An error of the guard is swallowed in a request; here it must not hide."""
    once = threading.Lock()
    monkeypatch.setattr(failsafe, "_once", once)
    yield
    assert not once.locked() or request.node.get_closest_marker("guard_breaks"), "the guard had an internal error"


@pytest.fixture
def reports():
    """The reports of the requests that a test makes."""
    collected = []

    def collect(sender, report, request, **kwargs):
        collected.append(report)

    report_ready.connect(collect)
    yield collected
    report_ready.disconnect(collect)
