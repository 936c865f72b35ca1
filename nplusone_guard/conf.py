"""The settings: one `NPLUSONE_GUARD` dict becomes one frozen, validated `Settings` object.

A value that does not fit never stops the application: the default stands in for it, and the system checks
(`nplusone_guard.checks`) say what was wrong, what was expected and the nearest right spelling.
"""

from __future__ import annotations

import difflib
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

from django.conf import settings as django_settings
from django.core.signals import setting_changed
from django.utils.module_loading import import_string

from .rules import Rule

__all__ = ["SETTING", "Problem", "Settings", "get_settings", "parse_settings"]

SETTING = "NPLUSONE_GUARD"

DEFAULT_THRESHOLDS: Mapping[str, int] = MappingProxyType(
    # Five is what Sentry's detector of N+1 queries asks for as well: without knowing where the parent rows came
    # from, fewer repetitions on one path may still be two honest look-ups (docs/architecture.md, "Thresholds").
    {"n_plus_one": 5, "duplicate_query": 5, "write_in_loop": 10}
)

HeadersPolicy = Literal["debug"] | bool | Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Problem:
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
        log_level: The `logging` level of the `nplusone.detected` events.
        follow_threads: Whether a thread started inside a scope belongs to it.
        max_shapes: How many shapes one scope remembers.
        max_call_paths: How many call paths one scope tells apart.
        max_bytes: About how many bytes one scope may hold.
        sql_length: How many characters of a normalized statement are shown.
    """

    enabled: bool = True
    sample_rate: float = 1.0
    thresholds: Mapping[str, int] = field(default_factory=lambda: DEFAULT_THRESHOLDS)
    ignore: tuple[Rule, ...] = ()
    exclude_paths: tuple[re.Pattern[str], ...] = ()
    headers: HeadersPolicy = "debug"
    raise_: bool = False
    log_level: int = logging.WARNING
    follow_threads: bool = True
    max_shapes: int = 2_000
    max_call_paths: int = 1_000
    max_bytes: int = 4_000_000
    sql_length: int = 1_000


def _bool(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("True or False")  # noqa: TRY004 — every parser says "expected …" with one exception
    return value


def _rate(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError("a number from 0.0 (no request) to 1.0 (every request)")
    return float(value)


def _at_least(least: int) -> Callable[[object], int]:
    def parse(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ValueError(f"a whole number of at least {least}")
        return value

    return parse


def _thresholds(value: object) -> Mapping[str, int]:
    if not isinstance(value, Mapping):
        raise ValueError('a dict from kind to number, such as {"n_plus_one": 5}')  # noqa: TRY004
    for kind, number in value.items():
        if kind not in DEFAULT_THRESHOLDS:
            raise ValueError(f"only the kinds {_listed(DEFAULT_THRESHOLDS)}, not {kind!r}{_nearest(kind)}")
        if isinstance(number, bool) or not isinstance(number, int) or number < 2:  # noqa: PLR2004
            raise ValueError(f"a whole number of at least 2 for {kind!r}, as one statement repeats nothing")
    return MappingProxyType({**DEFAULT_THRESHOLDS, **value})


def _nearest(kind: object) -> str:
    close = difflib.get_close_matches(str(kind), DEFAULT_THRESHOLDS, n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def _strings(value: object, expected: str) -> Iterable[Any]:
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        raise ValueError(expected)  # noqa: TRY004
    return value


def _rules(value: object) -> tuple[Rule, ...]:
    expected = 'a list of labels such as "library.Book.*", or of dicts with label, kind, path or route'
    return tuple(Rule.parse(rule) for rule in _strings(value, expected))


def _patterns(value: object) -> tuple[re.Pattern[str], ...]:
    patterns = []
    for pattern in _strings(value, 'a list of regular expressions such as [r"^/health/"]'):
        try:
            patterns.append(re.compile(pattern))
        except (re.error, TypeError) as error:
            raise ValueError(f"regular expressions; {pattern!r} is none: {error}") from None
    return tuple(patterns)


def _headers(value: object) -> HeadersPolicy:
    if value == "debug" or isinstance(value, bool):
        return value  # type: ignore[return-value]
    if isinstance(value, str):
        try:
            value = import_string(value)
        except ImportError as error:
            raise ValueError(f'"debug", True, False or the dotted path of a callable; {error}') from None
    if not callable(value):
        raise ValueError('"debug", True, False or a callable that gets the request')  # noqa: TRY004
    return value


def _log_level(value: object) -> int:
    names = logging.getLevelNamesMapping()
    if isinstance(value, str) and value.upper() in names:
        return names[value.upper()]
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError('the name of a logging level, such as "WARNING"')


_PARSERS: Mapping[str, Callable[[object], Any]] = {
    "ENABLED": _bool,
    "SAMPLE_RATE": _rate,
    "THRESHOLDS": _thresholds,
    "IGNORE": _rules,
    "EXCLUDE_PATHS": _patterns,
    "HEADERS": _headers,
    "RAISE": _bool,
    "LOG_LEVEL": _log_level,
    "FOLLOW_THREADS": _bool,
    "MAX_SHAPES": _at_least(1),
    "MAX_CALL_PATHS": _at_least(1),
    "MAX_BYTES": _at_least(10_000),
    "SQL_LENGTH": _at_least(40),
}


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def parse_settings(raw: object) -> tuple[Settings, list[Problem]]:
    """The settings in `raw`, the value of `NPLUSONE_GUARD`, and what is wrong with it.

    Never raises: where a value does not fit, its default is used and a problem describes it.
    """
    if not isinstance(raw, Mapping):
        hint = 'Write NPLUSONE_GUARD = {"SAMPLE_RATE": 0.1} or leave it out.'
        return Settings(), [Problem(SETTING, f"{SETTING} is {raw!r}, expected a dict.", hint)]
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for key, value in raw.items():
        parse = _PARSERS.get(key)
        if parse is None:
            close = difflib.get_close_matches(str(key).upper(), _PARSERS, n=1)
            hint = f"Did you mean {close[0]!r}?" if close else f"Known keys: {_listed(_PARSERS)}."
            problems.append(Problem(str(key), f"{SETTING} has an unknown key {key!r}.", hint))
            continue
        try:
            values["raise_" if key == "RAISE" else key.lower()] = parse(value)
        except ValueError as error:
            message = f"{SETTING}[{key!r}] is {value!r}, expected {error}."
            problems.append(Problem(key, message, "Until it is mended, the default is used."))
    return Settings(**values), problems


@cache
def get_settings() -> Settings:
    """The settings in force, read once and again when a test overrides them."""
    return parse_settings(getattr(django_settings, SETTING, {}))[0]


def _forget(*, setting: str, **_: object) -> None:
    if setting == SETTING:
        get_settings.cache_clear()


setting_changed.connect(_forget, dispatch_uid="nplusone_guard.conf")

assert len(_PARSERS) == len(fields(Settings))  # noqa: S101 — a setting without a parser would be ignored
