"""A process for each recorder: what one does to Django is nothing to the others."""

from __future__ import annotations

import gc
import json
import os
import sys
import traceback
from collections.abc import Callable
from time import process_time
from types import TracebackType
from typing import Any, NoReturn, Self

from django.db import connections

from .recorders import Recorder
from .workloads import Workload

__all__ = ["CannotRunError", "Runner", "Worker", "fork"]


_LONGEST = 100  # characters of an error in a table


class CannotRunError(Exception):
    """A recorder does not work here; the text says why."""


class Runner:
    """Runs workloads under one recorder, in the process it is made in.

    Args:
        recorder: Who records.
        workloads: What may be run.
    """

    def __init__(self, recorder: Recorder, workloads: list[Workload]) -> None:
        recorder.prepare()
        self._workloads = {workload.name: (workload, recorder.around(workload.respond)) for workload in workloads}

    def run(self, name: str, times: int = 1) -> float:
        """Run the workload `name`.

        The garbage collector runs as it does in production, where a recorder that leaves cycles pays for them. It
        has nothing to do with what was there before, whose size would decide what a collection costs.

        Returns:
            The processor seconds it took.
        """
        workload, respond = self._workloads[name]
        gc.collect()
        gc.freeze()
        started = process_time()
        for _ in range(times):
            response = respond(workload.request())
            if response.status_code != 200:
                raise CannotRunError(f"the response is {response.status_code}")
            # As the server does; some recorders work until here.
            response.close()
        return process_time() - started


def fork(work: Callable[[], Any]) -> int:
    """Run `work` in a child and return its process id when it is over.

    Raises:
        CannotRunError: It failed.
    """
    child = _start(work)
    if os.waitpid(child, 0)[1]:
        raise CannotRunError("see above")
    return child


def _start(work: Callable[[], Any]) -> int:
    sys.stdout.flush()
    # SQLite's connections do not survive a fork; and a server's would be shared.
    connections.close_all()
    child = os.fork()
    if not child:
        _work_and_exit(work)
    return child


def _work_and_exit(work: Callable[[], Any]) -> NoReturn:
    status = 1
    try:
        work()
        status = 0
    except BaseException:  # noqa: BLE001 — nothing of the parent's may go on here
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        # At once: the parent's exit handlers are the parent's.
        os._exit(status)


class Worker:
    """A child that answers orders until it is closed.

    Args:
        make: Runs in the child; returns what carries out an order and says what came of it, in plain values.
    """

    def __init__(self, make: Callable[[], Callable[[Any], Any]]) -> None:
        orders, self._orders = os.pipe()
        self._answers, answers = os.pipe()

        def serve() -> None:
            os.close(self._orders)  # so that the end of the parent is the end of the orders
            with os.fdopen(orders) as lines, os.fdopen(answers, "w") as out:
                carry_out: Callable[[Any], Any] | None = None
                for line in lines:
                    try:
                        carry_out = carry_out or make()
                        answer = {"answer": carry_out(json.loads(line))}
                    except Exception as error:  # noqa: BLE001 — whatever a recorder raises is its result
                        answer = {"error": f"cannot run here: {type(error).__name__}: {error}"}
                    print(json.dumps(answer), file=out, flush=True)

        self._child = _start(serve)
        os.close(orders)
        os.close(answers)
        self._out, self._in = os.fdopen(self._orders, "w"), os.fdopen(self._answers)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._out.close()
        self._in.close()
        os.waitpid(self._child, 0)

    def ask(self, order: Any) -> Any:
        """Give an order and wait for the answer.

        Raises:
            CannotRunError: It failed.
        """
        print(json.dumps(order), file=self._out, flush=True)
        answer = json.loads(self._in.readline() or '{"error": "the process died"}')
        if "error" in answer:
            raise CannotRunError(answer["error"].partition("\n")[0][:_LONGEST])
        return answer["answer"]
