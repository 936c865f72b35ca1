"""Which ignores did nothing in a whole run of the tests? Those of the setting, and the comments in the code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .readiness import django_is_ready

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from nplusone_guard.ignore_comments import IgnoreComment
    from nplusone_guard.rules import Rule

__all__ = ["is_whole_run", "name_of", "ran_every_test", "stale_lines"]

_MOST_LINES = 10
_NARROWING = ("keyword", "markexpr", "deselect", "ignore", "ignore_glob", "lf", "collectonly")
"""Options of pytest that leave tests out."""
_RARE_KINDS = ("latent_n_plus_one", "unused_eager_load")
"""Kinds of findings that only some runs look for: a rule about them that ignored nothing says nothing."""


def name_of(covering: Rule | IgnoreComment, path: str = "") -> str:
    """What to call a rule, or a comment in `path`: the same in every process."""
    if not isinstance(covering, tuple):  # not by its name, as that is imported with Django
        return f"{path}:{covering.line}"
    asked = {key: pattern for key, pattern in covering._asdict().items() if pattern != "*"}
    return f"NPLUSONE_GUARD['IGNORE']: {asked['label'] if list(asked) == ['label'] else asked!r}"


def is_whole_run(terminalreporter: pytest.TerminalReporter) -> bool:
    """Whether all tests of the project ran, and passed: one that failed may not have come to what it ignores."""
    outcomes = terminalreporter.stats
    if not ran_every_test(terminalreporter) or outcomes.get("failed") or outcomes.get("error"):
        return False
    return any(outcomes.get(outcome) for outcome in ("passed", "xfailed", "xpassed"))


def ran_every_test(terminalreporter: pytest.TerminalReporter) -> bool:
    """Whether all tests of the project were asked for."""
    config = terminalreporter.config
    if any(config.getoption(option, None) for option in _NARROWING) or "deselected" in terminalreporter.stats:
        return False
    folder = config.invocation_params.dir
    asked = {str((folder / argument).resolve()) for argument in config.args}
    testpaths = [Path(config.rootpath, path) for path in config.getini("testpaths")]
    every = [str(path.resolve()) for path in testpaths] or [str(config.rootpath.resolve())]
    return asked.issuperset(every)


def stale_lines(ignored: AbstractSet[str], root: Path) -> list[str]:
    """What to say about the ignores that are not among `ignored`, those that did something.

    Args:
        ignored: Their names.
        root: Where the tests are at home: they say nothing about comments in files elsewhere.
    """
    try:
        stale = [name for name in _every(root) if name not in ignored] if django_is_ready() else []
    except Exception as error:  # noqa: BLE001 — an error of ours fails no run
        return [f"nplusone: which ignores are stale could not be told: {type(error).__name__}: {error}"]
    if not stale:
        return []
    more = [f"  … and {len(stale) - _MOST_LINES} more"] if len(stale) > _MOST_LINES else []
    head = f"nplusone: stale? In this run nothing was ignored by {_number(len(stale))}:"
    return [head, *(f"  {name}" for name in stale[:_MOST_LINES]), *more]


def _number(count: int) -> str:
    return "this rule or comment" if count == 1 else f"these {count} rules and comments"


def _every(root: Path) -> Iterator[str]:
    from nplusone_guard.codelines import relative_path  # noqa: PLC0415 — only where Django is
    from nplusone_guard.conf import get_settings  # noqa: PLC0415
    from nplusone_guard.inline_ignores import comments_of  # noqa: PLC0415
    from nplusone_guard.project_files import project_files  # noqa: PLC0415

    for rule in get_settings().ignore:
        if rule.kind not in _RARE_KINDS:
            yield name_of(rule)
    for path in project_files().paths:
        for comment in comments_of(path) if Path(path).is_relative_to(root) else ():
            if comment.rules:
                yield name_of(comment, relative_path(path))
