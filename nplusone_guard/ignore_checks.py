"""System checks: does everything that says "not this one" still say it about something?

E002: a label names an app, model, relation or operation that is not there.
W002: a rule or comment that nothing can match any more.
W003: a comment that is not written as one has to be, and ignores nothing.

Nothing is queried, and nothing is known of what ran: what matched nothing in a whole run of the tests is told by
the pytest plugin.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning  # noqa: A004 — Django's name
from django.urls import URLPattern, get_resolver
from django.urls.resolvers import LocalePrefixPattern, URLResolver

from .codelines import relative_path
from .conf import SETTING, parse_settings
from .ignore_calls import labels_in_calls
from .inline_ignores import comments_of
from .known_labels import KnownLabels, has_wildcard
from .project_files import ProjectFiles, project_files
from .rules import Rule
from .wording import nearest

__all__ = ["check_ignores"]

_SETTING_NAME = f"{SETTING}['IGNORE']"
_LARGEST_FILE = 2_000_000
_CALLED = re.compile(rb"nplusone[\s\S]*?\bignore\b")


def check_ignores(**_: Any) -> list[CheckMessage]:
    """E002, W002 and W003, of the setting `IGNORE` and of the project's files."""
    rules = parse_settings(getattr(settings, SETTING, {}))[0].ignore
    files = project_files()
    return [*_in_setting(rules, files), *_in_files(files)]


# -- the setting -----------------------------------------------------------------------------------------------


def _in_setting(rules: Iterable[Rule], files: ProjectFiles) -> Iterator[CheckMessage]:
    known = KnownLabels()
    for rule in rules:
        if rule.label != "*":
            yield from _about_label(known, rule.label, _SETTING_NAME)
        if rule.path != "*":
            yield from _about_path(rule.path, files)
        if rule.route != "*":
            yield from _about_route(rule.route)


def _about_label(known: KnownLabels, label: str, where: str, *, installed: bool = True) -> Iterator[CheckMessage]:
    """What is wrong with `label`.

    Args:
        known: The labels there are.
        label: The label or pattern.
        where: Where it stands.
        installed: Whether it stands in the settings or in an app that they install. Elsewhere below `BASE_DIR` it
            may be about apps that other settings install, those of the tests for one.
    """
    missing = known.missing(label)
    if missing is None or (missing.app and not installed and not missing.near):
        return
    hint = _or_gone(missing.near)
    if has_wildcard(label):
        yield _stale(f"{where} ignores {label!r}, which no label matches: {missing.why}.", hint)
    elif missing.app and not installed:
        yield _stale(f"{where} ignores {label!r}: {missing.why}.", hint)
    else:
        yield Error(f"{where} ignores {label!r}: {missing.why}.", hint=hint, id="nplusone_guard.E002")


def _about_path(pattern: str, files: ProjectFiles) -> Iterator[CheckMessage]:
    # Of what lies outside of the project nobody knows all.
    elsewhere = pattern.startswith(("/", "\\", "*")) or ":" in pattern or "-packages" in pattern
    if not files.complete or elsewhere:
        return
    paths = files.as_people_see_them()
    if not any(fnmatchcase(path, pattern) for path in paths):
        near = "" if has_wildcard(pattern) else nearest(pattern, paths)
        yield _stale(f"{_SETTING_NAME} has a rule for the path {pattern!r}, and no file matches.", _or_gone(near))


def _about_route(pattern: str) -> Iterator[CheckMessage]:
    routes = _routes()
    if routes is not None and not any(fnmatchcase(route, pattern) for route in routes):
        near = "" if has_wildcard(pattern) else nearest(pattern, routes)
        yield _stale(f"{_SETTING_NAME} has a rule for the route {pattern!r}, and no URL matches.", _or_gone(near))


def _or_gone(near: str) -> str:
    return f"Did you mean {near!r}?" if near else "Take it out if what it was about is gone."


def _stale(message: str, hint: str) -> CheckMessage:
    return Warning(message, hint=hint, id="nplusone_guard.W002")


def _routes() -> set[str] | None:
    """The routes of all URLs, as a resolver match has them; `None` if they cannot be loaded."""
    # Projects with several hosts name the other modules in settings of their own.
    named = [getattr(settings, name, None) for name in dir(settings) if name.endswith("URLCONF")]
    try:
        found = {route for name in named if isinstance(name, str) for route in _below(get_resolver(name), "")}
    except Exception:  # noqa: BLE001 — Django tells what is wrong with the URLs itself
        return None
    return found or None


def _below(resolver: URLResolver, prefix: str) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        for own in _spellings(pattern.pattern):
            # As URLResolver does it, which drops the start of a regular expression behind something else.
            route = prefix + own.removeprefix("^") if prefix else own
            if isinstance(pattern, URLPattern):
                yield route
            else:
                yield from _below(pattern, route)


def _spellings(pattern: Any) -> list[str]:
    if isinstance(pattern, LocalePrefixPattern):
        return ["", *(f"{code}/" for code, _ in settings.LANGUAGES)]
    return [str(pattern)]


# -- the project's files ---------------------------------------------------------------------------------------


def _in_files(files: ProjectFiles) -> Iterator[CheckMessage]:
    known = KnownLabels()
    apps_installed = tuple(os.path.join(app.path, "") for app in apps.get_app_configs())  # noqa: PTH118
    for path in files.paths:
        installed = path.startswith(apps_installed)
        for comment in comments_of(path):
            where = f"{relative_path(path)}:{comment.line}"
            if comment.problem:
                message = f"{where}: the comment ignores nothing, as {comment.problem}."
                hint = 'Write "nplusone: ignore[app.Model.relation] reason" in a comment.'
                yield Warning(message, hint=hint, id="nplusone_guard.W003")
            elif not comment.lines:
                yield _stale(f"{where}: the comment ignores nothing, as no code stands below it.", _or_gone(""))
            for rule in comment.rules:
                if rule.label != "*":
                    yield from _about_label(known, rule.label, where, installed=installed)
        if path.endswith(".py"):
            for line, label in sorted(_called_in(path), key=lambda one: one[0]):
                yield from _about_label(known, label, f"{relative_path(path)}:{line}", installed=installed)


def _called_in(path: str) -> Iterator[tuple[int, str]]:
    try:
        file = Path(path)
        source = file.read_bytes() if file.stat().st_size <= _LARGEST_FILE else b""
    except OSError:
        return
    if _CALLED.search(source):
        yield from labels_in_calls(source)
