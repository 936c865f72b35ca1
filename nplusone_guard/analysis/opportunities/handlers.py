"""What do views answer with that are functions? Each template with its rows, and each serializer of rows.

Functions, `get()` of plain view classes, `get_context_data()` of a `TemplateView`, functions of REST framework's
`@api_view` and extra actions of its viewsets.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from django.template.exceptions import TemplateDoesNotExist
from django.template.loader import select_template
from django.views.generic.base import TemplateView, View
from django.views.generic.detail import SingleObjectMixin
from django.views.generic.list import MultipleObjectMixin

from ...codelines import is_project_file
from .answers import answers_of
from .building import empty_request
from .evaluating import Answer, Context, OfRequest, Rendered, Serialized, ViewItself
from .fetched import Fetched
from .following import project_function
from .loads import loads_of
from .reading import Rows
from .responses import Response, Routed
from .templates import reads_of_template, rows_by_name

__all__ = ["Handler", "responses_of_function", "responses_of_handler"]


@dataclass(frozen=True, slots=True)
class Handler:
    """A function that answers.

    Attributes:
        function: The function.
        given: What its first parameters stand for.
        view: The dotted name of the view.
        action: The action, `""` of a view that is a function.
        instance: The view, where it is a class with serializers.
    """

    function: FunctionType
    given: tuple[Any, ...]
    view: str
    action: str = ""
    instance: Any = None


def responses_of_function(routed: Routed) -> Iterator[Response]:
    """What the function or plain view class at `routed` answers with, as far as that stands in it."""
    callback = routed.callback
    cls = getattr(callback, "view_class", None)
    if cls is None and getattr(callback, "cls", None) is None:
        function = inspect.unwrap(callback)
        if isinstance(function, FunctionType) and is_project_file(function.__code__.co_filename):
            name = f"{function.__module__}.{function.__qualname__}"
            yield from responses_of_handler(Handler(function, (OfRequest(),), name), routed)
    elif (
        isinstance(cls, type)
        and issubclass(cls, View)
        and not issubclass(cls, SingleObjectMixin | MultipleObjectMixin)
    ):
        yield from _of_class(cls, routed)


def _of_class(cls: Any, routed: Routed) -> Iterator[Response]:
    name = f"{cls.__module__}.{cls.__qualname__}"
    own = project_function(cls, "get")
    if own is not None:
        handler = Handler(own, (ViewItself({}), OfRequest()), name, "get")
        yield from responses_of_handler(handler, routed)
        return
    written = [one for one in cls.__mro__ if "get_context_data" in vars(one) and _is_the_projects(one)]
    if not issubclass(cls, TemplateView) or len(written) != 1 or project_function(cls, "render_to_response"):
        return
    function = project_function(cls, "get_context_data")
    if function is None:
        return
    view = cls(**getattr(routed.callback, "view_initkwargs", {}))
    view.setup(empty_request())
    returned: list[Any] = []
    answers_of(function, (ViewItself({"get_context_data": lambda **_: Context({})}),), returned=returned)
    handler = Handler(function, (), name, "get")
    for context in returned:
        if isinstance(context, Context):
            yield from _responses(Rendered(tuple(view.get_template_names()), context.values), handler, routed)


def _is_the_projects(cls: type) -> bool:
    return is_project_file(str(getattr(inspect.getmodule(cls), "__file__", "")))


def responses_of_handler(handler: Handler, routed: Routed) -> Iterator[Response]:
    """What `handler`, at `routed`, answers with."""
    for answer in answers_of(handler.function, handler.given):
        yield from _responses(answer, handler, routed)


def _responses(answer: Answer, handler: Handler, routed: Routed) -> Iterator[Response]:
    if isinstance(answer, Rendered):
        yield from _of_template(answer, handler, routed)
    else:
        yield from _of_serializer(answer, handler, routed)


def _of_template(answer: Rendered, handler: Handler, routed: Routed) -> Iterator[Response]:
    try:
        template: Any = select_template(answer.names)
    except TemplateDoesNotExist:
        return
    for name, rows in answer.context.items():
        loads = loads_of(rows.queryset) if isinstance(rows, Fetched) else None
        if loads is not None:
            names = rows_by_name([name], rows.queryset.model, many=rows.many, back=rows.back)
            every = reads_of_template(template, names)
            reads = tuple(one for one in every if one.path[0] not in loads.names)
            yield Response(handler.view, routed.route, handler.action, rows.many, loads, reads, rows.sure)


def _of_serializer(answer: Serialized, handler: Handler, routed: Routed) -> Iterator[Response]:
    from .serializers import has_list_of_its_own, reads_of_serializer  # noqa: PLC0415 — an optional library

    rows = answer.rows
    loads = loads_of(rows.queryset)
    view = handler.instance
    context = {"request": empty_request()} if view is None else view.get_serializer_context()
    serializer = answer.serializer(context=context)
    if loads is None or (rows.many and has_list_of_its_own(serializer)):
        return
    reads = tuple(reads_of_serializer(serializer, Rows(rows.queryset.model, back=rows.back), loads.names))
    yield Response(handler.view, routed.route, handler.action, rows.many, loads, reads, rows.sure)
