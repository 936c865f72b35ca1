"""Runs scenarios: inside a request as production is watched, inside `watch()`, and only counted."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

from asgiref.sync import sync_to_async
from django.core.cache import cache
from django.db import connections, transaction
from django.db.backends.signals import connection_created
from django.http import HttpResponse
from django.test import AsyncClient, Client, RequestFactory, override_settings

from nplusone_guard import Finding, watch
from nplusone_guard.conf import get_settings
from nplusone_guard.detection import detect
from nplusone_guard.lifecycle import close_scope, install, open_scope
from nplusone_guard.middleware import NPlusOneMiddleware
from nplusone_guard.scope import Scope, Watchfulness, ambient, entered
from nplusone_guard.signals import report_ready

from .scenario import Scenario
from .store.rows import Store

__all__ = ["Depth", "find", "site", "statements"]

Depth = Literal["light", "deep", "latent"]
"""As production is watched, as `watch()` watches, and as a test is watched for what its one row hides."""

ALIASES = ("default", "other")
_SUPERUSER = "boss@example.org"
_ABOUT_ROWS = re.compile(r"\b(FROM|INTO|UPDATE)\b", re.IGNORECASE)


def site() -> Any:
    """The settings under which the store is a site of its own."""
    from django.conf import settings

    return override_settings(
        ROOT_URLCONF="tests.corpus.store.urls",
        MIDDLEWARE=[*settings.MIDDLEWARE, "tests.corpus.store.middleware.stamp_customers"],
        TEMPLATES=[_with_context_processor(engine) for engine in settings.TEMPLATES],
    )


def _with_context_processor(engine: dict[str, Any]) -> dict[str, Any]:
    options = engine.get("OPTIONS", {})
    processors = [*options.get("context_processors", ()), "tests.corpus.store.context.menu"]
    return {**engine, "OPTIONS": {**options, "context_processors": processors}}


def find(scenario: Scenario, store: Store, depth: Depth) -> tuple[Finding, ...]:
    """What the guard finds in `scenario`, with the default settings."""
    with _prepared(scenario, store) as arguments:
        if depth == "deep":
            return _deep(scenario, arguments)
        if depth == "latent":
            return _latent(scenario, arguments)
        return _light(scenario, arguments)


def statements(scenario: Scenario, store: Store) -> int:
    """How many statements about rows `scenario` runs, counted without the guard."""
    with _prepared(scenario, store) as arguments, _counted() as count:
        _call(scenario, arguments)
    return count()


def _deep(scenario: Scenario, arguments: dict[str, Any]) -> tuple[Finding, ...]:
    if not scenario.is_async:
        with watch() as report:
            scenario.function(**arguments)
        return report.findings

    async def watched() -> tuple[Finding, ...]:
        async with watch() as report:
            await scenario.function(**arguments)
        return report.findings

    return _run(watched())


def _latent(scenario: Scenario, arguments: dict[str, Any]) -> tuple[Finding, ...]:
    found: list[Finding] = []

    def judge(scope: Scope) -> None:
        found.extend(detect(scope, get_settings().ignore, latent=True))

    install()
    scope = open_scope("block", scenario.name, Watchfulness.of(get_settings(), deep=True, latent=True))
    ambient.on_closed = judge
    try:
        with entered(scope):
            _call(scenario, arguments)
    finally:
        close_scope(scope)
        ambient.on_closed = None
    return tuple(found)


def _light(scenario: Scenario, arguments: dict[str, Any]) -> tuple[Finding, ...]:
    found: list[Finding] = []

    def collect(sender: str, report: Any, request: Any, **kwargs: Any) -> None:
        if sender == "request":
            found.extend(report.findings)

    report_ready.connect(collect)
    try:
        if {"client", "aclient"} & arguments.keys():
            _call(scenario, arguments)
        elif scenario.is_async:
            _run(_async_request(scenario, arguments))
        else:
            _request(scenario, arguments)
    finally:
        report_ready.disconnect(collect)
    return tuple(found)


def _request(scenario: Scenario, arguments: dict[str, Any]) -> None:
    def view(request: Any) -> HttpResponse:
        scenario.function(**arguments)
        return HttpResponse()

    NPlusOneMiddleware(view)(RequestFactory().get(f"/{scenario.name}/"))


async def _async_request(scenario: Scenario, arguments: dict[str, Any]) -> None:
    async def view(request: Any) -> HttpResponse:
        await scenario.function(**arguments)
        return HttpResponse()

    await NPlusOneMiddleware(view)(RequestFactory().get(f"/{scenario.name}/"))


def _call(scenario: Scenario, arguments: dict[str, Any]) -> None:
    if scenario.is_async:
        _run(scenario.function(**arguments))
    else:
        scenario.function(**arguments)


def _run(coroutine: Any) -> Any:
    """Run `coroutine` in a loop and threads of its own, and close the connections they opened."""

    async def main() -> Any:
        try:
            return await coroutine
        finally:
            await sync_to_async(connections.close_all)()

    return asyncio.run(main())


@contextmanager
def _prepared(scenario: Scenario, store: Store) -> Iterator[dict[str, Any]]:
    """The arguments of `scenario`; what it writes is gone afterwards."""
    cache.clear()
    arguments = {name: _ARGUMENTS[name](store) for name in scenario.parameters}
    try:
        if scenario.commits or scenario.is_async:
            yield arguments
            return
        with transaction.atomic(), transaction.atomic(using="other"):
            yield arguments
            for alias in ALIASES:
                transaction.set_rollback(True, using=alias)
    except Exception as error:
        error.add_note(f"in the scenario {scenario.theme}.{scenario.name}")
        raise


def _client(store: Store) -> Client:
    from django.contrib.auth import get_user_model

    client = Client()
    client.force_login(get_user_model().objects.get(email=_SUPERUSER))
    return client


_ARGUMENTS: dict[str, Callable[[Store], Any]] = {
    "store": lambda store: store,
    "client": _client,
    "aclient": lambda store: AsyncClient(),
}


# -- counting --------------------------------------------------------------------------------------------------


@contextmanager
def _counted() -> Iterator[Callable[[], int]]:
    """Count the statements about rows on every connection, of every thread."""
    seen: list[str] = []
    counting = True

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if counting and _ABOUT_ROWS.search(sql):
            seen.append(sql)
        return execute(sql, params, many, context)

    def connected(connection: Any, **kwargs: Any) -> None:
        if count not in connection.execute_wrappers:
            connection.execute_wrappers.append(count)

    connection_created.connect(connected)
    ours = [connections[alias] for alias in ALIASES]
    for connection in ours:
        connected(connection)
    try:
        yield lambda: len(seen)
    finally:
        counting = False
        connection_created.disconnect(connected)
        for connection in ours:
            if count in connection.execute_wrappers:
                connection.execute_wrappers.remove(count)
