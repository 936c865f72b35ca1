from __future__ import annotations

from pathlib import Path

import pytest

from nplusone_guard import watch
from tests.library.rows import stock

ROOT = Path(__file__).parent.parent.parent


def marked(path: str, marker: str) -> tuple[str, int]:
    """The file and the number of the line in it that ends with the comment `marker`."""
    endings = (f"# {marker}", f"{{# {marker} #}}")
    lines = (ROOT / path).read_text().splitlines()
    (number,) = [number for number, line in enumerate(lines, 1) if line.endswith(endings)]
    return path, number


def at(place) -> tuple[str, int] | None:
    """Where a place is."""
    return place and (place.path, place.line)


@pytest.fixture
def books(db):
    return stock(8)


@pytest.fixture
def finding_of(books):
    """The one finding of what a function does."""

    def find(run, label):
        with watch() as report:
            run()
        (finding,) = [one for one in report.findings if label in (one.label, *one.through)]
        return finding

    return find
