"""What did the guard see of each request? Asks every endpoint, and collects reports and log lines."""

from __future__ import annotations

import logging
import queue
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from nplusone_guard.signals import report_ready

from ..api_urls import ENDPOINTS
from .server import Answer, RequestFailedError, get

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

    from nplusone_guard import Report

LOGGER = "nplusone_guard"
ROUNDS = 5  # the database time of one request says more about what else the machine did
_REPORT_TIMEOUT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Visit:
    """One request to one endpoint: what came back, and what the guard reported."""

    path: str
    answer: Answer
    report: Report


@dataclass(frozen=True, slots=True)
class Comparison:
    """An endpoint as it was written, and as it was fixed; the database time is the median of all rounds."""

    endpoint: str
    naive: Visit
    optimized: Visit
    naive_db_ms: float
    optimized_db_ms: float


class _Reports:
    """The guard's reports by path, as the server's threads send them."""

    def __init__(self) -> None:
        self._reports: dict[str, queue.SimpleQueue[Report]] = {}

    def expect(self, path: str) -> None:
        self._reports[path] = queue.SimpleQueue()

    def receive(self, report: Report, request: HttpRequest | None, **_: Any) -> None:
        if request is not None and request.path in self._reports:
            self._reports[request.path].put(report)

    def take(self, path: str) -> Report:
        try:
            return self._reports[path].get(timeout=_REPORT_TIMEOUT_SECONDS)
        except queue.Empty:
            raise RequestFailedError(
                f"The guard sent no report about {path}. Is NPlusOneMiddleware in MIDDLEWARE, "
                "and NPLUSONE_GUARD as delivered?"
            ) from None


def compare_endpoints(address: str) -> list[Comparison]:
    """Visit each endpoint on both sides, `ROUNDS` times in turn.

    Raises:
        RequestFailedError: One did not answer, has no rows, or the two sides answered differently.
    """
    reports = _Reports()
    report_ready.connect(reports.receive)
    try:
        # The first request imports the views; it is not one of those that are compared.
        get(f"{address}/api/naive/")
        return [_compare(endpoint, address, reports) for endpoint in ENDPOINTS]
    finally:
        report_ready.disconnect(reports.receive)


def _compare(endpoint: str, address: str, reports: _Reports) -> Comparison:
    rounds = [
        [_visit(f"{address}/api/{side}/{endpoint}/", reports) for side in ("naive", "optimized")]
        for _ in range(ROUNDS)
    ]
    naive, optimized = rounds[0]
    _require_same_rows(naive, optimized)
    naive_db_ms, optimized_db_ms = (
        median(visit.report.db_time_ms for visit in visits) for visits in zip(*rounds, strict=True)
    )
    return Comparison(endpoint, naive, optimized, naive_db_ms, optimized_db_ms)


def _visit(address: str, reports: _Reports) -> Visit:
    path = urlsplit(address).path
    reports.expect(path)
    answer = get(address)
    return Visit(path, answer, reports.take(path))


def _require_same_rows(naive: Visit, optimized: Visit) -> None:
    rows = naive.answer.body["results"]
    if not rows:
        raise RequestFailedError(f"{naive.path} has no rows. Run `manage.py seed` first.")
    if rows != optimized.answer.body["results"]:
        raise RequestFailedError(f"{naive.path} and {optimized.path} do not return the same rows.")


@contextmanager
def recorded_log_lines() -> Iterator[list[str]]:
    """While inside, the guard's log lines go to the list instead of the handlers that LOGGING names.

    They are formatted as the first of these handlers does it: they are the lines that it would have written.
    """
    logger = logging.getLogger(LOGGER)
    configured = logger.handlers[:]
    recorder = _LineRecorder()
    recorder.setFormatter(configured[0].formatter if configured else None)
    logger.handlers[:] = [recorder]
    try:
        yield recorder.lines
    finally:
        logger.handlers[:] = configured


class _LineRecorder(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))
