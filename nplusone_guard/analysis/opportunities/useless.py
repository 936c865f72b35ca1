"""What does a queryset load that its response never reads? Told only of lists whose serializer is all declared.

Code of the project that gets a row, a method field for one, may read whatever it likes: then nothing is told.
"""

from __future__ import annotations

from collections.abc import Iterator

from .responses import Response
from .values import UselessLoad

__all__ = ["useless_loads_of"]


def useless_loads_of(response: Response) -> Iterator[UselessLoad]:
    """The relations that `response` loads beside its rows and does not read, the shortest paths first."""
    if response.sources is None or not response.sure:
        return
    read = {one.path[: length + 1] for one in response.reads for length in range(len(one.path))}
    read |= {(name,) for name in response.sources & response.loads.names}
    told: set[tuple[str, ...]] = set()
    for path in sorted(response.loads.chosen, key=lambda one: (len(one), one)):
        if path not in read and path[0] not in response.loads.names and not told & _beginnings(path):
            told.add(path)
            yield UselessLoad(response.view, response.route, response.action, "__".join(path))


def _beginnings(path: tuple[str, ...]) -> set[tuple[str, ...]]:
    return {path[:length] for length in range(1, len(path))}
