"""How is a view asked for its queryset and its serializer when there is no request? With the database shut.

The project's `get_queryset()` runs, as it does for tools that write the schema of an API: with an empty GET
request of nobody. What asks the database, or does not get along with such a request, says nothing of itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NoReturn

from django.db import connections
from django.http import HttpRequest

__all__ = ["DatabaseIsShutError", "empty_request", "shut_database"]

_WAYS_IN = ("ensure_connection", "connect", "cursor", "chunked_cursor")


class DatabaseIsShutError(Exception):
    """Code asked the database while it was only to be looked at."""


@contextmanager
def shut_database() -> Iterator[None]:
    """While inside, no statement runs and no connection is opened by this thread.

    Raises:
        DatabaseIsShutError: To whoever tries.
    """
    with ExitStack() as stack:
        for alias in connections:
            connection = connections[alias]
            for name in _WAYS_IN:
                # On the instance, so that taking it away gives back the class's own.
                before = vars(connection).get(name)
                setattr(connection, name, _refuse)
                stack.callback(_give_back, connection, name, before)
        yield


def _give_back(connection: Any, name: str, before: Any) -> None:
    if before is None:
        delattr(connection, name)
    else:
        setattr(connection, name, before)


def _refuse(*_: Any, **__: Any) -> NoReturn:
    raise DatabaseIsShutError("no statement runs while the code is analyzed")


def empty_request() -> Any:
    """A GET request of nobody, without parameters."""
    from django.contrib.auth.models import AnonymousUser  # noqa: PLC0415 — needs the app registry

    request: Any = HttpRequest()
    request.method = "GET"
    request.META.update(SERVER_NAME="localhost", SERVER_PORT="80")
    request.user = AnonymousUser()
    request.session = {}
    return request
