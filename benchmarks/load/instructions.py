"""What does one request take, whatever else the machine does? `python -m benchmarks.load.instructions`.

The instructions of the site's own process, counted by valgrind, and the processor time of the database's process
that answers it. The site is asked without a server, with the settings of the load benchmark, its caches warm.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import fmean

import django
from rich.console import Console
from rich.table import Table

from ..instructions import HOW_TO_INSTALL, counted_in, is_possible, under_valgrind
from . import database
from .in_process import ask
from .measuring import SIDES
from .scenario import Endpoint, endpoints

Figures = dict[str, dict[str, float]]
"""By side and endpoint."""

ASKED = 100
"""Requests that the database's time is measured over."""

WARM_UP = 2
"""Requests before those that are counted."""

COUNTED = 2
"""Requests that are counted."""


def millions(environment: dict[str, str], seed: int) -> Figures:
    """Instructions of one request, in millions."""
    found: Figures = {side: {} for side in SIDES}
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            under_valgrind([sys.executable, "-m", "benchmarks.load.counted", str(seed)], f"{folder}/%p"),
            env={**environment, "PYTHONHASHSEED": "0"},
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        )
        for line in done.stdout.splitlines():
            side, endpoint, children = json.loads(line)
            fewer, more = (counted_in(Path(folder) / str(child)) for child in children)
            found[side][endpoint] = (more - fewer) / COUNTED / 1e6
    return found


def database_milliseconds(every: list[Endpoint]) -> Figures:
    """Processor time that the process of PostgreSQL behind our connection takes for one request."""
    from django.db import connection  # noqa: PLC0415 - Django is set up by the caller

    from demo_site.wsgi import application  # noqa: PLC0415

    def spent() -> int:
        connection.ensure_connection()
        process = connection.connection.info.backend_pid
        return int(Path(f"/proc/{process}/schedstat").read_text().split()[0])

    found: Figures = {side: {} for side in SIDES}
    for side in SIDES:
        for endpoint in every:
            paths = [f"/api/{side}/{path}" for path in endpoint.paths]
            for path in paths:
                ask(application, path)
            before = spent()
            for number in range(ASKED):
                ask(application, paths[number % len(paths)])
            found[side][endpoint.name] = (spent() - before) / ASKED / 1e6
    return found


def main() -> None:
    """Count, and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load.instructions", description=__doc__)
    parser.add_argument("--size", default="large", help="of the seeded database")
    parser.add_argument("--seed", type=int, default=1, help="decides which rows are asked for")
    arguments = parser.parse_args()
    if not is_possible():
        sys.exit(HOW_TO_INSTALL)
    environment = database.environment("postgresql", database.name_for(arguments.size)) | {"LOAD_GUARD": "off"}
    os.environ.update(environment)
    django.setup()
    database.prepare(arguments.size)
    every = endpoints(database.sample(arguments.seed))
    Console().print(_table(every, database_milliseconds(every), millions(environment, arguments.seed)))


def _table(every: list[Endpoint], times: Figures, counts: Figures) -> Table:
    table = Table(title="One request, naive → optimized")
    for name in ("", "million instructions", "times fewer", "database ms", "times less"):
        table.add_column(name, justify="right" if name else "left")
    for endpoint in every:
        table.add_row(endpoint.name, *_compared(counts, [endpoint.name]), *_compared(times, [endpoint.name]))
    names = [endpoint.name for endpoint in every]
    table.add_row("all, on average", *_compared(counts, names), *_compared(times, names))
    return table


def _compared(figures: Figures, names: list[str]) -> tuple[str, str]:
    naive, optimized = (fmean(figures[side][name] for name in names) for side in SIDES)
    return f"{naive:.2f} → {optimized:.2f}", f"{naive / optimized:.1f} ×"


if __name__ == "__main__":
    main()
