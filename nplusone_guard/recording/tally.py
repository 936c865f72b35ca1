"""What ran, by shape, over many scopes: counts and times that add up, within bounds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

__all__ = ["MOST_BYTES", "MOST_SHAPES", "RecordedShape", "Tally"]

MOST_SHAPES = 5_000
"""How many shapes a tally holds: ten times what a large project has."""

MOST_BYTES = 8_000_000
"""About how many bytes a tally holds, and a file of it has."""

_MOST_PLACES = 20  # of one shape; the reports show a few
_LONGEST_SQL = 32_000
_BYTES = 300  # an allowance for all but the statement


@dataclass(slots=True)
class RecordedShape:
    """How often one shape ran on one database.

    Attributes:
        shape_id: The shape's stable id.
        sql: The normalized statement, whole, without any value.
        alias: The database alias; `None` where nobody looked, as for what ran once in a request in production.
        vendor: That database's vendor as Django spells it; `None` where it cannot be told.
        calls: How many statements had this shape.
        total_ms: How long they took together, in milliseconds.
        places: The project's lines that ran it, `shop/views.py:12`, and how often, as far as they are known.
    """

    shape_id: str
    sql: str
    alias: str | None
    vendor: str | None
    calls: int
    total_ms: float
    places: dict[str, int] = field(default_factory=dict)

    @property
    def cost(self) -> tuple[float, int]:
        """By which the cheapest are forgotten first."""
        return self.total_ms, self.calls


class Tally:
    """Adds up shapes. Past its bounds the cheapest are forgotten, and it is `truncated`.

    Args:
        shapes: What it begins with.
        truncated: Whether something was forgotten before.
    """

    def __init__(self, shapes: Iterable[RecordedShape] = (), *, truncated: bool = False) -> None:
        self._shapes: dict[tuple[str, str | None], RecordedShape] = {}
        self._bytes = 0
        self.truncated = truncated
        for shape in shapes:
            self.add(shape)

    def __len__(self) -> int:
        return len(self._shapes)

    @property
    def shapes(self) -> list[RecordedShape]:
        """What ran, the most expensive first."""
        return sorted(
            self._shapes.values(), key=lambda one: (one.cost, one.shape_id, one.alias or ""), reverse=True
        )

    def add(self, shape: RecordedShape) -> None:
        """Add what ran to what is there. `shape` itself may be kept."""
        if len(shape.sql) > _LONGEST_SQL:
            self.truncated = True
            return
        key = shape.shape_id, shape.alias
        known = self._shapes.get(key)
        if known is not None:
            known.calls += shape.calls
            known.total_ms += shape.total_ms
            known.vendor = known.vendor or shape.vendor
            for place, calls in shape.places.items():
                if place in known.places or len(known.places) < _MOST_PLACES:
                    known.places[place] = known.places.get(place, 0) + calls
            return
        self._shapes[key] = shape
        self._bytes += _BYTES + len(shape.sql)
        if len(self._shapes) > MOST_SHAPES or self._bytes > MOST_BYTES:
            self._forget_cheapest()

    def add_all(self, other: Tally) -> None:
        """Add all of `other`."""
        for shape in other._shapes.values():
            self.add(shape)
        self.truncated = self.truncated or other.truncated

    def _forget_cheapest(self) -> None:
        """Forget half of them, so that the work is rare."""
        kept = self.shapes[: len(self._shapes) // 2]
        self._shapes = {(shape.shape_id, shape.alias): shape for shape in kept}
        self._bytes = sum(_BYTES + len(shape.sql) for shape in kept)
        self.truncated = True
