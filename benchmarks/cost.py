"""What does the guard cost a statement? `python -m benchmarks.cost`, or `make bench`.

Each workload runs under each recorder in turn, round after round, so that all of them see the same machine. A
figure is the fastest of the rounds in processor time, as whatever else the machine does only adds to it: as a
ratio to no wrapper, and as microseconds a statement.
"""

from __future__ import annotations

import argparse
import gc
import logging
import os
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import process_time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.test import RequestFactory  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from nplusone_guard.capture import capture  # noqa: E402
from nplusone_guard.middleware import NPlusOneMiddleware  # noqa: E402
from nplusone_guard.watching import watch  # noqa: E402
from tests.library.models import Author, Book, Publisher  # noqa: E402

ROWS = 200
RAW = 2_000


def healthy() -> None:
    """200 different statements through the ORM."""
    for number in range(ROWS):
        list(Author.objects.extra(select={f"column_{number}": "1"}).filter(pk=number))


def n_plus_one() -> None:
    """One statement for the books, 200 for their authors."""
    for book in Book.objects.all():
        str(book.author)


def raw() -> None:
    """2,000 statements of one shape on a bare cursor, where nothing hides the cost."""
    with connection.cursor() as cursor:
        for number in range(RAW):
            cursor.execute("SELECT %s", [number])


WORKLOADS: dict[str, tuple[Callable[[], None], int]] = {
    "healthy request, 200 different statements": (healthy, ROWS),
    "N+1 of 200": (n_plus_one, ROWS + 1),
    "2,000 raw statements": (raw, RAW),
}


def _no_op(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
    return execute(sql, params, many, context)


def in_request(work: Callable[[], None]) -> None:
    """Run `work` as a view under the middleware."""

    def view(request: object) -> HttpResponse:
        work()
        return HttpResponse()

    NPlusOneMiddleware(view)(RequestFactory().get("/"))


@contextmanager
def wrappers(*installed: Callable[..., object]) -> Iterator[None]:
    """Exactly these execute wrappers."""
    before = list(connection.execute_wrappers)
    connection.execute_wrappers[:] = installed
    try:
        yield
    finally:
        connection.execute_wrappers[:] = before


def run_watched(work: Callable[[], None]) -> None:
    """Run `work` under `watch()`, which looks at every statement."""
    with watch():
        work()


RECORDERS: dict[str, tuple[tuple[Callable[..., object], ...], Callable[[Callable[[], None]], None]]] = {
    "no wrapper": ((), lambda work: work()),
    "no-op wrapper": ((_no_op,), lambda work: work()),
    "guard, outside of scopes": ((capture,), lambda work: work()),
    "guard, request": ((capture,), in_request),
    "guard, watch()": ((capture,), run_watched),
}


def measure(work: Callable[[], None], rounds: int) -> dict[str, float]:
    """The least processor seconds of `work` under each recorder."""
    seconds: dict[str, list[float]] = {name: [] for name in RECORDERS}
    for number in range(rounds + 1):
        # Each round begins with another recorder, so that none always follows the heaviest.
        order = deque(RECORDERS.items())
        order.rotate(number)
        for name, (installed, run) in order:
            gc.collect()
            gc.disable()
            with wrappers(*installed):
                started = process_time()
                run(work)
                elapsed = process_time() - started
            gc.enable()
            if number:  # the first round warms up
                seconds[name].append(elapsed)
    return {name: min(values) for name, values in seconds.items()}


def stock() -> None:
    """200 books of 200 authors."""
    authors = Author.objects.bulk_create(Author(name=str(n), email=str(n)) for n in range(ROWS))
    publisher = Publisher.objects.create(name="x")
    Book.objects.bulk_create(Book(title="x", author=author, publisher=publisher) for author in authors)


def quiet_log() -> None:
    """Findings are logged in production too, to a handler that discards them here."""
    logging.getLogger("nplusone_guard").addHandler(logging.NullHandler())
    logging.getLogger("nplusone_guard").propagate = False


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60, help="rounds of each workload (default: 60)")
    rounds = parser.parse_args().rounds
    quiet_log()
    with tempfile.TemporaryDirectory() as folder:
        if connection.vendor == "sqlite":
            connections.settings["default"]["NAME"] = connection.settings_dict["NAME"] = str(Path(folder) / "db")
        call_command("migrate", verbosity=0)
        stock()
        table = Table(title=f"Cost on {connection.vendor}, fastest of {rounds} rounds")
        table.add_column("recorder")
        for name in WORKLOADS:
            table.add_column(name, justify="right")
        results = [(measure(work, rounds), statements) for work, statements in WORKLOADS.values()]
        for name in RECORDERS:
            cells = []
            for seconds, statements in results:
                base = seconds["no wrapper"]
                added = (seconds[name] - base) / statements * 1e6
                cells.append(f"{(seconds[name] / base - 1) * 100:+.1f} %, {added:+.2f} µs each")
            table.add_row(name, *cells)
        Console().print(table)
        connection.close()


if __name__ == "__main__":
    main()
