"""What does the pytest plugin cost a suite? `python -m benchmarks.pytest_cost`, or `make bench-pytest`.

A generated suite of trivial database tests runs without the plugin, with the plugin switched off, and in each of
its modes. A run with the plugin and one without begin at the same time and share one processor, which takes turns
every few milliseconds: what else the machine does hits both alike. Runs one after the other differ by a tenth.

Where valgrind is there, instructions are counted too: of one test, as what two small suites of different sizes
differ by, and so of the whole run.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import django
import pytest
from rich.console import Console
from rich.table import Table

from .instructions import HOW_TO_INSTALL, counted_in, is_possible, under_valgrind
from .machine import commit, machine
from .suite import write_suite

__all__ = ["MODES", "Mode", "measure"]

RESULTS = Path(__file__).with_name("results") / "pytest.md"
_FEWER, _MORE = 30, 90  # tests of the suites whose instructions are compared
_USAGE_ERROR = 4  # pytest's exit status


@dataclass(frozen=True, slots=True)
class Mode:
    """One way to run the suite.

    Attributes:
        name: What it is called in tables.
        options: What pytest is asked for.
        target: How many percent longer it may take than without the plugin, `None` without a target.
    """

    name: str
    options: tuple[str, ...]
    target: float | None = None


MODES = (
    Mode("without the plugin", ("-p", "no:nplusone")),
    Mode("installed, off", ()),
    Mode("--nplusone-strict", ("--nplusone-strict",), target=5),
    Mode("--nplusone-strict=latent", ("--nplusone-strict=latent",), target=15),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """What one mode came to.

    Attributes:
        mode: The mode.
        ratios: Processor time of the whole run to that of the one beside it without the plugin, of each round.
        instructions: `None` where they were not counted.
    """

    mode: Mode
    ratios: tuple[float, ...]
    instructions: Instructions | None


@dataclass(frozen=True, slots=True)
class Instructions:
    """How many there are.

    Attributes:
        start: What the run takes without its tests.
        test: What each test takes, with what is done around it.
    """

    start: float
    test: float

    @classmethod
    def of(cls, fewer: int, more: int) -> Instructions:
        """Those of two runs, of `_FEWER` tests and of `_MORE`."""
        test = (more - fewer) / (_MORE - _FEWER)
        return cls(fewer - _FEWER * test, test)

    def run(self, tests: int) -> float:
        """Those of a run of so many `tests`."""
        return self.start + tests * self.test


def measure(tests: int, rounds: int, *, count: bool) -> tuple[float, list[Measured]]:
    """Run everything: the processor seconds of the suite without the plugin, its fastest run; and the modes.

    The mode without the plugin is the first, beside itself: how far it is from 1 is what the method is worth.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_suite(folder / "suite", tests)
        modes = [mode for mode in MODES if _is_known(mode, folder)]
        ratios: dict[Mode, list[float]] = {mode: [] for mode in modes}
        fastest = float("inf")
        for mode in modes * rounds:
            without, with_it = _seconds_side_by_side((modes[0], mode), folder)
            fastest = min(fastest, without)
            ratios[mode].append(with_it / without)
        instructions = _instructions(modes, folder) if count else {}
        return fastest, [Measured(mode, tuple(ratios[mode]), instructions.get(mode)) for mode in modes]


def _command(mode: Mode) -> list[str]:
    return [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *mode.options]


def _is_known(mode: Mode, folder: Path) -> bool:
    """Whether this version of the plugin has the mode; and files are compiled before anything is measured."""
    done = subprocess.run(
        _command(mode), cwd=folder / "suite", env=_environment(folder), capture_output=True, check=False
    )
    return done.returncode != _USAGE_ERROR


def _environment(folder: Path) -> dict[str, str]:
    """That of this process; but what is compiled is kept beside the suite in `folder`.

    An installed package is compiled, and so is a suite that has run before. Where `PYTHONDONTWRITEBYTECODE` is set
    a checkout never is, and a third of what is measured of each test would be the compiler's.
    """
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    compiled = str(folder / "compiled")
    return {**kept, "PYTHONHASHSEED": "0", "PYTEST_ADDOPTS": "", "PYTHONPYCACHEPREFIX": compiled}


def _seconds_side_by_side(modes: tuple[Mode, Mode], folder: Path) -> tuple[float, float]:
    """Processor seconds of two runs that begin at the same time and share one processor, where that can be had."""
    output = folder / "output.txt"
    with output.open("w") as told:
        runs = [
            subprocess.Popen(
                _command(mode), cwd=folder / "suite", env=_environment(folder), stdout=told, stderr=told
            )
            for mode in modes
        ]
        if sys.platform == "linux":
            processor = max(os.sched_getaffinity(0))
            for run in runs:
                os.sched_setaffinity(run.pid, {processor})
        first, second = map(_processor_seconds, runs)
    if any(run.returncode for run in runs):
        raise RuntimeError(f"pytest failed:\n{output.read_text()}")
    return first, second


def _processor_seconds(run: subprocess.Popen[bytes]) -> float:
    _, status, usage = os.wait4(run.pid, 0)
    run.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime


def _run(command: list[str], folder: Path, suite: str) -> None:
    done = subprocess.run(
        command,
        cwd=folder / suite,
        env=_environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")


def _instructions(modes: list[Mode], folder: Path) -> dict[Mode, Instructions]:
    sizes = (_FEWER, _MORE)
    for size in sizes:
        write_suite(folder / str(size), size)
        _run(_command(modes[0]), folder, str(size))  # compiles its files

    def count(job: tuple[int, int]) -> int:
        number, size = job
        log = folder / f"{number}-{size}.log"
        _run(under_valgrind(_command(modes[number]), str(log)), folder, str(size))
        return counted_in(log)

    jobs = [(number, size) for number in range(len(modes)) for size in sizes]
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        counts = dict(zip(jobs, pool.map(count, jobs), strict=True))
    return {
        mode: Instructions.of(counts[number, _FEWER], counts[number, _MORE]) for number, mode in enumerate(modes)
    }


def _rows(fastest: float, measured: list[Measured], tests: int) -> list[list[str]]:
    base = measured[0]
    rows = []
    for one in measured:
        wanted = "" if one.mode.target is None else f" (≤ {one.mode.target:g} %)"
        least, middle, most = statistics.quantiles(one.ratios, n=4) if len(one.ratios) > 1 else one.ratios * 3
        seconds = f"{fastest:.2f} s" if one is base else _percent(middle) + wanted
        half = f"{_percent(least)} to {_percent(most)}"
        rows.append([one.mode.name, seconds, half, *_counted(one.instructions, base.instructions, tests, wanted)])
    return rows


def _counted(one: Instructions | None, base: Instructions | None, tests: int, wanted: str) -> tuple[str, str]:
    """The instructions of a run, and those of a test."""
    if one is None or base is None:
        return "–", "–"
    if one is base:
        return f"{one.run(tests) / 1e9:.1f} thousand million", f"{one.test / 1e6:.2f} million"
    return _percent(one.run(tests) / base.run(tests)) + wanted, f"{one.test - base.test:+,.0f}"


def _percent(ratio: float) -> str:
    return f"{(ratio - 1) * 100:+.1f} %"


_HEADER = ["", "processor time of the run", "half of the rounds", "instructions of the run", "of a test"]
_WHAT = """\
Written by `make bench-pytest`: {tests:,} tests, each of which creates a row and reads it. Percentages are against
pytest without the plugin; in brackets what is wanted at most."""

_HOW = """\
Processor time of the whole run, start and collection included, to that of a run without the plugin which began at
the same time and shared the processor: the median of {rounds} rounds, and between what half of them are. The first
line is such a pair without the plugin. Everything is compiled before, as installed packages are. Instructions of a
test are counted with what pytest and pytest-django do around it; those of the run are its start and all its
tests."""


def _versions() -> str:
    return f"Django {django.__version__}, pytest {pytest.__version__}"


def _write(rows: list[list[str]], tests: int, rounds: int, path: Path) -> None:
    lines = [_HEADER, ["---", *["---:"] * (len(_HEADER) - 1)], *rows]
    parts = [
        "# What the pytest plugin costs",
        _WHAT.format(tests=tests),
        f"Measured on {machine()}, {_versions()}, sqlite, at commit {commit()}.",
        "\n".join(f"| {' | '.join(line)} |" for line in lines),
        _HOW.format(rounds=rounds),
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def main() -> None:
    """Measure, print, and write `benchmarks/results/pytest.md`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tests", type=int, default=2_000, help="tests in the suite (default: 2,000)")
    parser.add_argument("--rounds", type=int, default=8, help="rounds of each mode (default: 8)")
    parser.add_argument("--time-only", action="store_true", help="do not count instructions, which takes minutes")
    parser.add_argument("--output", type=Path, default=RESULTS, help="the file to write")
    arguments = parser.parse_args()
    count = is_possible() and not arguments.time_only
    fastest, measured = measure(arguments.tests, arguments.rounds, count=count)
    rows = _rows(fastest, measured, arguments.tests)
    table = Table(*_HEADER)
    for row in rows:
        table.add_row(*row)
    console = Console()
    console.print(table)
    if not is_possible():
        console.print(HOW_TO_INSTALL)
    _write(rows, arguments.tests, arguments.rounds, arguments.output)
    console.print(f"Written to {arguments.output}")


if __name__ == "__main__":
    main()
