"""What is a phase? A number of users on one side for some seconds; an order goes in, an outcome comes out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from typing import Any

from .scenario import Endpoint
from .server import ROOT

TIMEOUT_SECONDS = 30
"""When a user gives up a request; what gunicorn, too, gives it by default."""


class PhaseFailedError(Exception):
    """The users could not be run; the text has what their process wrote last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the users are to do.

    Attributes:
        address: Where the site is.
        process: The process whose children answer; their processor time is measured.
        side: `naive` or `optimized`.
        endpoints: What is asked for.
        users: How many at a time.
        thinking_seconds: How long each waits after an answer: at least, at most.
        spawning_seconds: How long it takes until all are there.
        warm_up_seconds: How long nothing is measured from then on.
        seconds: How long is measured.
        seed: Decides what each user asks for, and when.
    """

    address: str
    process: int
    side: str
    endpoints: list[Endpoint]
    users: int
    thinking_seconds: tuple[float, float] = (0, 0)
    spawning_seconds: float = 0.5
    warm_up_seconds: float
    seconds: float
    seed: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it.

    Attributes:
        seconds: How long was measured, exactly.
        milliseconds: The time of each answer, by endpoint.
        errors: What went wrong and how often, by endpoint.
        server_seconds: Processor time of the site's processes.
        users_seconds: Processor time of the users' process.
        database_seconds: Processor time of the database's processes.
        other_seconds: Processor time of what has nothing to do with it: neither these nor the database.
    """

    seconds: float
    milliseconds: dict[str, list[float]]
    errors: dict[str, dict[str, int]]
    server_seconds: float
    users_seconds: float
    database_seconds: float = 0.0
    other_seconds: float = 0.0


def order_from(fields: dict[str, Any]) -> Order:
    """An order that was JSON on its way."""
    return Order(**{**fields, "endpoints": [Endpoint(**endpoint) for endpoint in fields["endpoints"]]})


def run(order: Order) -> Outcome:
    """Have it done by a process of its own."""
    command = [sys.executable, "-m", "benchmarks.load.users"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        # The address has no name, and gevent would ask a thread for it at each connection.
        env={**os.environ, "GEVENT_RESOLVER": "block"},
        input=json.dumps(asdict(order)),
        capture_output=True,
        check=False,
        text=True,
    )
    if done.returncode:
        raise PhaseFailedError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return Outcome(**json.loads(done.stdout))
