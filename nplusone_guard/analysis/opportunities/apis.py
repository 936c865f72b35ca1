"""What do the API views answer with? Of each action its queryset and its serializer.

An action says nothing where it does more than list what `get_queryset()` gives: where it, or a method on the way,
has a `select_related()` or the like of its own, the rows are not those that were looked at.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from django.http import HttpRequest
from rest_framework import generics, mixins
from rest_framework.request import Request

from ...codelines import is_project_file
from .building import empty_request
from .following import project_function
from .loads import loads_of
from .lost import lost_by_serializer
from .reading import Rows
from .responses import Response, Routed
from .serializers import has_list_of_its_own, reads_of_serializer
from .trees import LOADING, asks_only_for, has_condition, parsed

__all__ = ["AskedView", "asked_view", "loads_on_the_way", "responses_of"]

_ON_THE_WAY = ("filter_queryset", "paginate_queryset", "get_serializer", "list", "retrieve", "get")
_GIVING = frozenset({"get_queryset", "list", "get_object", "retrieve"})


@dataclass(frozen=True, slots=True)
class AskedView:
    """A view that may be asked for its queryset and its serializer.

    Attributes:
        view: An instance of it, with a request.
        action: What the request asks of it: `list`, `retrieve`, the name of an extra action.
    """

    view: Any
    action: str


def responses_of(routed: Routed) -> Iterator[Response]:
    """What the view at `routed` answers to GET; nothing where it is no generic API view, or cannot be told."""
    asked = asked_view(routed)
    if asked is None:
        return
    view, action = asked.view, asked.action
    cls = type(view)
    many = _shows_many(cls, action)
    if many is None or not _is_plain(cls, action):
        return
    queryset = view.get_queryset()
    loads = loads_of(queryset)
    if loads is None:
        return
    serializer = view.get_serializer_class()(context=view.get_serializer_context())
    if many and has_list_of_its_own(serializer):
        return
    reads = tuple(reads_of_serializer(serializer, Rows(queryset.model), loads.names))
    chosen = project_function(cls, "get_queryset")
    sure = chosen is None or not has_condition(chosen)
    lost = None
    if action == "list" and not _looks_at_rows(cls):
        lost = frozenset(lost_by_serializer(serializer, Rows(queryset.model), loads.names))
    view_name = f"{cls.__module__}.{cls.__qualname__}"
    yield Response(view_name, routed.route, action, many, loads, reads, sure, lost)


def asked_view(routed: Routed) -> AskedView | None:
    """The view at `routed` as a GET request of nobody finds it; `None` where it is no generic API view."""
    cls = getattr(routed.callback, "cls", None)
    if not (isinstance(cls, type) and issubclass(cls, generics.GenericAPIView)):
        return None
    action = _action(cls, getattr(routed.callback, "actions", None))
    if not action:
        return None
    view = cls(**dict(getattr(routed.callback, "initkwargs", None) or {}))
    _prepare(view, action, empty_request())
    return AskedView(view, action)


def _action(cls: type, actions: dict[str, str] | None) -> str:
    if actions is not None:
        return str(actions.get("get", ""))
    if not hasattr(cls, "get"):
        return ""
    return "list" if issubclass(cls, mixins.ListModelMixin) else "retrieve"


def _shows_many(cls: type, action: str) -> bool | None:
    """Whether the action shows a list; `None` where that cannot be told."""
    if action == "list":
        return True
    if action == "retrieve":
        return False
    detail = getattr(getattr(cls, action, None), "detail", None)
    # An extra action of one row may show that row, or any list of something else.
    return True if detail is False else None


def _prepare(view: Any, action: str, request: HttpRequest) -> None:
    view.request = Request(request)
    view.request._user = request.user  # nobody is to be looked up
    view.args, view.kwargs = (), {}
    view.action = action
    view.format_kwarg = None
    view.headers = {}


def _is_plain(cls: type, action: str) -> bool:
    """Whether the rows of `action` are what `get_queryset()` gives, with no more loaded on the way."""
    if loads_on_the_way(cls):
        return False
    own = inspect.getattr_static(cls, action, None)
    if not _is_project_function(own):
        return True
    names = _names(own)
    return not names & LOADING and bool(names & _GIVING)


def loads_on_the_way(cls: type) -> bool:
    """Whether a method of `cls`, a filter or the pagination has a `select_related()` or the like of its own."""
    helpers = [(backend, "filter_queryset") for backend in getattr(cls, "filter_backends", ())]
    helpers.append((getattr(cls, "pagination_class", None), "paginate_queryset"))
    for owner, name in (*((cls, name) for name in _ON_THE_WAY), *helpers):
        function = inspect.getattr_static(owner, name, None)
        if _is_project_function(function) and _names(function) & LOADING:
            return True
    return False


def _looks_at_rows(cls: Any) -> bool:
    """Whether code of the project gets the rows of a list, or chooses a serializer by more than the action."""
    choosing = project_function(cls, "get_serializer_class")
    if choosing is not None and not asks_only_for(choosing, "action"):
        return True
    paginator = getattr(cls, "pagination_class", None)
    every = [(cls, name) for name in _ON_THE_WAY] + [(paginator, "paginate_queryset")]
    return any(project_function(owner, name) is not None for owner, name in every)


def _is_project_function(function: Any) -> bool:
    return isinstance(function, FunctionType) and is_project_file(inspect.unwrap(function).__code__.co_filename)


def _names(function: Any) -> set[str]:
    tree = parsed(inspect.unwrap(function))
    if tree is None:
        return set(LOADING)  # what cannot be read may do anything
    found = {one.attr for one in ast.walk(tree) if isinstance(one, ast.Attribute)}
    return found | {one.id for one in ast.walk(tree) if isinstance(one, ast.Name)}
