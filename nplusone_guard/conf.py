"""The settings: one `NPLUSONE_GUARD` dict becomes one frozen, validated `Settings` object.

A value that does not fit never stops the application: the default stands in for it, and the system checks
(`nplusone_guard.checks`) say what was wrong, what was expected and the nearest right spelling.
"""

from __future__ import annotations

import inspect
import logging
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from django.conf import settings as django_settings
from django.core.signals import setting_changed
from django.utils.module_loading import import_string

from .rules import RULE_KEYS, Rule
from .wording import did_you_mean, listed, shown

__all__ = ["SETTING", "Problem", "Settings", "get_settings", "is_debug", "parse_settings"]

SETTING = "NPLUSONE_GUARD"

DEFAULT_THRESHOLDS: Mapping[str, int] = MappingProxyType(
    # Five is what Sentry's detector of N+1 queries asks for as well: without knowing where the parent rows came
    # from, fewer repetitions on one path may still be two honest look-ups (docs/architecture.md, "Thresholds").
    {"n_plus_one": 5, "duplicate_query": 5, "write_in_loop": 10}
)

Depth = Literal["debug", "light", "deep"]
DEPTHS: tuple[Depth, ...] = ("debug", "light", "deep")

HeadersPolicy = Literal["debug"] | bool | Callable[[Any], bool]


class Problem(NamedTuple):
    """One thing that is wrong with the settings, in words for the person who wrote them."""

    key: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The guard's settings; `docs/settings.md` has them as a table.

    Attributes:
        enabled: Whether the middleware watches at all.
        sample_rate: The share of requests that are watched, from 0.0 to 1.0.
        thresholds: For each kind, how many statements on one call path make it a finding.
        ignore: Findings that are never reported.
        exclude_paths: Requests whose path matches one of these are not watched.
        headers: Whether responses carry the findings: `"debug"` (only with `DEBUG`), a bool, or a callable that
            gets the request.
        raise_: Whether `NPlusOneError` is raised at the statement that makes a finding.
        depth: How closely requests are looked at: `"light"`, `"deep"`, or `"debug"` (deep only with `DEBUG`).
        log_level: The `logging` level of the `nplusone.detected` events.
        follow_threads: Whether a thread started inside a scope belongs to it.
        max_shapes: How many shapes one scope remembers.
        max_call_paths: How many call paths one scope tells apart.
        max_bytes: About how many bytes one scope may hold.
        sql_length: How many characters of a normalized statement are shown.
        record_workload: The absolute path of the file that the statements are recorded in, by shape; `None` for
            none.
    """

    enabled: bool = True
    sample_rate: float = 1.0
    thresholds: Mapping[str, int] = field(default_factory=lambda: DEFAULT_THRESHOLDS)
    ignore: tuple[Rule, ...] = ()
    exclude_paths: tuple[re.Pattern[str], ...] = ()
    headers: HeadersPolicy = "debug"
    raise_: bool = False
    depth: Depth = "debug"
    log_level: int = logging.WARNING
    follow_threads: bool = True
    max_shapes: int = 2_000
    max_call_paths: int = 1_000
    max_bytes: int = 4_000_000
    sql_length: int = 1_000
    record_workload: str | None = None


class _Unfit(Exception):  # noqa: N818 — says what was expected, not what went wrong
    """A value does not fit its key; the text completes the sentence "expected …"."""


def _bool(value: object) -> bool:
    if not isinstance(value, bool):
        # A text from the environment is true even when it says "False".
        raise _Unfit("True or False")
    return value


def _rate(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise _Unfit("a number from 0.0 (no request) to 1.0 (every request)")
    return float(value)


def _at_least(least: int) -> Callable[[object], int]:
    def parse(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise _Unfit(f"a whole number of at least {least}")
        return value

    return parse


def _thresholds(value: object) -> Mapping[str, int]:
    if not isinstance(value, Mapping):
        raise _Unfit('a dict from kind to number, such as {"n_plus_one": 5}')
    given = dict(value)
    for kind, number in given.items():
        if kind not in DEFAULT_THRESHOLDS:
            near = did_you_mean(kind, DEFAULT_THRESHOLDS)
            raise _Unfit(f"only the kinds {listed(DEFAULT_THRESHOLDS)}, not {shown(kind)}{near}")
        if isinstance(number, bool) or not isinstance(number, int) or number < 2:  # noqa: PLR2004
            raise _Unfit(f"a whole number of at least 2 for {kind!r}, as one statement repeats nothing")
    return MappingProxyType({**DEFAULT_THRESHOLDS, **given})


def _entries(value: object, expected: str) -> tuple[Any, ...]:
    # Not any iterable: the checks read the settings as well, and a generator would be used up by then.
    if not isinstance(value, list | tuple | set | frozenset):
        raise _Unfit(expected)
    return tuple(value)


def _rules(value: object) -> tuple[Rule, ...]:
    expected = f'a list of labels such as "library.Book.*", or of dicts with some of {listed(RULE_KEYS)}'
    rules = []
    for entry in _entries(value, expected):
        try:
            rules.append(Rule.parse(entry))
        except ValueError as error:
            raise _Unfit(f"{str(error).removeprefix('expected ')}, unlike {shown(entry)}") from None
    return tuple(rules)


def _patterns(value: object) -> tuple[re.Pattern[str], ...]:
    patterns = []
    for entry in _entries(value, 'a list of regular expressions such as [r"^/health/"]'):
        text = entry.pattern if isinstance(entry, re.Pattern) else entry
        if not isinstance(text, str):
            raise _Unfit(f"regular expressions as texts, not {shown(entry)}")
        if not text:
            raise _Unfit("regular expressions that are not empty, as an empty one matches every path")
        try:
            patterns.append(entry if isinstance(entry, re.Pattern) else re.compile(text))
        except Exception as error:  # noqa: BLE001 — OverflowError and RecursionError too, warnings made errors
            raise _Unfit(f"regular expressions; {shown(text)} is none: {error}") from None
    return tuple(patterns)


def _headers(value: object) -> HeadersPolicy:
    if isinstance(value, bool):
        return value
    expected = '"debug", True, False, or a function of the request, itself or by its dotted path'
    if isinstance(value, str):
        if value == "debug":
            return "debug"
        meant = {"debug": '"debug"', "true": "True", "false": "False"}.get(value.strip().lower())
        if meant is not None or "." not in value:
            raise _Unfit(expected + (f" (did you mean {meant}?)" if meant else ""))
        try:
            value = import_string(value)
        except Exception as error:  # noqa: BLE001 — importing runs whatever is in the module
            raise _Unfit(f"{expected}; importing it failed: {type(error).__name__}: {error}") from None
    if not callable(value):
        raise _Unfit(expected)
    if inspect.iscoroutinefunction(value) or inspect.iscoroutinefunction(type(value).__call__):
        raise _Unfit(f"{expected}; not an asynchronous one, whose answer would always count as true")
    return value


def _depth(value: object) -> Depth:
    for depth in DEPTHS:
        if value == depth:
            return depth
    raise _Unfit(f"one of {listed(DEPTHS)}{did_you_mean(value, DEPTHS)}")


def _log_level(value: object) -> int:
    names = {name: number for name, number in logging.getLevelNamesMapping().items() if number > logging.NOTSET}
    level = names.get(value.upper(), 0) if isinstance(value, str) else value
    if isinstance(level, bool) or not isinstance(level, int) or level <= logging.NOTSET:
        raise _Unfit(f'the name of a logging level such as "WARNING", or its number{did_you_mean(value, names)}')
    return level


def _file(value: object) -> str | None:
    if value is None or value == "":  # as an environment variable says that there is none
        return None
    expected = 'the path of a file, such as BASE_DIR / "workload.jsonl"'
    if not isinstance(value, str | os.PathLike):
        raise _Unfit(expected)
    path = Path(value).absolute()
    if path.is_dir():
        raise _Unfit(f"{expected}; this is a folder")
    if not path.parent.is_dir():
        raise _Unfit(f"{expected}, in a folder that exists")
    return str(path)


_PARSERS: Mapping[str, Callable[[object], Any]] = {
    "ENABLED": _bool,
    "SAMPLE_RATE": _rate,
    "THRESHOLDS": _thresholds,
    "IGNORE": _rules,
    "EXCLUDE_PATHS": _patterns,
    "HEADERS": _headers,
    "RAISE": _bool,
    "DEPTH": _depth,
    "LOG_LEVEL": _log_level,
    "FOLLOW_THREADS": _bool,
    "MAX_SHAPES": _at_least(1),
    "MAX_CALL_PATHS": _at_least(1),
    "MAX_BYTES": _at_least(10_000),
    "SQL_LENGTH": _at_least(40),
    "RECORD_WORKLOAD": _file,
}


def parse_settings(raw: object) -> tuple[Settings, list[Problem]]:
    """The settings in `raw`, the value of `NPLUSONE_GUARD`, and what is wrong with it.

    Never raises: where a value does not fit, its default is used and a problem describes it.
    """
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for key, value in _items(raw, problems):
        parse = _PARSERS.get(key) if isinstance(key, str) else None
        if parse is None:
            problems.append(_unknown(key))
            continue
        try:
            values[_attribute(key)] = parse(value)
            continue
        except _Unfit as error:
            expected = str(error)
        except Exception as error:  # noqa: BLE001 — whatever an odd value does when it is looked at
            expected = f"a plain value; looking at this one raised {type(error).__name__}"
        message = f"{SETTING}[{key!r}] is {shown(value)}, expected {expected}."
        problems.append(Problem(key, message, f"Until it is mended, the default is used: {_default(key)}."))
    return Settings(**values), problems


def _items(raw: object, problems: list[Problem]) -> list[tuple[Any, object]]:
    """The keys and values of `raw`; none, and a problem, if it is no dict."""
    try:
        if isinstance(raw, Mapping):
            return list(raw.items())
    except Exception:  # noqa: BLE001, S110 — an odd dict is no dict
        pass
    hint = f'Write {SETTING} = {{"SAMPLE_RATE": 0.1}} or leave it out.'
    problems.append(Problem(SETTING, f"{SETTING} is {shown(raw)}, expected a dict.", hint))
    return []


def _unknown(key: object) -> Problem:
    near = did_you_mean(key, _PARSERS)
    hint = near.strip(" ()").replace("did", "Did") if near else f"Known keys: {listed(_PARSERS)}."
    name = key if isinstance(key, str) else shown(key)
    return Problem(name, f"{SETTING} has an unknown key {shown(key)}.", hint)


def _attribute(key: str) -> str:
    return "raise_" if key == "RAISE" else key.lower()


def _default(key: str) -> str:
    """The default of `key`, as one would write it."""
    value = getattr(Settings(), _attribute(key))
    if key == "LOG_LEVEL":
        value = logging.getLevelName(value)
    return repr(dict(value) if isinstance(value, Mapping) else list(value) if isinstance(value, tuple) else value)


@cache
def get_settings() -> Settings:
    """The settings in force, read once and again when a test overrides them."""
    return parse_settings(getattr(django_settings, SETTING, {}))[0]


def is_debug() -> bool:
    """Whether `DEBUG` is on, as it is now.

    Past the `__getattribute__` that Django has written for its settings, which takes five times as long: what was
    read of them before is an attribute of theirs, until it is changed.
    """
    try:
        return bool(object.__getattribute__(django_settings, "DEBUG"))
    except AttributeError:
        return bool(django_settings.DEBUG)


def _forget(*, setting: str, **_: object) -> None:
    if setting == SETTING:
        get_settings.cache_clear()


setting_changed.connect(_forget, dispatch_uid="nplusone_guard.conf")

assert len(_PARSERS) == len(fields(Settings))  # noqa: S101 — a setting without a parser would be ignored
