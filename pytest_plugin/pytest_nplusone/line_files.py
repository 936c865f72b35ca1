"""A file with one record a line, that people review, merge and commit.

Each line is a JSON object, and the first says what the file is. So a line more or less changes no other line, and
what two branches have added can stay side by side. Errors name the line and the way out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from .paths import NamedFile

__all__ = ["FileKind", "checked", "duplicate", "read", "text_at", "text_of", "write", "wrong_line"]

_CONFLICT = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")


@dataclass(frozen=True, slots=True)
class FileKind:
    """What a file is.

    Attributes:
        name: Its name in the head, and its key: `nplusone_baseline`.
        version: The version of the format that is written, and read.
        about: A sentence for whoever opens it.
        update: The option that writes it.
    """

    name: str
    version: int
    about: str
    update: str

    @property
    def head(self) -> str:
        """The first line."""
        return json.dumps({self.name: self.version, "about": self.about})


def read(named: NamedFile, kind: FileKind, text: str | None = None) -> Iterator[tuple[int, dict[str, Any]]]:
    """The records of a file, each with the number of its line.

    Args:
        named: The file.
        kind: What it is expected to be.
        text: What is in it, where that has been read already.

    Raises:
        pytest.UsageError: The file cannot be read, or is no such file.
    """
    # Not by `splitlines()`: a test's id may have a character in it that Python takes for the end of a line.
    lines = (text_at(named, kind) if text is None else text).split("\n")
    for number, line in enumerate(lines, 1):
        if line.startswith(_CONFLICT):
            raise wrong_line(
                named, number, "a merge conflict; keep the lines of both sides, delete the marks, and update it"
            )
    filled = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not filled:
        raise pytest.UsageError(
            f"{named.option} {named.spelled}: the file is empty; delete it, and {_advice(kind)}"
        )
    number, first = filled[0]
    version = _record(named, number, first).get(kind.name)
    if version is None:
        raise wrong_line(named, number, f"this is no such file: its first line is not {kind.head}")
    if version != kind.version:
        raise wrong_line(
            named, number, f"{kind.name} is {version!r}, expected {kind.version}: a later release has written it"
        )
    for number, line in filled[1:]:
        yield number, _record(named, number, line)


def checked(
    named: NamedFile, number: int, record: Mapping[str, Any], expected: Mapping[str, type]
) -> dict[str, Any]:
    """The values of `record` that are `expected`.

    Raises:
        pytest.UsageError: One is missing, or of another type.
    """
    for key, kind in expected.items():
        value: Any = record.get(key)
        if isinstance(value, bool) or not issubclass(type(value), kind):
            what = f"has no {key!r}" if key not in record else f"has {value!r} as {key!r}"
            raise wrong_line(named, number, f"the line {what}, expected {_TYPES[kind]}")
        if kind is int and value < 0:
            raise wrong_line(named, number, f"the line has {value!r} as {key!r}, expected a count")
        if kind is list and not all(isinstance(one, str) for one in value):
            raise wrong_line(named, number, f"the line has {value!r} as {key!r}, expected a list of texts")
    return {key: record[key] for key in expected}


def duplicate(named: NamedFile, first: int, second: int, what: str) -> pytest.UsageError:
    """The error of two lines that are about the same."""
    return wrong_line(named, second, f"{what} is on line {first} already; keep the line with the greater count")


def text_of(kind: FileKind, records: Iterable[Mapping[str, Any]]) -> str:
    """The text of a file of `kind` with `records`, in their order."""
    lines = [kind.head, *(json.dumps(record, ensure_ascii=False) for record in records)]
    return "".join(f"{line}\n" for line in lines)


def write(path: Path, text: str) -> None:
    """Put `text` in place of what is in the file: all of it or, when that fails, nothing."""
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


_TYPES: Mapping[type, str] = {str: "a text", int: "a whole number", list: "a list of texts", dict: "an object"}


def text_at(named: NamedFile, kind: FileKind) -> str:
    """What is in a file.

    Raises:
        pytest.UsageError: It cannot be read.
    """
    try:
        return named.path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise pytest.UsageError(
            f"{named.option} is {named.spelled!r}, which does not exist; {_advice(kind)}"
        ) from None
    except UnicodeDecodeError as error:
        raise pytest.UsageError(f"{named.option} {named.spelled}: the file is no UTF-8 text: {error}") from None
    except OSError as error:
        reason = error.strerror or error
        raise pytest.UsageError(f"{named.option} is {named.spelled!r}, which cannot be read: {reason}") from None


def _record(named: NamedFile, number: int, line: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise wrong_line(named, number, f"this is no JSON: {error}") from None
    if not isinstance(record, dict):
        raise wrong_line(named, number, f"{line.strip()[:60]!r} is no JSON object")
    return record


def _advice(kind: FileKind) -> str:
    return f"{kind.update} writes it"


def wrong_line(named: NamedFile, number: int, what: str) -> pytest.UsageError:
    """The error of a line."""
    return pytest.UsageError(f"{named.option} {named.spelled}, line {number}: {what}")
