"""What did the guard see of each request? Asks every endpoint, and collects reports and log lines."""

from __future__ import annotations

import logging
import queue
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from nplusone_guard.signals import report_ready

from ..api_urls import ENDPOINTS
from .server import Answer, RequestFailedError, get

if TYPE_CHECKING:
    from django.http import HttpRequest

    from nplusone_guard import Report

LOGGER = "nplusone_guard"
EVENT = "nplusone.detected"
ROUNDS = 5  # what is above the best of them is what else the machine did meanwhile
_REPORT_TIMEOUT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Visit:
    """One request to one endpoint: what came back, and what the guard reported."""

    path: str
    answer: Answer
    report: Report


@dataclass(frozen=True, slots=True)
class Comparison:
    """An endpoint as it was written, and as it was fixed; the database time is that of the best round."""

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
        min(visit.report.db_time_ms for visit in visits) for visits in zip(*rounds, strict=True)
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
