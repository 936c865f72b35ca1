"""Where is a repeated statement issued, as a developer would say it? One walk over the stack.

A line of the project is the answer where there is one. Where code is declared (serializers, templates, the admin,
forms) the stack has no such line, or one that tells nothing; there the nearest frame of a library that names a
declaration is. Whichever is nearer to the statement is the culprit:

    statement
      Order.label            a property of the project: the culprit
      Variable.resolve
      VariableNode           {{ order.label }} in orders/list.html: what it came through
      ForNode                {% for order in orders %}: the loop around that
      View.dispatch          OrderList: the view, and where it gets its rows
      BaseHandler            from here outward it is middleware for every statement alike
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any, NamedTuple

from ..callpath import HANDED_OVER, carried_sites
from ..codelines import Line, is_project_code, line_at
from .admin import of_column, of_filter, of_filter_choices, of_loop_item, of_readonly_field
from .declared import Declared
from .drf import of_serializer_field
from .forms import of_bound_field, of_form, of_form_field
from .graphql import of_graphql_field
from .jinja import of_template
from .library_internals import KnownFrame, Role, known_frames
from .ninja import of_schema_field
from .passing import passes_on
from .tables import of_table_column
from .templates import is_loop, of_node, with_loop
from .views import View, view_of_callback, view_of_instance

__all__ = ["Places", "origin_of_view", "read_places"]

_DEEPEST = 2_000  # frames looked at, as in `callpath`


class Places(NamedTuple):
    """Where a statement comes from.

    Attributes:
        culprit: The nearest line of the project or declaration.
        via: What is declared around a line of the project that is the culprit.
        view: The view that is running.
    """

    culprit: Line | Declared | None = None
    via: Declared | None = None
    view: View | None = None


def read_places(frame: FrameType | None, boundary: CodeType | None = None) -> Places:
    """The places on the stack from `frame` outward to the code `boundary`."""
    known_by_code = known_frames()
    walk = _Walk()
    for _ in range(_DEEPEST):
        if frame is None:
            break
        code = frame.f_code
        if code is boundary:
            return walk.places()
        if code is HANDED_OVER:
            break
        walk.meet(frame, known_by_code.get(id(code)))
        frame = frame.f_back
    for code, offset in carried_sites():
        known = known_by_code.get(id(code))
        if known is not None and known.role == "handler":
            walk.in_view = False
        elif is_project_code(code.co_filename):
            walk.pass_line(code, offset)
    return walk.places()


def origin_of_view(frame: FrameType | None, boundary: CodeType | None = None) -> Declared | None:
    """Where the view that is running says which rows it shows; `None` if it is a function, or there is none."""
    view = read_places(frame, boundary).view
    return None if view is None else view.origin


class _Walk:
    """What was met on the way outward."""

    __slots__ = ("culprit", "in_view", "loop", "passing", "via", "view")

    def __init__(self) -> None:
        self.culprit: Line | Declared | None = None
        self.passing: Line | None = None
        self.via: Declared | None = None
        self.loop: Declared | None = None
        self.view: View | None = None
        self.in_view = True

    def places(self) -> Places:
        culprit, via = self.culprit or self.passing, self.via
        if self.loop is not None:
            if via is not None:
                via = with_loop(via, self.loop)
            elif isinstance(culprit, Declared):
                culprit = with_loop(culprit, self.loop)
        return Places(culprit, via, self.view)

    def meet(self, frame: FrameType, known: KnownFrame | None) -> None:
        """Take in a frame."""
        if known is not None:
            self._meet_library(known.role, frame, known.variables)
        elif is_project_code(frame.f_code.co_filename):
            self.pass_line(frame.f_code, frame.f_lasti)
        elif not self._is_complete() and (compiled := of_template(frame)) is not None:
            tag, loop = compiled
            self._declare(tag, None)
            self.loop = loop

    def _meet_library(self, role: Role, frame: FrameType, names: tuple[str, ...]) -> None:
        if role in ("view", "handler"):
            self._meet_view(role, frame, names)
            return
        if self._is_complete():
            return
        values = _values(frame, names)
        declared = _READERS[role](values, frame)
        if declared is not None:
            self._declare(declared, declared if role == "template_node" and is_loop(values[0]) else None)

    def _declare(self, declared: Declared, loop: Declared | None) -> None:
        """Take in what is declared; where that is known, the loop that it is."""
        if self.culprit is None:
            self.culprit = declared
        elif self.via is None and isinstance(self.culprit, Line):
            self.via = declared
        elif loop is not None:
            self.loop = loop

    def pass_line(self, code: CodeType, offset: int) -> None:
        """Take in a line of the project."""
        if not self.in_view:
            self.passing = self.passing or line_at(code, offset)
            return
        if self.culprit is None:
            if passes_on(code, offset):
                self.passing = self.passing or line_at(code, offset)
                return
            self.culprit = line_at(code, offset)

    def _meet_view(self, role: Role, frame: FrameType, names: tuple[str, ...]) -> None:
        if self.view is None:
            reader = view_of_callback if role == "handler" else view_of_instance
            self.view = reader(*_values(frame, names))
        if role == "handler":
            self.in_view = False

    def _is_complete(self) -> bool:
        return not self.in_view or self.loop is not None


def _values(frame: FrameType, names: tuple[str, ...]) -> list[Any]:
    variables = frame.f_locals
    return [variables.get(name) for name in names]


def _initial_of_form(values: list[Any], frame: FrameType) -> Declared | None:
    """The field whose initial value a model form reads from its instance."""
    outer = frame.f_back
    known = None if outer is None else known_frames().get(id(outer.f_code))
    if outer is None or known is None or known.role != "form" or values[0] is None:
        return None
    return of_form_field(outer.f_locals.get("self"), str(values[0].name))


_READERS: dict[Role, Callable[[list[Any], FrameType], Declared | None]] = {
    "template_node": lambda values, _: of_node(values[0]),
    "template_loop": lambda values, _: of_loop_item(values[1]),
    "serializer": lambda values, _: None if values[1] is None else of_serializer_field(values[1]),
    "serializer_field": lambda values, _: of_serializer_field(values[0]),
    "admin_column": lambda values, _: of_column(*values),
    "admin_filter": lambda values, _: of_filter(*values),
    "admin_filter_choices": lambda values, _: of_filter_choices(*values),
    "admin_readonly": lambda values, _: of_readonly_field(values[0]),
    "form_field": lambda values, _: of_bound_field(values[0]),
    "form_cleaning": lambda values, _: of_form_field(values[0], str(values[1])),
    "form_initial": _initial_of_form,
    "form": lambda values, _: of_form(values[0]),
    "schema_field": lambda values, _: of_schema_field(*values),
    "graphql_field": lambda values, _: of_graphql_field(*values),
    "table_column": lambda values, _: of_table_column(*values),
}
