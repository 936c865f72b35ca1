"""Which statements does a database get? As they were recorded, else as PostgreSQL counted them, else not known.

In this order of trust, and the workload says which: what was recorded knows the lines of the project,
`pg_stat_statements` only numbers. With neither, the candidates come from the models.
"""

from __future__ import annotations

from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper

from ...conf import get_settings
from ..values import Workload
from .counted import counted_workload
from .recorded import recorded_workload

__all__ = ["workload_of"]

_HOW = "record one with the setting RECORD_WORKLOAD, or with pytest --nplusone-record-workload"


def workload_of(connection: BaseDatabaseWrapper, *, file: str | None = None) -> Workload:
    """The statements that `connection` gets.

    Args:
        connection: The analyzed database. It is only read.
        file: A recorded workload; without one, the file of the setting `RECORD_WORKLOAD` if there is one.

    Raises:
        nplusone_guard.recording.file.WorkloadFileError: The file cannot be read, or is no workload.
    """
    if file is not None:
        return recorded_workload(connection, Path(file))
    path = get_settings().record_workload
    if path is not None and Path(path).exists():
        recorded = recorded_workload(connection, Path(path))
        if recorded.statements:
            return recorded
    counted = counted_workload(connection)
    if isinstance(counted, Workload):
        return counted
    return Workload("models", (), f"No statement is known, only the models; {_HOW}.{counted}")
