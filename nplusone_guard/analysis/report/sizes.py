"""How is a size written?"""

from __future__ import annotations

__all__ = ["size"]

_UNITS = ("bytes", "kB", "MB", "GB", "TB")
_STEP = 1024


def size(number: float) -> str:
    """A number of bytes as people say it: `8.0 kB`, `1.2 GB`."""
    for unit in _UNITS[:-1]:
        if number < _STEP:
            return f"{number:.0f} {unit}" if unit == "bytes" else f"{number:.1f} {unit}"
        number /= _STEP
    return f"{number:.1f} {_UNITS[-1]}"
