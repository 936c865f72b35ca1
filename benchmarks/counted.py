"""What runs under valgrind: `benchmarks.instructions` starts it and reads what it prints."""

from __future__ import annotations

import json
import sys

from .project import set_up, use_database

set_up()

from .instructions import WARM_UP  # noqa: E402
from .peers import recorder_named  # noqa: E402
from .processes import CannotRunError, Runner, fork  # noqa: E402
from .recorders import NOBODY, Recorder  # noqa: E402
from .sizes import Sizes  # noqa: E402
from .workloads import Workload, workloads  # noqa: E402


def main(database: str, sizes: str, *recorders: str) -> None:
    """Run everything; print for each recorder and workload the two children to compare."""
    use_database(database)
    measured = Sizes(**json.loads(sizes))
    every = workloads(measured)
    warm = Runner(NOBODY, every)
    for workload in every:
        warm.run(workload.name)
    for name in recorders:
        for workload in every:
            print(
                json.dumps([name, workload.name, _children(recorder_named(name), workload, measured.runs)]),
                flush=True,
            )


def _children(recorder: Recorder, workload: Workload, runs: int) -> list[int]:
    try:
        return [
            fork(lambda times=times: Runner(recorder, [workload]).run(workload.name, times))
            for times in (WARM_UP, WARM_UP + runs)
        ]
    except CannotRunError:
        return []


if __name__ == "__main__":
    main(*sys.argv[1:])
