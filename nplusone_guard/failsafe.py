"""What happens when the guard itself breaks: it does without, and says so once per process."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from contextlib import suppress

from .scope import Scope

__all__ = ["log_once", "turn_off"]

_FRAMES = 3  # enough to find the place; the line stays one line

_once = threading.Lock()


def turn_off(scope: Scope | None) -> None:
    """Stop watching in `scope` because of the exception that is being handled, and log it once per process."""
    if scope is not None:
        scope.broken, scope.counts_aside = True, False
    log_once(f"the guard turned itself off for this {scope.kind if scope is not None else 'process'}")


def log_once(consequence: str) -> None:
    """Log the exception that is being handled, unless one was logged in this process before.

    The exception's type and place are written, not its text: that may quote what the application asked for.

    Args:
        consequence: What the guard does without, in words that follow a dash.
    """
    if not _once.acquire(blocking=False):
        return
    error = sys.exc_info()[1]
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:] if error else []
    # A handler of the project's may raise, and it is not in a position to be told.
    with suppress(Exception):
        # Not at import: pytest goes through all loggers there are six times a test.
        logging.getLogger("nplusone_guard").error(
            "nplusone.internal_error error=%s at=%s — %s; the application is not affected, and further errors of "
            "this process are not logged. Please report it.",
            type(error).__name__,
            " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames)),
            consequence,
        )
