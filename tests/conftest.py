"""What every test here may use."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from nplusone_guard import failsafe
from nplusone_guard.signals import report_ready

pytest_plugins = ["pytester"]


def line_of(path: str, marker: str) -> int:
    """The number of the line of `path` that ends with the comment `# marker`."""
    lines = (Path(__file__).parent.parent / path).read_text().splitlines()
    (number,) = [number for number, line in enumerate(lines, 1) if line.endswith(f"# {marker}")]
    return number


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
