"""Which functions answer in an API? Those under `@api_view`, `get()` of a view, and extra actions of a viewset.

An extra action may show what it likes: the row that its URL names, rows of a relation from there, a list.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

from rest_framework import generics
from rest_framework.views import APIView

from ...codelines import is_project_file
from .apis import asked_view, loads_on_the_way
from .building import DatabaseIsShutError
from .evaluating import OfRequest, Serialized, ViewItself, serialized_by
from .fetched import Fetched, Known
from .following import project_function
from .handlers import Handler, responses_of_handler
from .responses import Response, Routed
from .trees import has_condition

__all__ = ["responses_of_api_function"]

_UNDER_API_VIEW = "api_view.<locals>.decorator.<locals>.handler"
_UNTOUCHED = ("filter_queryset", "get_object", "get_serializer", "paginate_queryset")


def responses_of_api_function(routed: Routed) -> Iterator[Response]:
    """What the function at `routed` answers with, as far as that stands in it."""
    cls = getattr(routed.callback, "cls", None)
    if not (isinstance(cls, type) and issubclass(cls, APIView)):
        return
    actions = getattr(routed.callback, "actions", None)
    action = "get" if actions is None else str(actions.get("get", ""))
    generic = issubclass(cls, generics.GenericAPIView)
    handler = _of_generic(cls, action, routed) if generic else _under_api_view(cls) or _of_plain(cls, action)
    if handler is not None:
        yield from responses_of_handler(handler, routed)


def _under_api_view(cls: Any) -> Handler | None:
    get: Any = getattr(cls, "get", None)
    if getattr(get, "__qualname__", "") != _UNDER_API_VIEW:
        return None
    function = inspect.unwrap(inspect.getclosurevars(get).nonlocals["func"])
    if not (isinstance(function, FunctionType) and is_project_file(function.__code__.co_filename)):
        return None
    return Handler(function, (OfRequest(),), f"{function.__module__}.{function.__qualname__}")


def _of_plain(cls: type, action: str) -> Handler | None:
    function = project_function(cls, action)
    if function is None:
        return None
    return Handler(function, (ViewItself({}), OfRequest()), f"{cls.__module__}.{cls.__qualname__}", action)


def _of_generic(cls: Any, action: str, routed: Routed) -> Handler | None:
    """An extra action, which has a `mapping`; what the others do is known."""
    function = project_function(cls, action)
    asked = asked_view(routed)
    if function is None or asked is None or not hasattr(getattr(cls, action), "mapping"):
        return None
    itself = ViewItself(_methods(asked.view))
    return Handler(function, (itself, OfRequest()), f"{cls.__module__}.{cls.__qualname__}", action, asked.view)


def _methods(view: Any) -> dict[str, Callable[..., Any]]:
    """What the methods of `view` give that are as REST framework has them."""
    cls = type(view)

    def queryset(*_: Any) -> Fetched | None:
        chosen = project_function(cls, "get_queryset")
        try:
            found = view.get_queryset()
        except DatabaseIsShutError:
            return None
        return Fetched(found, sure=chosen is None or not has_condition(chosen))

    def one(*_: Any) -> Fetched | None:
        rows = queryset()
        return rows and Fetched(rows.queryset, many=False, sure=rows.sure)

    def serialized(*given: Any, **named: Any) -> Serialized | None:
        return serialized_by(view.get_serializer_class(), given, named)

    found: dict[str, Callable[..., Any]] = {
        "get_queryset": queryset,
        "get_object": one,
        "get_serializer": serialized,
        "get_serializer_class": lambda: Known(view.get_serializer_class()),
        "filter_queryset": lambda rows: rows,
        "paginate_queryset": lambda rows: rows,
        "get_paginated_response": lambda _: None,
        "check_object_permissions": lambda *_: None,
    }
    if loads_on_the_way(cls):
        found = {"get_queryset": queryset, "get_serializer_class": found["get_serializer_class"]}
    return {
        name: method for name, method in found.items() if name not in _UNTOUCHED or not project_function(cls, name)
    }
