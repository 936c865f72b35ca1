"""What do Django's generic views answer with? Their queryset, and what their template reads of each row."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from django.template.loader import select_template
from django.views.generic.base import TemplateResponseMixin, View
from django.views.generic.detail import SingleObjectMixin
from django.views.generic.list import MultipleObjectMixin

from .building import empty_request
from .following import project_function
from .loads import loads_of
from .reading import Rows
from .responses import Response, Routed
from .templates import reads_of_template, rows_by_name
from .trees import LOADING, has_condition, parsed

__all__ = ["responses_of_page"]

_ON_THE_WAY = ("get_context_data", "get", "paginate_queryset", "get_object", "render_to_response")


def responses_of_page(routed: Routed) -> Iterator[Response]:
    """What the view at `routed` answers with; nothing where it is no generic view, or cannot be told."""
    cls = getattr(routed.callback, "view_class", None)
    if not (isinstance(cls, type) and issubclass(cls, View) and issubclass(cls, TemplateResponseMixin)):
        return
    many = issubclass(cls, MultipleObjectMixin)
    if not (many or issubclass(cls, SingleObjectMixin)) or any(_loads_more(cls, name) for name in _ON_THE_WAY):
        return
    view: Any = cls(**getattr(routed.callback, "view_initkwargs", {}))
    view.setup(empty_request())
    queryset = view.get_queryset()
    loads = loads_of(queryset)
    if loads is None:
        return
    if many:
        view.object_list = queryset
    else:
        view.object = queryset.model()
    names = _names_of(view, queryset, many)
    template: Any = select_template(view.get_template_names())
    reads = [one for one in reads_of_template(template, names) if one.path[0] not in loads.names]
    chosen = project_function(cls, "get_queryset")
    sure = chosen is None or not has_condition(chosen)
    name = f"{cls.__module__}.{cls.__qualname__}"
    yield Response(name, routed.route, "list" if many else "retrieve", many, loads, tuple(reads), sure)


def _loads_more(cls: type, name: str) -> bool:
    function = project_function(cls, name)
    if function is None:
        return False
    tree = parsed(function)
    return tree is None or any(_gives_other_rows(one) for one in ast.walk(tree))


def _gives_other_rows(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(attr=name):
            return name in LOADING
        case ast.keyword(arg=name) | ast.Constant(value=name):
            return name in ("object_list", "page_obj", "object")
    return False


def _names_of(view: Any, queryset: Any, many: bool) -> dict[str, Rows]:
    """What the template knows: the view's rows, by the names that they have there."""
    own = view.get_context_object_name(queryset if many else view.object)
    names = ["object_list", "page_obj", own] if many else ["object", own]
    return rows_by_name(filter(None, names), queryset.model, many=many)
