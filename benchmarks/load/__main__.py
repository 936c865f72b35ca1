"""How does the demo site bear load? `make bench-load`, or `python -m benchmarks.load`.

Naive and optimized under the same load in turns, without the guard and with it: what the fixes gain, and what the
guard costs. `--size small --seconds 2 --rounds 1` is a trial; its figures mean nothing.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path

import django
from rich.console import Console

from ..machine import commit, machine
from . import database
from .measuring import Measured, Plan, Turns, count_all
from .report import Conditions, tables, write
from .scenario import endpoints
from .server import running

LIBRARIES = ("Django", "djangorestframework", "psycopg", "gunicorn", "locust")
RESULTS = Path(__file__).parent.parent / "results" / "load.md"


def measure(plan: Plan, environment: dict[str, str], console: Console) -> Measured:
    """Start the site, measure everything, and stop it."""
    every = endpoints(database.sample(plan.seed))
    with ExitStack() as stack:
        logs = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        console.print("Counting statements …")
        with running(environment, "counting", logs / "counting.log") as counting:
            counts, wide_counts = count_all(counting.address, every)
        servers = {
            guard: stack.enter_context(running(environment, guard, logs / f"{guard}.log"))
            for guard in ("off", "on")
        }
        turns = Turns(plan, every, servers, console.print)
        return Measured(
            endpoints=every,
            counts=counts,
            wide_counts=wide_counts,
            alone=turns.alone(),
            crowd=turns.crowd(),
            list_crowd=turns.list_crowd(),
            wide_crowd=turns.wide_crowd(),
            patient=turns.patient(),
        )


def main() -> None:
    """Measure, print, and write `benchmarks/results/load.md`."""
    arguments = _parser().parse_args()
    console = Console()
    name = arguments.database_name or database.name_for(arguments.size)
    environment = database.environment(arguments.database, name)
    os.environ.update(environment)
    django.setup()
    described = commit()
    database.prepare(arguments.size)
    plan = Plan(
        size=arguments.size,
        users=arguments.users,
        rounds=arguments.rounds,
        seconds=arguments.seconds,
        alone_rounds=arguments.alone_rounds,
        alone_seconds=arguments.alone_seconds,
        patient_users=arguments.patient_users,
        thinking_seconds=tuple(arguments.thinking_seconds),
        patient_seconds=arguments.patient_seconds,
        warm_up_seconds=arguments.warm_up_seconds,
        seed=arguments.seed,
    )
    before, started = os.getloadavg()[0], time.monotonic()
    measured = measure(plan, environment, console)
    conditions = Conditions(
        machine=f"{machine()}, {database.version()}, {', '.join(f'{name} {version(name)}' for name in LIBRARIES)}",
        commit=described,
        load_average=before,
        minutes=(time.monotonic() - started) / 60,
    )
    if arguments.drop:
        database.drop()
    for table in tables(measured, plan):
        console.print(table)
    write(measured, plan, conditions, arguments.output)
    console.print(f"Written to {arguments.output}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.load",
        description=__doc__,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--size", default="large", help="of the seeded database")
    add("--database", choices=["postgresql", "sqlite"], default="postgresql", help="SQLite is for a trial")
    add("--database-name", help="by default nplusone_load; SQLite's file")
    add("--drop", action="store_true", help="delete the database afterwards, rather than keep it for the next run")
    add("--users", type=int, default=100, help="users at a time who do not think")
    add("--rounds", type=int, default=6, help="rounds of them; in each, every variant has its turn")
    add("--seconds", type=float, default=10, help="measured seconds of a turn")
    add("--alone-rounds", type=int, default=2, help="rounds with one user at a time")
    add("--alone-seconds", type=float, default=15, help="measured seconds of such a turn")
    add("--patient-users", type=int, default=2000, help="users at a time who think")
    add("--thinking-seconds", type=float, nargs=2, default=[10, 20], metavar=("LEAST", "MOST"), help="how long")
    add("--patient-seconds", type=float, default=60, help="measured seconds with them")
    add("--warm-up-seconds", type=float, default=5, help="at the beginning of each turn, not measured")
    add("--seed", type=int, default=1, help="decides who asks for what")
    add("--output", type=Path, default=RESULTS, help="the file to write")
    return parser


if __name__ == "__main__":
    main()
