"""Which relations does a template read of the rows it is given? From its nodes; nothing is rendered.

    {% for book in books %}{% include "books/row.html" with writer=book.author %}{% endfor %}

Names are followed through loops, `{% with %}` and included templates; blocks are read where the root template has
them. What other tags are given is lost: nothing is said of it.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.template.base import FilterExpression, Node, Template, TextNode, VariableNode
from django.template.defaulttags import ForNode, IfChangedNode, IfNode, WithNode
from django.template.exceptions import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader_tags import BlockNode, ExtendsNode, IncludeNode, construct_relative_path

from ...attribution.model import Attribution
from ...attribution.templates import of_node
from .following import follow, project_function
from .functions import reads_of_function
from .reading import Rows
from .values import Confidence, Read

__all__ = ["reads_of_template", "rows_by_name"]

_ASKING = frozenset({"count", "exists", "first", "last"})
_NAMING = ("asvar", "target_var", "var_name", "varname", "variable_name")
"""What Django's tags call the name that they give their result to."""
_CONDITIONS = (IfNode, IfChangedNode)
_DEEPEST = 8

Names = Mapping[str, Rows]
Reading = Generator[Read, None, Rows | None]


def rows_by_name(names: Iterable[str], model: Any, *, many: bool, back: str = "") -> dict[str, Rows]:
    """What a template knows when each of `names` is a row of `model`, or a list of them."""
    rows = Rows(model, (), _ROWS_OF_THE_VIEW if many else None, back)
    return dict.fromkeys(names, rows)


_ROWS_OF_THE_VIEW = Attribution("", "lookup")
"""To go through the rows that the view has asked for costs nothing of its own."""


def reads_of_template(template: Any, names: Names) -> Iterator[Read]:
    """What `template`, with those that it extends and includes, reads of the rows in `names`.

    Args:
        template: As Django's loader gives it, of its own template language.
        names: What stands for rows in it.
    """
    yield from _reads_of(template.template, _Reading(names, "certain", template.backend.engine))


@dataclass(frozen=True, slots=True)
class _Reading:
    """Where the reader is.

    Attributes:
        names: What stands for rows there.
        confidence: How sure it is that this part is shown.
        engine: What finds other templates.
        blocks: By name those of the templates that extend this one, the innermost template's first.
        above: The blocks that `{{ block.super }}` shows.
        depth: How many templates it is in.
    """

    names: Names
    confidence: Confidence
    engine: Any
    blocks: Mapping[str, tuple[BlockNode, ...]] = field(default_factory=dict)
    above: tuple[BlockNode, ...] = ()
    depth: int = 0

    def without(self, names: Iterable[str]) -> _Reading:
        """The same, where `names` stand for something else."""
        gone = set(names)
        return replace(self, names={name: rows for name, rows in self.names.items() if name not in gone})

    def possible(self) -> _Reading:
        """The same, in a part that may not be shown."""
        return replace(self, confidence="possible")


def _reads_of(template: Template, at: _Reading) -> Iterator[Read]:
    if at.depth > _DEEPEST:
        return
    at = replace(at, depth=at.depth + 1)
    first = next((node for node in template.nodelist if not isinstance(node, TextNode)), None)
    if not isinstance(first, ExtendsNode):
        yield from _nodes(template.nodelist, at)
        return
    blocks = {name: (*at.blocks.get(name, ()), block) for name, block in first.blocks.items()}
    parent = _named(first.parent_name, first, at.engine)
    if parent is None:
        # A parent that a variable names may have these blocks or not.
        for block in first.blocks.values():
            yield from _nodes(block.nodelist, at.possible())
    elif parent.origin != template.origin:  # one that extends its namesake of another directory: not followed
        yield from _reads_of(parent, replace(at, blocks={**at.blocks, **blocks}))


def _named(expression: Any, node: Any, engine: Any) -> Template | None:
    """The template that `expression` names; `None` where a variable or a filter has a say."""
    name = expression.var
    if not isinstance(name, str) or expression.filters:
        return None
    try:
        found: Template = engine.get_template(construct_relative_path(node.origin.template_name or "", str(name)))
    except TemplateDoesNotExist:
        return None
    return found


def _nodes(nodes: Iterable[Node], at: _Reading) -> Iterator[Read]:
    for node in nodes:
        match node:
            case VariableNode():
                yield from _of_variable(node, at)
            case ForNode():
                yield from _of_loop(node, at)
            case WithNode():
                inside = yield from _with_names(node.extra_context, node, at)
                yield from _nodes(node.nodelist, inside)
            case IncludeNode():
                yield from _of_include(node, at)
            case BlockNode():
                chosen, *above = (*at.blocks.get(node.name, ()), node)
                yield from _nodes(chosen.nodelist, replace(at, above=tuple(above)))
            case _ if hasattr(node, "partial_mapping"):
                yield from _of_partial(node, at)
            case _ if not getattr(node, "inline", True):
                pass  # a {% partialdef %}, which is shown elsewhere
            case _:
                # Under a condition, or in a tag that may show its contents or not.
                sure = type(node).__module__.startswith("django.template.") and not isinstance(node, _CONDITIONS)
                for attribute in node.child_nodelists:
                    yield from _nodes(getattr(node, attribute, None) or (), at if sure else at.possible())
                at = at.without(str(getattr(node, naming, "")) for naming in _NAMING)


def _of_variable(node: Any, at: _Reading) -> Iterator[Read]:
    expression = node.filter_expression
    if _lookups(expression) == ("block", "super") and at.above:
        block, *above = at.above
        yield from _nodes(block.nodelist, replace(at, above=tuple(above)))
        return
    yield from _of_expression(expression, node, at)


def _of_loop(node: Any, at: _Reading) -> Iterator[Read]:
    rows = yield from _of_expression(node.sequence, node, at)
    inside = at.without([*node.loopvars, "forloop"])
    if rows is not None and rows.attribution is not None:
        yield from _asked(rows, rows.attribution._replace(operation="iterate"), node, at)
        if len(node.loopvars) == 1:
            inside = replace(inside, names={**inside.names, node.loopvars[0]: replace(rows, attribution=None)})
    yield from _nodes(node.nodelist_loop, inside)
    yield from _nodes(node.nodelist_empty, at.possible())


def _of_include(node: Any, at: _Reading) -> Iterator[Read]:
    inside = yield from _with_names(node.extra_context, node, at)
    if node.isolated_context:
        inside = inside.without(set(inside.names) - set(node.extra_context))
    template = _named(node.template, node, at.engine)
    if template is not None:
        yield from _reads_of(template, replace(inside, blocks={}, above=()))


def _of_partial(node: Any, at: _Reading) -> Iterator[Read]:
    """Of `{% partial name %}`, from Django 6.0 on."""
    try:
        nodes = node.partial_mapping[node.partial_name].nodelist
    except (KeyError, TemplateSyntaxError):
        return
    yield from _nodes(nodes, at)


def _with_names(given: Mapping[str, FilterExpression], node: Any, at: _Reading) -> Generator[Read, None, _Reading]:
    found = {}
    for name, expression in given.items():
        found[name] = yield from _of_expression(expression, node, at)
    known = {name: rows for name, rows in found.items() if rows is not None}
    return replace(at.without(given), names={**at.without(given).names, **known})


def _lookups(expression: FilterExpression) -> tuple[str, ...]:
    return tuple(getattr(expression.var, "lookups", None) or ("",))


def _of_expression(expression: FilterExpression, node: Any, at: _Reading) -> Reading:
    """Follow a dotted expression, and give what it stands for."""
    root, *lookups = _lookups(expression)
    rows = at.names.get(root)
    while rows is not None and lookups:
        name = lookups.pop(0)
        if rows.attribution is not None:
            if name == "all" or (name == "object_list" and not rows.steps):
                continue
            if name in _ASKING:
                narrowing = "order_by(…)" if name in ("first", "last") else ""
                yield from _asked(rows, rows.attribution._replace(operation=name, narrowing=narrowing), node, at)
            return None
        rows = yield from _member(rows, name, node, at)
    return None if expression.filters else rows


def _member(row: Rows, name: str, node: Any, at: _Reading) -> Reading:
    followed = follow(row.model, name)
    if followed is None:
        function = project_function(row.model, name)
        if function is not None:
            yield from reads_of_function(function, row, sure=at.confidence != "possible")
        return None
    steps = (*row.steps, followed.step)
    if followed.step.to_many:
        return Rows(followed.model, steps, followed.attribution, followed.back)
    place = of_node(node)
    if place is None:
        return None  # a library's template
    yield Read(steps, followed.attribution, place, at.confidence, back=name == row.back)
    return Rows(followed.model, steps, back=followed.back)


def _asked(rows: Rows, asked: Attribution, node: Any, at: _Reading) -> Iterator[Read]:
    place = of_node(node)
    if rows.steps and place is not None:
        yield Read(rows.steps, asked, place, at.confidence)
