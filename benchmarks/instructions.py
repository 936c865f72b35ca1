"""How many instructions does a workload take? Counted by valgrind, the same in every run.

One process warms up and then forks, under valgrind, a child for each number of runs: two children differ by some
runs of a workload and by nothing else, so what they differ by is what these runs took. Hash seeds and addresses
are fixed. Processor counters would do as well, but few virtual machines have them.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from statistics import fmean

from .sizes import Sizes

__all__ = [
    "HOW_TO_INSTALL",
    "WARM_UP",
    "Counts",
    "count",
    "counted_in",
    "is_possible",
    "under_valgrind",
]

Counts = dict[str, dict[str, float | str]]
"""By recorder and workload: instructions of one run, or why there are none."""

HOW_TO_INSTALL = (
    "Instructions were not counted: valgrind is missing (Debian and Ubuntu: apt-get install valgrind)."
)

WARM_UP = 3
"""Runs before the ones that count: caches are filled, and the interpreter has specialized its bytecode."""


def is_possible() -> bool:
    """Whether valgrind is there."""
    return shutil.which("valgrind") is not None and hasattr(os, "fork")


def count(database: str, sizes: Sizes, recorders: Sequence[str], seeds: int = 3) -> Counts:
    """Instructions of one run of each workload under each of `recorders`: the mean of some hash seeds.

    Where a key comes to lie in a dict is worth some tenths of a percent of a request, and chance.
    """
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        every = list(pool.map(lambda seed: _count(database, sizes, recorders, seed), range(seeds)))
    return {
        recorder: {workload: _mean([counts[recorder][workload] for counts in every]) for workload in by_workload}
        for recorder, by_workload in every[0].items()
    }


def under_valgrind(command: Sequence[str], log: str) -> list[str]:
    """`command`, with its instructions counted into the file `log`, where `%p` is the process."""
    # Addresses decide where in a dict a key comes that is compared by identity.
    fixed = ["setarch", "-R"] if shutil.which("setarch") else []
    valgrind = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
    return [*fixed, *valgrind, f"--log-file={log}", *command]


def _mean(figures: Sequence[float | str]) -> float | str:
    numbers = [figure for figure in figures if not isinstance(figure, str)]
    return fmean(numbers) if len(numbers) == len(figures) else "fails"


def _count(database: str, sizes: Sizes, recorders: Sequence[str], seed: int) -> Counts:
    counts: Counts = {}
    with tempfile.TemporaryDirectory() as folder:
        python = [sys.executable, "-m", "benchmarks.counted", database, json.dumps(asdict(sizes)), *recorders]
        done = subprocess.run(
            under_valgrind(python, f"{folder}/%p"),
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        )
        for line in done.stdout.splitlines():
            recorder, workload, children = json.loads(line)
            counts.setdefault(recorder, {})[workload] = _difference(Path(folder), children, sizes.runs)
    return counts


def _difference(folder: Path, children: list[int], runs: int) -> float | str:
    if not children:
        return "fails"
    fewer, more = (counted_in(folder / str(child)) for child in children)
    return (more - fewer) / runs


def counted_in(log: Path) -> int:
    """How many instructions a log of valgrind tells of."""
    found = re.search(r"I +refs: +([\d,]+)", log.read_text())
    if found is None:
        raise RuntimeError(f"valgrind counted nothing: {log.read_text()}")
    return int(found[1].replace(",", ""))
