"""System checks: which views load relations row by row? `manage.py check --tag nplusone`.

W101: what is declared reads it of each row, certainly.
W102: a method that runs for each row does, likely.

What is only possible is not told here. Nothing is queried, but the project's `get_queryset()` and serializers run;
so a plain `manage.py check`, and the one of every other command, leaves these out.
"""

from __future__ import annotations

import sys
from typing import Any

from django.core.checks import CheckMessage, Warning, register  # noqa: A004 — Django's name

__all__ = ["check_opportunities", "register_checks"]

_IDS = {"certain": "nplusone_guard.W101", "likely": "nplusone_guard.W102"}


def register_checks(tag: str) -> None:
    """Tell Django about the check."""
    register(check_opportunities, tag)


def check_opportunities(**_: Any) -> list[CheckMessage]:
    """W101 and W102, of the views that URLs lead to and of the admin, when their tag is asked for."""
    # Django tells a check nothing of the tags: `run_checks`, which calls it, has them (5.2 to 6.1, and a test).
    asked = sys._getframe(1).f_locals.get("tags")
    if not asked or not set(check_opportunities.tags).intersection(asked):  # type: ignore[attr-defined]
        return []
    # Not with Django's start: it is a library of its own that a server never needs.
    from .analysis.opportunities import analyze_n_plus_one_opportunities, answering  # noqa: PLC0415

    found: dict[tuple[str, str, str], CheckMessage] = {}
    for one in analyze_n_plus_one_opportunities():
        if one.confidence in _IDS:
            told = f"{one.place}: {_sentence(one, answering(one.view, one.action))}"
            message = Warning(told, hint=_hint(one), id=_IDS[one.confidence])
            found.setdefault((str(one.place), one.label, one.view), message)
    return list(found.values())


def _sentence(one: Any, where: str) -> str:
    title = " → ".join((one.label, *(label.rpartition(".")[2] for label in one.through)))
    return f"{title} is loaded row by row in {where}."


def _hint(one: Any) -> str:
    return f'On its queryset: {one.suggestion}. If it is meant: "# nplusone: ignore[{one.label}] reason".'
