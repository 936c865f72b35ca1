"""What does the guard cost? `python -m benchmarks.cost`, or `make bench`.

Instructions, processor time and memory of four workloads, without a tool, under a wrapper that does nothing,
under the guard in its two depths, and under the tools of others that are installed.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from .project import database, set_up

set_up()

from rich.console import Console  # noqa: E402

from . import instructions  # noqa: E402
from .held import weigh  # noqa: E402
from .peers import installed  # noqa: E402
from .recorders import OURS  # noqa: E402
from .report import Results, tables, write  # noqa: E402
from .sizes import Sizes  # noqa: E402
from .timing import measure  # noqa: E402
from .workloads import stock, workloads  # noqa: E402

SMALL = Sizes(rows=10, raw=10, held=100, runs=2)
RESULTS = Path(__file__).with_name("results") / "cost.md"


def run(sizes: Sizes, rounds: int, *, seeds: int, peers: bool = True) -> Results:
    """Measure everything; no instructions without `seeds`."""
    recorders = [*OURS, *(installed() if peers else [])]
    with database() as name:
        stock(sizes)
        every = workloads(sizes)
        counts = instructions.count(name, sizes, [one.name for one in recorders], seeds) if seeds else {}
        return Results(
            sizes=sizes,
            rounds=rounds,
            statements={workload.name: workload.statements for workload in every},
            instructions=counts,
            seconds=measure(recorders, every, rounds),
            held=weigh(recorders, sizes),
        )


def main() -> None:
    """Measure, print, and write `benchmarks/results/cost.md`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40, help="rounds of each workload (default: 40)")
    parser.add_argument("--seeds", type=int, default=3, help="hash seeds to count instructions with (default: 3)")
    parser.add_argument("--time-only", action="store_true", help="do not count instructions, which takes minutes")
    parser.add_argument("--no-peers", action="store_true", help="leave out the tools of others")
    parser.add_argument("--small", action="store_true", help="tiny workloads, to see that it runs")
    parser.add_argument("--output", type=Path, default=RESULTS, help="the file to write")
    arguments = parser.parse_args()
    possible = instructions.is_possible()
    results = run(
        SMALL if arguments.small else Sizes(),
        arguments.rounds,
        seeds=arguments.seeds if possible and not arguments.time_only else 0,
        peers=not arguments.no_peers,
    )
    console = Console()
    for table in tables(results):
        console.print(table)
    if not possible:
        console.print(instructions.HOW_TO_INSTALL)
    write(results, arguments.output)
    console.print(f"Written to {arguments.output}")


if __name__ == "__main__":
    main()
