"""A workload as a file: JSON Lines, one shape a line, the first line says what it is.

Several processes write one file: each adds its tally to what is there, with a lock beside the file, and puts the
result in its place. Lines that are only appended would grow without a bound, and a file for each process would
stay for each worker that ever ran. So the file is always whole, and has each shape once.

`nplusone_guard/schemas/workload.json` is the JSON Schema of its lines, `docs/workload.md` tells of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.files import locks

from .tally import RecordedShape, Tally

__all__ = ["KEY", "VERSION", "RecordedWorkload", "WorkloadFileError", "add_to_file", "read_file", "write_file"]

KEY = "nplusone_workload"
VERSION = 1

_ABOUT = (
    "Statements that ran, by shape and without values, recorded by nplusone-guard for manage.py analyze_queries"
)
_LONGEST_LINE = 200_000


class WorkloadFileError(ValueError):
    """A file is no workload, or a broken one. The message says where and why, and quotes nothing of it."""


@dataclass(frozen=True, slots=True)
class RecordedWorkload:
    """What a file has.

    Attributes:
        tally: What ran.
        recorded_by: `guard` (the setting `RECORD_WORKLOAD`) or `pytest`.
        since: When it began, in ISO 8601.
        until: When it was last written.
    """

    tally: Tally
    recorded_by: str
    since: str
    until: str


def read_file(path: Path) -> RecordedWorkload:
    """The workload in a file.

    Raises:
        WorkloadFileError: The file cannot be read, is no workload, or a line of it is broken.
    """
    try:
        with path.open(encoding="utf-8") as lines:
            head = _head(path, lines.readline(_LONGEST_LINE))
            tally = Tally(truncated=head["truncated"])
            for number, line in enumerate(iter(lambda: lines.readline(_LONGEST_LINE), ""), 2):
                if line.strip():
                    tally.add(_shape(_checked(path, number, line, _SHAPE)))
    except FileNotFoundError:
        raise WorkloadFileError(
            f"{path} does not exist; the setting RECORD_WORKLOAD writes it, or pytest --nplusone-record-workload"
        ) from None
    except OSError as error:
        raise WorkloadFileError(f"{path} cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise WorkloadFileError(f"{path} is no UTF-8 text, expected a recorded workload") from None
    return RecordedWorkload(tally, head["recorded_by"], head["since"], head["until"])


def add_to_file(path: Path, tally: Tally) -> bool:
    """Add what this process recorded to a file, which is made if it is not there.

    Returns:
        Whether it was; not while another process writes it.

    Raises:
        WorkloadFileError: There is something else in the file, which is left alone.
        OSError: It cannot be written.
    """
    with _locked(path) as mine:
        if not mine:
            return False
        before = read_file(path) if path.exists() else None
        if before is not None and before.recorded_by != "guard":
            raise WorkloadFileError(
                f"{path} was recorded by {before.recorded_by}, whose counts are others; choose another file"
            )
        merged = Tally()
        if before is not None:
            merged.add_all(before.tally)
        merged.add_all(tally)
        write_file(path, merged, "guard", since=before.since if before is not None else "")
    return True


def write_file(path: Path, tally: Tally, recorded_by: str, *, since: str = "") -> None:
    """Put `tally` in place of what is in the file: all of it or, when that fails, nothing.

    Args:
        path: The file.
        tally: What ran.
        recorded_by: `guard` or `pytest`.
        since: When it began, in ISO 8601; now, if it is left out.
    """
    now = datetime.now(UTC).isoformat(timespec="seconds")
    head = {
        KEY: VERSION,
        "about": _ABOUT,
        "recorded_by": recorded_by,
        "since": since or now,
        "until": now,
        "truncated": tally.truncated,
    }
    beside = path.with_name(f".{path.name}.new")
    try:
        with beside.open("w", encoding="utf-8", newline="\n") as file:
            for record in (head, *map(_record, tally.shapes)):
                file.write(f"{json.dumps(record, ensure_ascii=False)}\n")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def _locked(path: Path) -> Iterator[bool]:
    """Keep other processes from writing the file; not the file itself is locked, as it is replaced."""
    with path.with_name(f".{path.name}.lock").open("a") as lock:
        mine = locks.lock(lock, locks.LOCK_EX | locks.LOCK_NB)
        try:
            yield mine
        finally:
            if mine:
                locks.unlock(lock)


_HEAD: Mapping[str, type | tuple[type, ...]] = {
    "recorded_by": str,
    "since": str,
    "until": str,
    "truncated": bool,
}
_SHAPE: Mapping[str, type | tuple[type, ...]] = {
    "shape": str,
    "alias": (str, type(None)),
    "vendor": (str, type(None)),
    "calls": int,
    "total_ms": (int, float),
    "places": dict,
    "sql": str,
}


def _head(path: Path, line: str) -> dict[str, Any]:
    expected = f'its first line is not {{"{KEY}": {VERSION}, …}}'
    try:
        version = json.loads(line)[KEY]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise WorkloadFileError(f"{path} is no recorded workload: {expected}") from None
    if version != VERSION:
        raise WorkloadFileError(f"{path} is a workload of another version: {expected}; record it anew")
    return _checked(path, 1, line, _HEAD)


def _checked(
    path: Path, number: int, line: str, expected: Mapping[str, type | tuple[type, ...]]
) -> dict[str, Any]:
    """The values of a line that are `expected`."""
    where = f"{path}, line {number}"
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        raise WorkloadFileError(f"{where}: this is no JSON") from None
    if not isinstance(record, dict):
        raise WorkloadFileError(f"{where}: this is no JSON object")
    for key, kinds in expected.items():
        if key not in record:
            raise WorkloadFileError(f"{where}: there is no {key!r}")
        value = record[key]
        if not isinstance(value, kinds) or (isinstance(value, bool) and kinds is not bool) or _is_less(value):
            raise WorkloadFileError(f"{where}: {key!r} has a value that it cannot have")
    return record


def _is_less(value: object) -> bool:
    """Whether it is, or has, a number that counts nothing."""
    if isinstance(value, dict):
        return any(type(count) is not int or count < 0 for count in value.values())
    return isinstance(value, int | float) and not 0 <= value < float("inf")


def _shape(record: Mapping[str, Any]) -> RecordedShape:
    return RecordedShape(
        record["shape"],
        record["sql"],
        record["alias"],
        record["vendor"],
        record["calls"],
        float(record["total_ms"]),
        record["places"],
    )


def _record(shape: RecordedShape) -> dict[str, Any]:
    return {
        "shape": shape.shape_id,
        "alias": shape.alias,
        "vendor": shape.vendor,
        "calls": shape.calls,
        "total_ms": round(shape.total_ms, 3),
        "places": dict(sorted(shape.places.items(), key=lambda one: (-one[1], one[0]))),
        "sql": shape.sql,
    }
