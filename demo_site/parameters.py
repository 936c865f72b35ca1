"""What must a request say? The row or the days that an action is about, or it is a bad request."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from rest_framework.exceptions import ValidationError

from .filters import LARGEST_KEY

if TYPE_CHECKING:
    from rest_framework.request import Request


def row_number(request: Request, name: str) -> int:
    """The number in `?name=7`."""
    text = request.query_params.get(name, "")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else 0  # noqa: PLR2004
    if not 0 < number <= LARGEST_KEY:
        raise ValidationError({name: f"Expected the number of a row, as in ?{name}=7, not {text[:20]!r}."})
    return number


def day(request: Request, name: str) -> date:
    """The date in `?name=2026-01-31`."""
    text = request.query_params.get(name, "")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValidationError({name: f"Expected a day, as in ?{name}=2026-01-31, not {text[:20]!r}."}) from None
