"""A fixture that is set up in the middle of a body, or of a block with a budget: what it does is left out.

Most fixtures are set up before the body. A hook of ours around the set-up would be called for every one of them,
which takes a test with ten fixtures as long as all else that is done around it; so the hooks are listened to only
while something is open, when next to none is called.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from .ambience import ambience

if TYPE_CHECKING:
    from pluggy import PluginManager

__all__ = ["LateFixtures", "late_fixtures_of"]

_HOOK = "pytest_fixture_setup"


class LateFixtures:
    """Leaves nothing ambient while a fixture is set up, from the first `begin()` to the last `end()`.

    Args:
        manager: Whose hooks these are.
    """

    def __init__(self, manager: PluginManager) -> None:
        self._manager = manager
        self._open = 0  # blocks, which may overlap without being nested
        self._stop: Callable[[], None] | None = None
        self._silences: list[ambience] = []

    def begin(self) -> None:
        """A body or a block begins."""
        self._open += 1
        if self._stop is None:
            self._stop = self._manager.add_hookcall_monitoring(self._before, self._after)

    def end(self) -> None:
        """It has ended."""
        self._open -= 1
        if self._stop is not None and not self._open:
            self._stop()
            self._stop = None

    def __enter__(self) -> None:
        self.begin()

    def __exit__(self, *_: object) -> None:
        self.end()

    def _before(self, hook_name: str, *_: object) -> None:
        if hook_name == _HOOK:
            silence = ambience(None)
            silence.__enter__()
            self._silences.append(silence)

    def _after(self, _outcome: object, hook_name: str, *_: object) -> None:
        if hook_name == _HOOK:
            self._silences.pop().__exit__()


def late_fixtures_of(config: pytest.Config) -> LateFixtures:
    """Those of a run."""
    late = config.stash.get(_LATE_FIXTURES, None)
    if late is None:
        late = config.stash[_LATE_FIXTURES] = LateFixtures(config.pluginmanager)
    return late


_LATE_FIXTURES = pytest.StashKey[LateFixtures]()
