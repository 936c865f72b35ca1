"""What did the guard see of each request? Asks every address on both sides, and collects the reports."""

from __future__ import annotations

import json
import queue
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.core.cache import cache
from django.db import transaction

from nplusone_guard.signals import report_ready

from ..reports.tasks import write_tutor_reports_naive, write_tutor_reports_optimized
from ..scheduling.models import Lesson
from ..seeding import demo_user
from .server import RequestFailedError, Visitor
from .stops import Stop, stops

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.http import HttpRequest

    from nplusone_guard import Report

    from .server import Answer

ROUNDS = 3  # what is above the best of them is what else the machine did meanwhile
TASK = Stop("task", "tutor reports", "write_tutor_reports_{side}")
_REPORT_TIMEOUT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Visit:
    """One request to one address, or one run of a task: how long it took, and what the guard reported."""

    path: str
    report: Report
    milliseconds: float
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A stop as it was written, and as it was fixed; of each side the fastest round."""

    stop: Stop
    naive: Visit
    optimized: Visit


class _Reports:
    """The guard's reports by path, as the server's threads send them, and those of tasks by their kind."""

    def __init__(self) -> None:
        self._reports: dict[str, queue.SimpleQueue[Report]] = {}

    def expect(self, path: str) -> None:
        self._reports[path] = queue.SimpleQueue()

    def receive(self, report: Report, request: HttpRequest | None, **_: Any) -> None:
        path = request.path if request is not None else report.scope_kind
        if path in self._reports:
            self._reports[path].put(report)

    def take(self, path: str) -> Report:
        try:
            return self._reports[path].get(timeout=_REPORT_TIMEOUT_SECONDS)
        except queue.Empty:
            raise RequestFailedError(
                f"The guard sent no report about {path}. Is NPlusOneMiddleware in MIDDLEWARE, "
                "and NPLUSONE_GUARD as delivered?"
            ) from None


def every_stop() -> list[Stop]:
    """What the tour compares, in its order.

    Raises:
        RequestFailedError: There are no rows to ask for.
    """
    return [*stops(), TASK]


def compare(address: str, tour: list[Stop]) -> Iterator[Comparison]:
    """Visit each stop on both sides, `ROUNDS` times in turn.

    Raises:
        RequestFailedError: One did not answer, has no rows, or the two sides answered differently.
    """
    reports = _Reports()
    report_ready.connect(reports.receive)
    try:
        guest, member = Visitor(address), Visitor(address)
        member.sign_in(demo_user.EMAIL, demo_user.PASSWORD)
        # The first request imports the views; it is not one of those that are compared.
        guest.get("/api/naive/")
        for stop in tour:
            if stop is TASK:
                yield _compare(stop, lambda side: _run_task(side, reports))
            else:
                visitor = member if stop.signed_in else guest
                yield _compare(
                    stop, lambda side, stop=stop, visitor=visitor: _visit(stop.path(side), visitor, reports)
                )
    finally:
        report_ready.disconnect(reports.receive)


def _compare(stop: Stop, visit: Callable[[str], Visit]) -> Comparison:
    rounds = [[visit(side) for side in ("naive", "optimized")] for _ in range(ROUNDS)]
    _require_same(*rounds[0])
    naive, optimized = (min(visits, key=lambda visit: visit.milliseconds) for visits in zip(*rounds, strict=True))
    return Comparison(stop, naive, optimized)


def _visit(path: str, visitor: Visitor, reports: _Reports) -> Visit:
    plain = urlsplit(path).path
    cache.clear()  # each request is shown as the first of its minute
    reports.expect(plain)
    answer = visitor.get(path)
    return Visit(path, reports.take(plain), answer.milliseconds, answer)


def _run_task(side: str, reports: _Reports) -> Visit:
    """Write the reports of the first week, and leave the database as it was."""
    tasks = {"naive": write_tutor_reports_naive, "optimized": write_tutor_reports_optimized}
    week_start = Lesson.objects.earliest("start_time").start_time.date()
    reports.expect("task")
    with transaction.atomic():
        started = time.perf_counter()
        tasks[side](week_start)
        milliseconds = (time.perf_counter() - started) * 1000
        transaction.set_rollback(True)
    return Visit(TASK.path(side), reports.take("task"), milliseconds)


def _require_same(naive: Visit, optimized: Visit) -> None:
    if naive.answer is None or optimized.answer is None:
        return
    shown, fixed = _shown(naive.answer.text), _shown(optimized.answer.text)
    if shown != fixed:
        raise RequestFailedError(f"{naive.path} and {optimized.path} do not answer the same.")
    if isinstance(shown, dict) and shown.get("results") == []:
        raise RequestFailedError(f"{naive.path} has no rows. Run `manage.py seed --replace`.")


def _shown(text: str) -> Any:
    """What an answer shows: its JSON, or the rows of its table, without what names the side."""
    text = text.replace("/naive/", "/optimized/")
    if text.startswith("{"):
        return json.loads(text)
    return text.partition("<tbody>")[2].partition("</tbody>")[0] or text
