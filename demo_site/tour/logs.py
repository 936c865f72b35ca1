"""What did the guard write to the log meanwhile? Stands in for the handlers of its logger."""

from __future__ import annotations

import logging
from typing import Self

LOGGER = "nplusone_guard"
EVENT = "nplusone.detected"


class LogRecorder(logging.Handler):
    """Stands in for the handlers that LOGGING gave the guard's logger, while the tour runs.

    It formats as the first of these handlers does: its lines are those that would have been written.

    Attributes:
        events: The lines about findings.
        others: Lines about anything else, such as the guard turning itself off.
    """

    def __init__(self) -> None:
        super().__init__()
        self.events: list[str] = []
        self.others: list[str] = []
        self._logger = logging.getLogger(LOGGER)
        self._configured = self._logger.handlers[:]
        if self._configured:
            self.setFormatter(self._configured[0].formatter)

    def __enter__(self) -> Self:
        self._logger.handlers[:] = [self]
        return self

    def __exit__(self, *_: object) -> None:
        self._logger.handlers[:] = self._configured

    def emit(self, record: logging.LogRecord) -> None:
        lines = self.events if getattr(record, "event", None) == EVENT else self.others
        lines.append(self.format(record))
