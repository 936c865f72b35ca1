"""What does a queryset load that its response never reads? Told of the lists of an API.

Where a row is handed on to code that cannot be followed, that may read whatever it likes of the row: of the
relations from there nothing is told.
"""

from __future__ import annotations

from collections.abc import Iterator

from .responses import Response
from .values import UselessLoad

__all__ = ["useless_loads_of"]


def useless_loads_of(response: Response) -> Iterator[UselessLoad]:
    """The relations that `response` loads beside its rows and does not read, the shortest paths first."""
    if response.lost is None or not response.sure:
        return
    read = {one.path[: length + 1] for one in response.reads for length in range(len(one.path))}
    told: set[tuple[str, ...]] = set()
    for path in sorted(response.loads.chosen, key=lambda one: (len(one), one)):
        if path in read or path[0] in response.loads.names or response.lost & {(), path, *_beginnings(path)}:
            continue
        if not told & _beginnings(path):
            told.add(path)
            yield UselessLoad(response.view, response.route, response.action, "__".join(path))


def _beginnings(path: tuple[str, ...]) -> set[tuple[str, ...]]:
    return {path[:length] for length in range(1, len(path))}
