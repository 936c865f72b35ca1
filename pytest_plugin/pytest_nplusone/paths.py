"""Where is a file that an option names? And can it be written?"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import pytest

__all__ = ["NamedFile", "check_writable", "is_distributing", "is_worker", "named_file"]


class NamedFile(NamedTuple):
    """A file that an option names.

    Attributes:
        option: The option as the user spelled it, for error messages: `--nplusone-json` or `nplusone_json`.
        spelled: The path as the user spelled it.
        path: The same, absolute.
    """

    option: str
    spelled: str
    path: Path


def named_file(config: pytest.Config, name: str) -> NamedFile | None:
    """The file of the option `name`, such as `nplusone_json`; `None` if there is none.

    On the command line a relative path begins where pytest was called, in the ini file where that file lies.
    """
    spelled = config.getoption(name)
    if spelled:
        return NamedFile(f"--{name.replace('_', '-')}", spelled, _absolute(config.invocation_params.dir, spelled))
    spelled = config.getini(name)
    if spelled and config.getoption(name) is None:
        folder = config.inipath.parent if config.inipath is not None else config.rootpath
        return NamedFile(name, spelled, _absolute(folder, spelled))
    return None


def check_writable(named: NamedFile) -> None:
    """Make the folder of the file, so that a run of an hour does not end with nothing.

    Raises:
        pytest.UsageError: The file cannot be written.
    """
    path = named.path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise IsADirectoryError("it is a folder, expected a file")
        if not os.access(path if path.exists() else path.parent, os.W_OK):
            raise PermissionError("no permission to write it")
    except OSError as error:
        reason = error.strerror or error
        raise pytest.UsageError(
            f"{named.option} is {named.spelled!r}, which cannot be written: {reason}"
        ) from None


def is_worker(config: pytest.Config) -> bool:
    """Whether this process is a worker of pytest-xdist: those hand over what they know, and write nothing."""
    return hasattr(config, "workerinput")


def is_distributing(config: pytest.Config) -> bool:
    """Whether this process lets workers of pytest-xdist run the tests: `-n 4`."""
    return bool(config.getoption("dist", "no") != "no")


def _absolute(folder: Path, spelled: str) -> Path:
    return Path(os.path.normpath(folder / Path(spelled).expanduser()))
