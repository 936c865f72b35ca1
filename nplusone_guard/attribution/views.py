"""Which view is running, and where does it get its rows? Read from the frames of views and of the handler."""

from __future__ import annotations

from functools import partial
from types import FunctionType, MethodType
from typing import Any, NamedTuple

from .declared import Declared, attribute_of, declared_attribute, declared_class, own, project_class

__all__ = ["View", "view_of_callback", "view_of_instance"]


class View(NamedTuple):
    """A view.

    Attributes:
        place: The view: its method, class or function, `OrderViewSet.list`.
        origin: Where the class says which rows it shows, `OrderViewSet.get_queryset`; `None` for a function.
        model: The label of the model whose rows those are, `""` where the class does not say.
    """

    place: Declared
    origin: Declared | None = None
    model: str = ""


def view_of_instance(view: Any, request: Any) -> View | None:
    """The view that `view`, an instance of its class, answers `request` with."""
    return _of_class(type(view), own(view, "action") or _method_of(request), own(view, "model"))


def view_of_callback(callback: Any, request: Any) -> View | None:
    """The view behind `callback`, the function that a URL leads to."""
    function = callback
    while isinstance(function, partial):
        function = function.func
    if isinstance(function, MethodType):
        function = function.__func__
    # Decorators copy the attributes that say whose function it is.
    admin = own(function, "model_admin")
    if admin is not None:
        return _of_class(type(admin), "", own(admin, "model"))
    cls = own(function, "view_class") or own(function, "cls")
    if isinstance(cls, type):
        method = _method_of(request)
        return _of_class(cls, (own(function, "actions") or {}).get(method, method), None)
    while own(function, "__wrapped__") is not None:
        function = own(function, "__wrapped__")
    if not isinstance(function, FunctionType):
        return None
    code = function.__code__
    return View(Declared(code.co_filename, function.__name__, lineno=code.co_firstlineno, owner=code.co_qualname))


def _of_class(cls: type, method: str, model: Any) -> View | None:
    found = project_class(cls)
    if found is None:
        return None
    written = isinstance(attribute_of(found, method), FunctionType) if method else False
    place = declared_attribute(
        cls, (method,), f"{found.__name__}.{method}" if method and written else found.__name__
    )
    return None if place is None else View(place, _origin(cls, found), _model_of(cls, model))


def _origin(cls: type, found: type) -> Declared | None:
    """Where the nearest class of the project says which rows are shown."""
    if attribute_of(cls, "get_queryset") is None:
        return None  # not a view of rows
    for one in cls.__mro__:
        if project_class(one) is not one:
            continue
        for attribute in ("get_queryset", "queryset", "model"):
            if one.__dict__.get(attribute) is not None:
                return declared_attribute(one, (attribute,), f"{found.__name__}.{attribute}")
    return declared_class(cls)


def _model_of(cls: type, model: Any) -> str:
    serializer = attribute_of(cls, "serializer_class")
    meta = attribute_of(serializer, "Meta") if isinstance(serializer, type) else None
    candidates = (
        model,
        own(attribute_of(cls, "queryset"), "model"),
        attribute_of(cls, "model"),
        attribute_of(meta, "model") if isinstance(meta, type) else None,
    )
    for one in candidates:
        if isinstance(one, type) and hasattr(one, "_meta"):
            return str(one._meta.label)
    return ""


def _method_of(request: Any) -> str:
    # REST framework's request keeps Django's as its `_request`.
    return str(own(own(request, "_request") or request, "method") or "").lower()
