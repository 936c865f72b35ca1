"""Who loads the site? Locust's users, in a process of their own: `python -m benchmarks.load.users`.

The order comes in as JSON and what was measured goes out as JSON. Locust replaces the standard library's sockets
for its whole process, which is why nothing else of the benchmark runs in it.
"""

from __future__ import annotations

import itertools
import json
import re
import sys
import time
from collections import Counter, defaultdict
from dataclasses import asdict
from random import Random
from typing import TYPE_CHECKING, Any

import gevent
import psutil
from locust import FastHttpUser, task
from locust.env import Environment

from .phases import TIMEOUT_SECONDS, Order, Outcome, order_from
from .scenario import walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Recorder:
    """Holds what is answered while it is open, by endpoint."""

    def __init__(self) -> None:
        self.is_open = False
        self.milliseconds: dict[str, list[float]] = defaultdict(list)
        self.errors: dict[str, Counter[str]] = defaultdict(Counter)

    def receive(self, name: str, response_time: float, exception: BaseException | None, **rest: Any) -> None:
        """Take one answer from Locust."""
        if not self.is_open:
            return
        if exception is None:
            self.milliseconds[name].append(round(response_time, 2))
        else:
            self.errors[name][_in_words(exception)] += 1


def follow(order: Order) -> Outcome:
    """Let the users in, measure, and let those who wait for an answer have it."""
    recorder = Recorder()
    environment = Environment(user_classes=[_user_class(order)], stop_timeout=2 * TIMEOUT_SECONDS)
    environment.events.request.add_listener(recorder.receive)
    runner = environment.create_local_runner()
    runner.start(order.users, spawn_rate=order.users / order.spawning_seconds)
    gevent.sleep(order.spawning_seconds + order.warm_up_seconds)
    recorder.is_open = True
    started, before = time.perf_counter(), _processor_seconds(order.process)
    gevent.sleep(order.seconds)
    recorder.is_open = False
    seconds, after = time.perf_counter() - started, _processor_seconds(order.process)
    spent = {name: after[name] - before[name] for name in before}
    outcome = Outcome(
        seconds=seconds,
        milliseconds=dict(recorder.milliseconds),
        errors={name: dict(errors) for name, errors in recorder.errors.items()},
        server_seconds=spent["server"],
        users_seconds=spent["users"],
        database_seconds=spent["database"],
        other_seconds=spent["all"] - spent["server"] - spent["users"] - spent["database"],
    )
    # The site works off what it was asked for, so that the next phase begins with nobody in the queue.
    runner.quit()
    return outcome


def _user_class(order: Order) -> type[FastHttpUser]:
    """A user who follows the order. Each has a way of its own, the same in each phase and on each side."""
    numbers = itertools.count()

    class Visitor(FastHttpUser):
        host = order.address
        network_timeout = connection_timeout = TIMEOUT_SECONDS

        def on_start(self) -> None:
            seed = f"{order.seed}/{next(numbers)}"
            self.walk = walk(order.endpoints, seed)
            self.thinking = _thinking(order, seed)

        def wait_time(self) -> float:
            return next(self.thinking)

        @task
        def visit(self) -> None:
            name, path = next(self.walk)
            self.client.get(f"/api/{order.side}/{path}", name=name, headers={"Accept": "application/json"})

    return Visitor


def _in_words(error: BaseException) -> str:
    """Without the address, so that equal errors are counted together."""
    return re.sub(r"URL http\S+ ", "", f"{type(error).__name__}: {error}")[:100]


def _thinking(order: Order, seed: str) -> Iterator[float]:
    random = Random(f"{seed}/thinking")
    while True:
        yield random.uniform(*order.thinking_seconds)


def _processor_seconds(process: int) -> dict[str, float]:
    """What the site's processes, this one, the database's and all of the machine's have had."""
    machine = psutil.cpu_times()
    return {
        "server": _sum(psutil.Process(process).children()),
        "users": time.process_time(),
        "database": _sum(one for one in psutil.process_iter(["name"]) if one.info["name"] == "postgres"),
        "all": sum(machine) - machine.idle - getattr(machine, "iowait", 0) - getattr(machine, "guest", 0),
    }


def _sum(processes: Iterable[psutil.Process]) -> float:
    times = [process.cpu_times() for process in processes]
    return sum(time.user + time.system for time in times)


if __name__ == "__main__":
    print(json.dumps(asdict(follow(order_from(json.load(sys.stdin))))))
