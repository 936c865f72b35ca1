"""How much processor time does a workload take? The fastest of many rounds, as all else only adds to it."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from contextlib import ExitStack

from .processes import CannotRunError, Runner, Worker
from .recorders import Recorder
from .workloads import Workload

__all__ = ["Times", "measure"]

Times = dict[str, dict[str, float | str]]
"""By recorder and workload: processor seconds of one run, or why there are none."""


def measure(recorders: Sequence[Recorder], workloads: list[Workload], rounds: int) -> Times:
    """The least processor seconds of each workload under each recorder, interleaved."""
    times: Times = {recorder.name: {} for recorder in recorders}
    with ExitStack() as stack:
        workers = [
            (recorder.name, stack.enter_context(Worker(lambda recorder=recorder: Runner(recorder, workloads).run)))
            for recorder in recorders
        ]
        for workload in workloads:
            # The first round warms up. Each begins with another recorder: none always follows the heaviest.
            for number in range(rounds + 1):
                order = deque(workers)
                order.rotate(number)
                for name, worker in order:
                    _add(times[name], workload.name, worker, warm=number > 0)
    return times


def _add(times: dict[str, float | str], workload: str, worker: Worker, *, warm: bool) -> None:
    before = times.get(workload)
    if isinstance(before, str):
        return
    try:
        seconds = worker.ask(workload)
    except CannotRunError as error:
        times[workload] = str(error)
    else:
        if warm:
            times[workload] = seconds if before is None else min(before, seconds)
