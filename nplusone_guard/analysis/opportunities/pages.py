"""What do Django's generic views answer with? Their queryset, and what their template reads of each row."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.template.base import FilterExpression, Node, VariableNode
from django.template.defaulttags import ForNode, IfNode
from django.template.loader import select_template
from django.views.generic.base import TemplateResponseMixin, View
from django.views.generic.detail import SingleObjectMixin
from django.views.generic.list import MultipleObjectMixin

from ...attribution.templates import of_node
from .building import empty_request
from .following import follow, project_function
from .functions import LOADING, Rows, has_condition, parsed, reads_of_function
from .loads import loads_of
from .responses import Response, Routed
from .values import Confidence, Read

__all__ = ["responses_of_page"]

_ASKING = frozenset({"count", "exists", "first", "last"})
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
    reads = [one for one in _reads(template.template.nodelist, names, "certain") if one.path[0] not in loads.names]
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
    """What the template knows: of a list, names that it may only loop over."""
    row = Rows(queryset.model)
    if not many:
        own = view.get_context_object_name(view.object)
        return {name: row for name in ("object", own) if name}
    own = view.get_context_object_name(queryset)
    return {f"{name} in": row for name in ("object_list", "page_obj", own) if name}


def _reads(nodes: Iterable[Node], names: Mapping[str, Rows], confidence: Confidence) -> Iterator[Read]:
    for node in nodes:
        if isinstance(node, VariableNode):
            yield from _of_expression(node.filter_expression, node, names, confidence)
        elif isinstance(node, ForNode):
            yield from _of_loop(node, names, confidence)
        else:
            plain = type(node).__module__.startswith("django.template.") and not isinstance(node, IfNode)
            for attribute in node.child_nodelists:
                below = getattr(node, attribute, None)
                # Under a condition, or in a tag that may show its contents or not.
                yield from _reads(below or (), names, confidence if plain else "possible")


def _of_loop(node: Any, names: Mapping[str, Rows], confidence: Confidence) -> Iterator[Read]:
    inside = {name: row for name, row in names.items() if name not in node.loopvars}
    lookups = _lookups(node.sequence)
    row = names.get(f"{lookups[0]} in") if len(lookups) == 1 and not node.sequence.filters else None
    if row is None:
        row = yield from _of_expression(node.sequence, node, names, confidence)
    if row is not None and len(node.loopvars) == 1:
        inside[node.loopvars[0]] = row
    yield from _reads(node.nodelist_loop, inside, confidence)
    yield from _reads(node.nodelist_empty, names, "possible")


def _lookups(expression: FilterExpression) -> tuple[str, ...]:
    return tuple(getattr(expression.var, "lookups", None) or ("",))


def _of_expression(
    expression: FilterExpression, node: Any, names: Mapping[str, Rows], confidence: Confidence
) -> Any:
    """Follow a dotted expression, and give the rows that a loop over it has."""
    root, *lookups = _lookups(expression)
    row = names.get(root)
    place = of_node(node)
    if place is None:
        return None  # a library's template
    for index, name in enumerate(lookups):
        if row is None:
            return None
        followed = follow(row.model, name)
        if followed is None:
            function = project_function(row.model, name)
            if function is not None:
                yield from reads_of_function(function, row, sure=confidence != "possible")
            return None
        steps = (*row.steps, followed.step)
        if not followed.step.to_many:
            yield Read(steps, followed.attribution, place, confidence, back=name == row.back)
            row = Rows(followed.model, steps, back=followed.back)
            continue
        rest = lookups[index + 1 :]
        if rest == ["all"] and isinstance(node, ForNode) and not expression.filters:
            yield Read(steps, followed.attribution._replace(operation="iterate"), place, confidence)
            return Rows(followed.model, steps, back=followed.back)
        if len(rest) == 1 and rest[0] in _ASKING:
            narrowing = "order_by(…)" if rest[0] in ("first", "last") else ""
            asked = followed.attribution._replace(operation=rest[0], narrowing=narrowing)
            yield Read(steps, asked, place, confidence)
        return None
    return None
