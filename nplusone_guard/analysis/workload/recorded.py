"""Which statements were recorded on a database, by the guard or by the tests?"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper

from ...recording.file import RecordedWorkload, read_file
from ...recording.tally import RecordedShape, Tally
from ..values import Statement, Workload

__all__ = ["recorded_workload"]


def recorded_workload(connection: BaseDatabaseWrapper, path: Path) -> Workload:
    """What the file has about `connection`; a statement whose alias is not known may be about it.

    Raises:
        nplusone_guard.recording.file.WorkloadFileError: The file cannot be read, or is no workload.
    """
    recorded = read_file(path)
    here = [shape for shape in recorded.tally.shapes if shape.alias in (connection.alias, None)]
    readable = [shape for shape in here if _is_readable(shape, connection.vendor)]
    statements = _statements(readable, connection)
    remarks = (
        _origin(recorded, len(statements), path),
        _count(len(here) - len(readable), "was recorded on another kind of database and is left out"),
        _count(sum(shape.alias is None for shape in readable), "ran on one of several databases, this or another"),
        "Cheap and rare statements may be missing, as it reached its bounds." if recorded.tally.truncated else "",
    )
    return Workload("recorded file", statements, " ".join(filter(None, remarks)))


def _is_readable(shape: RecordedShape, vendor: str) -> bool:
    """Whether the statement can be read as one of `vendor`: MySQL quotes names as no other does."""
    return shape.vendor in (vendor, None) or "mysql" not in (shape.vendor, vendor)


def _statements(shapes: Iterable[RecordedShape], connection: BaseDatabaseWrapper) -> tuple[Statement, ...]:
    # Once each, whether or not somebody looked on which database it ran.
    together = Tally(
        RecordedShape(
            one.shape_id, one.sql, connection.alias, connection.vendor, one.calls, one.total_ms, dict(one.places)
        )
        for one in shapes
    )
    return tuple(
        Statement(
            shape_id=one.shape_id,
            sql=one.sql,
            alias=connection.alias,
            vendor=connection.vendor,
            calls=one.calls,
            total_ms=round(one.total_ms, 3),
            places=tuple(sorted(one.places, key=lambda place: (-one.places[place], place))),
        )
        for one in together.shapes
    )


def _origin(recorded: RecordedWorkload, count: int, path: Path) -> str:
    if recorded.recorded_by == "pytest":
        return (
            f"{_shapes(count)} that the tests ran, recorded in {path} on {recorded.until}: counts and times are "
            "those of the tests, not of production."
        )
    return (
        f"{_shapes(count)} that the guard recorded in {path} from {recorded.since} to {recorded.until}: those of "
        "the requests and tasks that it watched."
    )


def _shapes(count: int) -> str:
    return "1 statement shape" if count == 1 else f"{count} statement shapes"


def _count(count: int, what: str) -> str:
    """A sentence about some of them, `""` if there are none."""
    if count > 1:
        what = what.replace("was ", "were ", 1).replace(" is ", " are ", 1)
    return f"{count} {what}." if count else ""
