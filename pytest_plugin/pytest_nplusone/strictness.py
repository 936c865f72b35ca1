"""How strict shall the run be? `--nplusone-strict`, alone or with a value, and its ini option."""

from __future__ import annotations

import contextlib
import os
import shlex
from typing import Any, NamedTuple

import pytest

from .spelling import nearest

__all__ = ["Strictness", "add_strict_option", "strictness_of"]

_OPTION, _NAME = "--nplusone-strict", "nplusone_strict"
_ON = frozenset({"true", "1", "yes", "y", "on", "t"})  # as pytest reads a bool
_OFF = frozenset({"", "false", "0", "no", "n", "off", "f"})
_LATENT = "latent"
_VALUES = ("true", "false", _LATENT)

# A text from pytest 9.2 on only where it is no bool: in a TOML file `true` is one.
_INI_TYPE: Any = bool | str if pytest.version_tuple >= (9, 2) else "string"


class Strictness(NamedTuple):
    """Which findings fail a test.

    Attributes:
        strict: Whether any do.
        latent: Whether latent N+1s do, too.
    """

    strict: bool = False
    latent: bool = False


def add_strict_option(parser: pytest.Parser, manager: pytest.PytestPluginManager) -> None:
    """Declare the option.

    A value that is optional would swallow what follows: of `--nplusone-strict tests`, the folder. So the option
    takes none, and each spelling with a value is an option by itself, which argparse looks up first.
    """
    group = parser.getgroup("nplusone", "N+1 queries (nplusone-guard)")
    group.addoption(
        _OPTION,
        action="store_const",
        const="true",
        dest=_NAME,
        help="Fail every test in which a request, or the test's body, has an N+1 query.",
    )
    group.addoption(
        f"{_OPTION}={_LATENT}",
        action="store_const",
        const=_LATENT,
        dest=_NAME,
        help="The same, and for N+1 queries that the one row of the test hides; else they are warnings.",
    )
    for value in sorted({*_VALUES, *_spelled(manager)} - {_LATENT}):
        group.addoption(f"{_OPTION}={value}", action="store_const", const=value, dest=_NAME, help="==SUPPRESS==")
    parser.addini(_NAME, f"The same as {_OPTION}: true, false or {_LATENT}.", type=_INI_TYPE, default=False)


def _spelled(manager: pytest.PytestPluginManager) -> set[str]:
    """The values that the command line and `PYTEST_ADDOPTS` give, right or wrong: `strictness_of` says which."""
    config: Any = manager.get_plugin("pytestconfig")
    given = [str(argument) for argument in getattr(getattr(config, "invocation_params", None), "args", ())]
    with contextlib.suppress(ValueError):  # pytest says so itself
        given += shlex.split(os.environ.get("PYTEST_ADDOPTS", ""))
    return {argument.partition("=")[2] for argument in given if argument.startswith(f"{_OPTION}=")}


def strictness_of(config: pytest.Config) -> Strictness:
    """What was asked for; the command line wins over the ini file.

    Raises:
        pytest.UsageError: The value is none that there is.
    """
    spelled, name = config.getoption(_NAME), _OPTION
    if spelled is None:
        spelled, name = config.getini(_NAME), _NAME
    word = str(spelled).strip().lower()
    if word in _ON | _OFF:
        return Strictness(strict=word in _ON)
    if word == _LATENT:
        return Strictness(strict=True, latent=True)
    near = nearest(word, _VALUES)
    raise pytest.UsageError(f"{name} is {spelled!r}, expected true, false or {_LATENT}{near and f'; {near}'}")
