"""How bad is it? By what it costs today."""

from __future__ import annotations

from ..findings import Kind, Severity

__all__ = ["severity"]

_MANY = 50  # statements: at 1 ms each on a network, 50 ms of a request
_SLOW_MS = 100.0  # what people feel as a delay (Nielsen, "Response Times: The 3 Important Limits")


def severity(kind: Kind, count: int, wasted_ms: float) -> Severity:
    """`error` from 50 statements or 100 ms wasted on; otherwise `info` for duplicates, `warning` for the rest."""
    if count >= _MANY or wasted_ms >= _SLOW_MS:
        return "error"
    return "info" if kind == "duplicate_query" else "warning"
