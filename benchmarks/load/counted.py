"""What runs under valgrind: `benchmarks.load.instructions` starts it and reads what it prints."""

from __future__ import annotations

import gc
import json
import os
import sys

import django

django.setup()

from django.db import connections  # noqa: E402

from demo_site.wsgi import application  # noqa: E402

from . import database  # noqa: E402
from .in_process import ask  # noqa: E402
from .instructions import COUNTED, WARM_UP  # noqa: E402
from .measuring import SIDES  # noqa: E402
from .scenario import Endpoint, endpoints  # noqa: E402


def main(seed: str) -> None:
    """Ask everything; print for each side and endpoint the two children to compare."""
    every = endpoints(database.sample(int(seed)))
    for side in SIDES:
        for endpoint in every:
            _ask(side, endpoint, WARM_UP)
    for side in SIDES:
        for endpoint in every:
            children = [_fork(side, endpoint, times) for times in (WARM_UP, WARM_UP + COUNTED)]
            print(json.dumps([side, endpoint.name, children]), flush=True)


def _ask(side: str, endpoint: Endpoint, times: int) -> None:
    for number in range(times):
        ask(application, f"/api/{side}/{endpoint.paths[number % len(endpoint.paths)]}")


def _fork(side: str, endpoint: Endpoint, times: int) -> int:
    """Ask in a child with a connection of its own; its process id, when it is over."""
    connections.close_all()
    gc.collect()
    gc.freeze()
    child = os.fork()
    if not child:
        _ask(side, endpoint, times)
        os._exit(0)  # at once: the parent's exit handlers are the parent's
    if os.waitpid(child, 0)[1]:
        raise ChildProcessError(f"{endpoint.name} on {side} failed")
    return child


if __name__ == "__main__":
    main(*sys.argv[1:])
