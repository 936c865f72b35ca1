"""Which options, ini keys and settings are there? Read from the code that reads them, for `options.md`."""

from __future__ import annotations

import argparse
import inspect
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, cast

from nplusone_guard.conf import SETTING, Settings, parse_settings

if TYPE_CHECKING:
    import pytest

__all__ = ["options_page"]

_PAGE = """\
# Every option

<!-- Written by `make docs` from the code. A change here is lost, and fails a test. -->

Of the pytest plugin first, on the command line and in the ini file (`pytest.ini`, `pyproject.toml`, …), then the
settings of the guard itself. What they are for is in [pytest.md](pytest.md) and [settings.md](settings.md).

## The pytest plugin

{plugin}

The command line wins over the ini file; `-o KEY=false` switches off for one run what the ini file switches on. A
relative path begins where pytest was called, or, in the ini file, where that file lies.

## The settings

Keys of the dict `{setting}` in the settings of the project. All may be left out.

{settings}
"""


@dataclass(frozen=True, slots=True)
class _Option:
    """An option of the plugin, as it is declared."""

    spelled: str
    values: dict[str, Any]

    @property
    def name(self) -> str:
        """What the ini file calls it, if it may stand there."""
        return self.spelled.removeprefix("--").partition("=")[0].replace("-", "_")


class _Declared:
    """Stands where pytest's parser stands, and remembers what is declared. It is a group of itself."""

    def __init__(self) -> None:
        self.options: list[_Option] = []
        self.keys: dict[str, dict[str, Any]] = {}

    def getgroup(self, *_: str) -> _Declared:
        return self

    def addoption(self, spelled: str, **values: Any) -> None:
        self.options.append(_Option(spelled, values))

    def addini(self, name: str, help: str, **values: Any) -> None:  # noqa: A002 — pytest calls it so
        self.keys[name] = {"help": help, **values}


def options_page() -> str:
    """The page as Markdown."""
    return _PAGE.format(plugin=_table(_of_plugin()), setting=SETTING, settings=_table(_of_settings()))


def _of_plugin() -> Iterator[tuple[str, ...]]:
    import pytest  # noqa: PLC0415 — settings need no pytest
    from pytest_nplusone.arguments import add_options  # noqa: PLC0415

    declared = _Declared()
    add_options(cast("pytest.Parser", declared), pytest.PytestPluginManager())
    yield "command line", "ini file", "default", "meaning"
    for option in declared.options:
        if option.values["help"] != argparse.SUPPRESS:
            yield _row(option, declared.keys.get(option.name))
    for name in declared.keys.keys() - {option.name for option in declared.options}:
        key = declared.keys[name]
        yield "", _key(name, key), _default(key), key["help"]


def _row(option: _Option, key: dict[str, Any] | None) -> tuple[str, ...]:
    metavar = option.values.get("metavar", "")
    meaning, _, default = option.values["help"].partition(" Default: ")
    if not default:
        default = "none" if metavar else "off"
    same = key is None or key["help"].startswith("The same as ")
    if key is not None and not same:
        meaning += f" In the ini file: {key['help'][:1].lower()}{key['help'][1:]}"
    spelled = f"`{option.spelled}{f'={metavar}' if metavar else ''}`"
    return spelled, _key(option.name, key, metavar or option.values.get("const", "")), default.rstrip("."), meaning


def _key(name: str, key: dict[str, Any] | None, metavar: str = "") -> str:
    if key is None:
        return ""
    return f"`{name} = {'true' if key.get('type') == 'bool' else metavar}`"


def _default(key: dict[str, Any]) -> str:
    return "off" if key.get("type") == "bool" else str(key.get("default") or "none")


def _of_settings() -> Iterator[tuple[str, ...]]:
    yield "key", "expected", "default", "meaning"
    meanings = _meanings(inspect.getdoc(Settings) or "")
    for field in fields(Settings):
        key = field.name.rstrip("_").upper()
        # What `manage.py check` says of a value that cannot fit has both.
        (problem,) = parse_settings({key: object()})[1]
        expected = problem.message.partition(", expected ")[2].rstrip(".")
        default = problem.hint.partition("the default is used: ")[2].rstrip(".")
        yield f"`{key}`", expected, f"`{default}`", meanings[field.name]


def _meanings(docstring: str) -> dict[str, str]:
    """What the section `Attributes:` says, by the attribute."""
    section = docstring.partition("Attributes:\n")[2]
    entries = re.findall(r"^ {4}(\w+): (.*(?:\n {5,}.*)*)", section, re.MULTILINE)
    return {name: re.sub(r"\s*\n\s*", " ", text) for name, text in entries}


def _table(rows: Iterable[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    width = lines[0].count("|") - 1
    return "\n".join([lines[0], "|---" * width + "|", *lines[1:]])
