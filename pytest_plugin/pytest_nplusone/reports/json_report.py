"""The results as JSON, for programs: `--nplusone-json`.

`docs/reports.md` documents the fields, `pytest_nplusone/schemas/results.json` is their JSON Schema. There is no
timestamp and no machine in it, and it is sorted: two runs of the same tests give the same file, but for the
measured times (`db_time_ms`, `wasted_ms`).
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..results import Result, Results
from .json_files import TOOL, tool_version, write_json

__all__ = ["SCHEMA_VERSION", "to_dict", "write"]

SCHEMA_VERSION = 1
"""Raised when a field changes its meaning or goes; new fields and kinds do not raise it."""


def write(results: Results, path: Path | str) -> None:
    """Write `results` to the file `path`.

    Raises:
        OSError: The file cannot be written.
    """
    write_json(to_dict(results), path)


def to_dict(results: Results) -> dict[str, Any]:
    """The results as JSON-ready values."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": TOOL, "version": tool_version()},
        "baseline": results.baseline,
        "totals": _totals(results),
        "findings": [_finding(one) for one in results.results],
        "fixed": [asdict(one) for one in results.fixed],
        "problems": list(results.problems),
    }


def _totals(results: Results) -> dict[str, int]:
    return {
        "tests": results.tests,
        "tests_with_findings": len({test for one in results.results for test in one.tests}),
        "findings": len(results.results),
        "failing": sum(one.fails for one in results.results),
        **results.by_status,
        "wasted": sum(one.wasted for one in results.results),
    }


def _finding(result: Result) -> dict[str, Any]:
    values = result.finding.to_dict()
    del values["schema_version"]  # the file has one of its own
    return {
        **values,
        "status": result.status,
        "recorded": result.recorded,
        "fails": result.fails,
        "wasted": result.wasted,
        "endpoints": list(result.endpoints),
        "tests": [asdict(one) for one in result.seen],
    }
