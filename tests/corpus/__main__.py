"""`python -m tests.corpus`: how right the guard is, and each thing that it gets wrong on one line.

python -m tests.corpus                    all of it, on the database that NPLUSONE_TEST_DB names
python -m tests.corpus lookups forward    only scenarios of this theme, or with this in their name
python -m tests.corpus --json             the same for programs
python -m tests.corpus --self-check       the statement counts that prove the labels
python -m tests.corpus --write-floor      take today's figures as those that may not fall
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from collections.abc import Sequence
from typing import Any

import django

FIGURES = ("precision", "recall", "labels", "culprits", "origins", "suggestions")


def main(arguments: Sequence[str]) -> int:
    """Measure and print; 1 if a label is not true."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpus", description="How right is the guard?")
    parser.add_argument("words", nargs="*", help="a theme, or a part of a scenario's name")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--self-check", action="store_true", help="print the statement counts instead")
    parser.add_argument("--write-floor", action="store_true", help="write the figures to floor.json")
    options = parser.parse_args(arguments)

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    # The findings are counted here; what the guard says when it breaks is still heard.
    logging.getLogger("nplusone_guard").setLevel(logging.ERROR)
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        if options.self_check:
            return _self_check(options.words)
        return _report(options)
    finally:
        teardown_databases(databases, verbosity=0)


def _report(options: argparse.Namespace) -> int:
    from .floor import write_floor
    from .grading import as_row
    from .measuring import all_figures, corpus, measure

    chosen = corpus(options.words)
    grades = measure(chosen)
    table = all_figures(grades)
    if options.write_floor:
        write_floor(table)
    if options.json:
        print(json.dumps({"figures": table, "scenarios": [as_row(one) for one in grades]}, indent=1))
        return 0
    problems = sum(one.kind is not None for one in chosen)
    print(f"{len(chosen)} scenarios: {problems} with a problem, {len(chosen) - problems} without\n")
    print(f"{'':24}" + "".join(f"{figure:>13}" for figure in FIGURES))
    for depth, by_kind in table.items():
        for kind, values in by_kind.items():
            name = f"{depth:7}{'' if kind == 'all' else kind}"
            print(f"{name:24}" + "".join(f"{_shown(values[figure]):>13}" for figure in FIGURES))
    print()
    _print_failures(grades)
    return 0


def _print_failures(grades: Sequence[Any]) -> None:
    """One line for each failure; those of both depths once."""
    from .grading import failures

    lines: dict[tuple[str, str, str, str], list[str]] = {}
    for one in grades:
        for cause, text in failures(one):
            key = (cause, one.scenario.theme, one.scenario.name, text)
            lines.setdefault(key, []).append(one.depth)
    for (cause, theme, name, text), depths in sorted(lines.items()):
        print(f"{cause:11} {'+'.join(depths):10} {theme}.{name}: {text}")


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f} %"


def _self_check(words: Sequence[str]) -> int:
    from .measuring import corpus, growth
    from .selfcheck import untrue

    chosen = corpus(words)
    counts = growth(chosen)
    wrong = untrue(chosen, counts)
    for one in chosen:
        few, many = counts[one.name]
        print(f"{one.theme:12} {one.name:50} {one.kind or 'clean':16} {few:4} {many:4}  {wrong.get(one.name, '')}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
