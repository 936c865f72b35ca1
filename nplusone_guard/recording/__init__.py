"""Records what runs, for `analyze_queries`: shapes, counts, times and lines, never a value.

Nothing is done for a statement. What a scope counted is added to a tally of the process when the scope has closed,
and the tally to the file now and then: at once, so that one sees it work, and more and more rarely up to once in
`_LONGEST_GAP` seconds; and at the end of the process.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time
from pathlib import Path

from ..conf import get_settings
from ..failsafe import log_once
from ..scope import Scope
from .file import WorkloadFileError, add_to_file
from .shapes import recorded_shapes
from .tally import Tally

__all__ = ["record"]

_LONGEST_GAP = 60.0  # seconds: what a process that is killed has not written
_PATIENCE = 5.0  # seconds that the end of a process waits for others that write

_logger = logging.getLogger("nplusone_guard")


def record(scope: Scope) -> None:
    """Add what `scope` saw to the workload, if one is recorded. Never raises.

    Args:
        scope: One that has closed. What is in another one is in that one's counts, and tests have an option of
            their own.
    """
    path = get_settings().record_workload
    if not path or scope.ancestors or scope.kind == "test":
        return
    try:
        _recorder_of(path).add(scope)
    except Exception:  # noqa: BLE001 — whatever it is, the application must not see it
        log_once("the workload of this scope is not recorded")


class _Recorder:
    """The tally of this process.

    Args:
        path: The file it goes to.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._tally = Tally()
        self._gap = 0.5
        self._next = 0.0
        self._stopped = False
        # Reentrant, as a garbage collection inside may run somebody's `__del__` that closes a scope.
        self._lock = threading.RLock()
        self._writing = threading.Lock()

    def add(self, scope: Scope) -> None:
        """Add what `scope` saw, and write it when it is time to."""
        if self._stopped:
            return
        with scope.lock:
            scope.count_all()
            shapes = list(recorded_shapes(scope))
        with self._lock:
            for shape in shapes:
                self._tally.add(shape)
            self._tally.truncated = self._tally.truncated or scope.truncated
            due = time.monotonic() >= self._next
        if due:
            self.write()

    def write(self) -> bool:
        """Add the tally to the file; whether nothing is left to be written."""
        if not self._writing.acquire(blocking=False):
            return False
        try:
            with self._lock:
                taken, self._tally = self._tally, Tally()
            return self._written(taken)
        finally:
            self._writing.release()

    def write_rest(self) -> None:
        """The process ends: wait for others that write the file, if there are any."""
        end = time.monotonic() + _PATIENCE
        while len(self._tally) and not self.write() and time.monotonic() < end:
            time.sleep(0.02)

    def _written(self, taken: Tally) -> bool:
        try:
            done = add_to_file(Path(self.path), taken)
        except (OSError, WorkloadFileError) as error:
            self._stopped = True
            _logger.error(  # noqa: TRY400 — where in our code it was is of no use
                "nplusone.workload_not_recorded: %s; this process records no more, the application goes on.",
                error,
            )
            return True
        with self._lock:
            if done:
                self._gap = min(self._gap * 2, _LONGEST_GAP)
                self._next = time.monotonic() + self._gap
            else:
                taken.add_all(self._tally)
                self._tally = taken
        return done


_recorder: _Recorder | None = None
_lock = threading.RLock()


def _recorder_of(path: str) -> _Recorder:
    global _recorder  # noqa: PLW0603 — a process has one workload at a time
    recorder = _recorder
    if recorder is None or recorder.path != path:
        with _lock:
            if _recorder is not None and _recorder.path != path:
                _recorder.write_rest()
            if _recorder is None or _recorder.path != path:
                _recorder = _Recorder(path)
            recorder = _recorder
    return recorder


def _write_rest() -> None:
    """What is left at the end of the process. Never raises."""
    try:
        if _recorder is not None:
            _recorder.write_rest()
    except Exception:  # noqa: BLE001 — the application must not see it
        log_once("the rest of the workload is not recorded")


def _start_over() -> None:
    """In a process that was forked: what its parent has recorded, its parent writes."""
    global _recorder, _lock
    _recorder, _lock = None, threading.RLock()


atexit.register(_write_rest)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_over)
