"""Which opportunities have been seen at run time? By the findings in a log, one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from .values import Opportunity

__all__ = ["confirmed_by", "events_of"]

_EVENT = "nplusone.detected"


def events_of(log: Path | str) -> Iterator[dict[str, Any]]:
    """The findings in the file `log`; other lines are passed over.

    Raises:
        OSError: The file cannot be read.
    """
    with Path(log).open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if _EVENT not in line:
                continue
            try:
                event = json.loads(line)
            except ValueError:
                continue
            if isinstance(event, dict) and event.get("event") == _EVENT:
                yield event


def confirmed_by(events: Iterable[dict[str, Any]], opportunities: Iterable[Opportunity]) -> list[Opportunity]:
    """The `opportunities`, those confirmed that a finding has the label and the file of."""
    seen: set[tuple[str, str]] = set()
    for event in events:
        labels = [event.get("label"), *(event.get("through") or ())]
        for role in ("culprit", "via"):
            place = event.get(role)
            if isinstance(place, dict):
                seen.update((str(label), str(place.get("path"))) for label in labels)
    return [replace(one, confirmed=(one.label, one.place.path) in seen) for one in opportunities]
