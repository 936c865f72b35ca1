"""The baseline as a file: one known finding a line, in the order of their labels."""

from __future__ import annotations

from typing import Any

from .baseline import Baseline, Entry
from .line_files import FileKind, checked, duplicate, read, text_at, text_of
from .paths import NamedFile

__all__ = ["KIND", "baseline_of", "baseline_text", "loaded"]

KIND = FileKind(
    name="nplusone_baseline",
    version=1,
    about="Known N+1 findings: a test fails for new ones only. pytest --nplusone-update-baseline --nplusone-prune",
    update="--nplusone-update-baseline",
)
_FIELDS = {"label": str, "kind": str, "culprit": str, "count": int, "tests": list, "id": str}


def loaded(named: NamedFile, *, may_be_missing: bool) -> Baseline:
    """The baseline in a file, an empty one where that is to be made.

    Raises:
        pytest.UsageError: See `baseline_of`.
    """
    if may_be_missing and (not named.path.exists() or not text_at(named, KIND).strip()):
        return Baseline()
    return baseline_of(named)


def baseline_of(named: NamedFile, text: str | None = None) -> Baseline:
    """The baseline in a file.

    Args:
        named: The file.
        text: What is in it, where that has been read already.

    Raises:
        pytest.UsageError: The file cannot be read, is no baseline, or has the same finding twice.
    """
    entries: dict[str, Entry] = {}
    lines: dict[str, int] = {}
    for number, record in read(named, KIND, text):
        values = checked(named, number, record, _FIELDS)
        entry = Entry(
            **{**values, "tests": tuple(values["tests"])}, more_tests=bool(record.get("more_tests", False))
        )
        if entry.id in entries:
            raise duplicate(named, lines[entry.id], number, f"the finding {entry.id} ({entry.label})")
        entries[entry.id] = entry
        lines[entry.id] = number
    return Baseline(entries.values())


def baseline_text(baseline: Baseline) -> str:
    """What a file with `baseline` has in it: the same for equal baselines."""
    ordered = sorted(
        baseline.entries.values(), key=lambda entry: (entry.label, entry.kind, entry.culprit, entry.id)
    )
    return text_of(KIND, map(_record, ordered))


def _record(entry: Entry) -> dict[str, Any]:
    record = {key: getattr(entry, key) for key in _FIELDS}
    record["tests"] = list(entry.tests)
    if entry.more_tests:
        record["more_tests"] = True
    return record
