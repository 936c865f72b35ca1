"""Which N+1s wait in the code? What a view's response reads of each row, against what its queryset loads.

    views, admin classes ──> responses ──> judging ──> opportunities
                              │  │
                              │  └ loads: what the queryset brings
                              └ reads: serializers, functions, admins

No statement runs: while the project's code builds its querysets the database is shut.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.apps import apps

from ...conf import get_settings
from ...inline_ignores import comment_on
from ...rules import Rule
from .building import shut_database
from .confirming import confirmed_by, events_of
from .handlers import responses_of_function
from .judging import Missing, missing_of, opportunities_of
from .pages import responses_of_page
from .responses import Response, routed_views
from .useless import useless_loads_of
from .values import Confidence, Opportunity, UselessLoad, answering

__all__ = [
    "Confidence",
    "Opportunity",
    "UselessLoad",
    "analyze_n_plus_one_opportunities",
    "analyze_useless_loads",
    "answering",
]


def analyze_n_plus_one_opportunities(
    *, urlconf: str | None = None, log: Path | str | None = None
) -> list[Opportunity]:
    """Which relations do the views load row by row? Told from the code; no statement runs.

    Looked at are the generic views of Django REST framework and of Django, with their templates, that URLs lead
    to, and the change lists of the admin. What cannot be told is left out.

    Args:
        urlconf: The module with the URLs; the setting `ROOT_URLCONF` when `None`.
        log: A file with the events `nplusone.detected`, one JSON object a line, that confirm opportunities.

    Raises:
        OSError: `log` cannot be read.
    """
    rules = get_settings().ignore
    found: dict[tuple[str, ...], Opportunity] = {}
    for response in _responses(urlconf):
        missing = [one for one in missing_of(response) if not _is_meant(one, response, rules)]
        for one in opportunities_of(response, missing):
            # A router has each view twice, with and without a format behind it.
            key = (one.view, one.action, one.label, one.path, str(one.place), one.suggestion)
            found.setdefault(key, one)
    every = list(found.values())
    return every if log is None else confirmed_by(events_of(log), every)


def analyze_useless_loads(*, urlconf: str | None = None) -> list[UselessLoad]:
    """Which relations do the lists of the API load beside their rows, and never read? No statement runs.

    Args:
        urlconf: The module with the URLs; the setting `ROOT_URLCONF` when `None`.
    """
    found = (one for response in _responses(urlconf) for one in useless_loads_of(response))
    # A router has each view twice, with and without a format behind it.
    return list({(one.view, one.action, one.path): one for one in found}.values())


def _responses(urlconf: str | None) -> Iterator[Response]:
    with shut_database():
        routed = list(routed_views(urlconf))
        if importlib.util.find_spec("rest_framework") is not None and apps.is_installed("rest_framework"):
            from .api_handlers import responses_of_api_function  # noqa: PLC0415 — an optional library
            from .apis import responses_of  # noqa: PLC0415

            for one in routed:
                # What an extra action shows is what stands in it, before what its view shows elsewhere.
                told = _unless_it_fails(responses_of_api_function, one)
                yield from told or _unless_it_fails(responses_of, one)
        for one in routed:
            yield from _unless_it_fails(responses_of_page, one)
            yield from _unless_it_fails(responses_of_function, one)
        if apps.is_installed("django.contrib.admin"):
            from .admins import admin_classes, response_of_admin  # noqa: PLC0415 — an optional app

            for admin in admin_classes():
                yield from _unless_it_fails(lambda one: filter(None, [response_of_admin(one)]), admin)


def _unless_it_fails(look: Any, at: Any) -> list[Response]:
    """What `look` finds; nothing when the project's code does not get along without a request."""
    try:
        return list(look(at))
    except Exception:  # noqa: BLE001 — the project's code may raise anything
        return []


def _is_meant(missing: Missing, response: Response, rules: Iterable[Rule]) -> bool:
    """Whether a rule of the settings or a comment says that it is to stay."""
    label = missing.reads[0].attribution.label
    path = missing.place.path
    if any(rule.matches(label=label, kind="n_plus_one", path=path, route=response.route) for rule in rules):
        return True
    return comment_on(missing.filename, missing.line, label) is not None
