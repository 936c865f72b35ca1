"""`python -m benchmarks.audit`: judges the demo site's indexes on two databases, and writes the guide about it.

Each database is seeded large, or has been. Requests are made to a copy of it, with their statements recorded as in
staging; what the planner says is asked of the copy, too.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .guide import guide

ROOT = Path(__file__).parent.parent.parent
GUIDE = ROOT / "docs" / "guides" / "index-audit.md"
_COPY = "nplusone_audit"


def main() -> None:
    """Judge and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sqlite", metavar="FILE", help="a seeded database; without it one is seeded, in minutes")
    parser.add_argument("--postgresql", metavar="NAME", default="nplusone_load", help="a seeded database")
    parser.add_argument("--output", default=str(GUIDE))
    arguments = parser.parse_args()
    judged = []
    with tempfile.TemporaryDirectory() as folder:
        with _sqlite(Path(folder), arguments.sqlite) as environment:
            judged.append(_judged(environment, Path(folder)))
        with _postgresql(arguments.postgresql) as environment:
            judged.append(_judged(environment, Path(folder)))
    Path(arguments.output).write_text(guide(*judged), encoding="utf-8")
    print(f"Written: {arguments.output}")


@contextmanager
def _sqlite(folder: Path, seeded: str | None) -> Iterator[dict[str, str]]:
    copy = folder / "demo.sqlite3"
    environment = {"DEMO_DATABASE": "sqlite", "DEMO_DATABASE_NAME": str(copy)}
    if seeded is not None:
        shutil.copy(seeded, copy)
    else:
        _run(["demo_site/manage.py", "migrate", "--verbosity=0"], environment)
        _run(["demo_site/manage.py", "seed", "--size=large"], environment)
    yield environment


@contextmanager
def _postgresql(seeded: str) -> Iterator[dict[str, str]]:
    _psql(f"DROP DATABASE IF EXISTS {_COPY}")
    _psql(f"CREATE DATABASE {_COPY} TEMPLATE {seeded}")
    try:
        yield {"DEMO_DATABASE": "postgresql", "DEMO_DATABASE_NAME": _COPY}
    finally:
        _psql(f"DROP DATABASE {_COPY}")


def _psql(statement: str) -> None:
    environment = {"PGHOST": "127.0.0.1", "PGUSER": "postgres", **os.environ, "PGDATABASE": "postgres"}
    subprocess.run(["psql", "--quiet", "--command", statement], env=environment, check=True)


def _judged(environment: dict[str, str], folder: Path) -> dict[str, Any]:
    workload = folder / f"{environment['DEMO_DATABASE']}.jsonl"
    recording = {"DJANGO_SETTINGS_MODULE": "benchmarks.audit.settings", "AUDIT_WORKLOAD": str(workload)}
    _run(["demo_site/manage.py", "demo"], {**environment, **recording})
    told = _run(["-m", "benchmarks.audit.judging", str(workload)], environment)
    found: dict[str, Any] = json.loads(told)
    return found


def _run(command: list[str], environment: dict[str, str]) -> str:
    run = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return run.stdout


if __name__ == "__main__":
    main()
