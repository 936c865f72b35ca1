"""The figures that may not fall, kept in `floor.json`."""

from __future__ import annotations

import json
from pathlib import Path

__all__ = ["Figures", "below_floor", "read_floor", "write_floor"]

Figures = dict[str, dict[str, dict[str, float | None]]]
"""By depth, by kind (or `all`), by name of the figure."""

_FILE = Path(__file__).parent / "floor.json"
_INFORMATIVE = frozenset({"origins"})
_SLACK = 0.3
"""Points: less than one scenario of all of them, and more than what a version of Django with one less makes."""


def read_floor() -> Figures:
    """The committed figures."""
    floor: Figures = json.loads(_FILE.read_text())
    return floor


def write_floor(figures: Figures) -> None:
    """Take `figures` as the floor."""
    _FILE.write_text(json.dumps(figures, indent=2) + "\n")


def below_floor(figures: Figures) -> list[str]:
    """Each figure that is lower than the committed one."""
    return [
        f"{name} of {kind} at {depth}: {value} %, the floor is {least} %"
        for depth, by_kind in read_floor().items()
        for kind, by_name in by_kind.items()
        for name, least in by_name.items()
        if name not in _INFORMATIVE
        and least is not None
        and ((value := figures.get(depth, {}).get(kind, {}).get(name)) is None or value < least - _SLACK)
    ]
