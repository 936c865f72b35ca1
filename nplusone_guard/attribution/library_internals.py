"""What we know of the libraries that run declarations: whose frame on the stack names which place.

Checked on Django 5.2, 6.0 and 6.1 and on REST framework by `tests/attribution/test_library_internals.py`, which
fails when a function is gone or a local variable has another name. At run time a missing one only makes places
coarser: the next one outward is taken.

Besides the local variables, the readers look at: a node's `token` (`contents`, `token_type`, `lineno`) and
`origin.name`; a serializer field's `parent`, `field_name` and `source`, and `_declared_fields` of its class; a
bound field's `form` and `name`, and `declared_fields` and `_meta` of the form's class; the `formfield_callback` in
there, which is a partial of a model admin's method; `view_class`, `cls`, `actions` and `model_admin` of a view
function.

A library is never imported for this: until the application has imported it, it has no frames.
"""

from __future__ import annotations

import importlib
import sys
from types import CodeType
from typing import Any, Literal, NamedTuple

__all__ = ["KNOWN", "KnownFrame", "Role", "known_frames", "missing"]

Role = Literal[
    "template_node",
    "template_loop",
    "serializer",
    "serializer_field",
    "admin_column",
    "admin_filter",
    "admin_filter_choices",
    "admin_readonly",
    "form_field",
    "form_cleaning",
    "form_initial",
    "form",
    "schema_field",
    "graphql_field",
    "table_column",
    "view",
    "handler",
]


class KnownFrame(NamedTuple):
    """A function whose frame names a place.

    Attributes:
        role: How to read it.
        module: The module it is in.
        path: Its qualified name in there.
        variables: The local variables that are read.
    """

    role: Role
    module: str
    path: str
    variables: tuple[str, ...] = ("self",)


_BASE = "django.template.base"
_TAGS = "django.template.defaulttags"
_LIST = "django.contrib.admin.templatetags.admin_list"
_OPTIONS = "django.contrib.admin.options"
_BOUND = "django.forms.boundfield"
_FORMS = "django.forms.forms"
_MODELS = "django.forms.models"
_SERIALIZERS = "rest_framework.serializers"
_FIELDS = "rest_framework.fields"
_RELATIONS = "rest_framework.relations"
_GRAPHQL = "graphql.execution.execute"

KNOWN: tuple[KnownFrame, ...] = (
    KnownFrame("template_node", _BASE, "Node.render_annotated"),
    KnownFrame("template_loop", _TAGS, "ForNode.render", ("self", "item")),
    KnownFrame("serializer", _SERIALIZERS, "Serializer.to_representation", ("self", "field")),
    KnownFrame("serializer", _SERIALIZERS, "Serializer.to_internal_value", ("self", "field")),
    KnownFrame("serializer_field", _FIELDS, "Field.get_attribute"),
    KnownFrame("serializer_field", _RELATIONS, "RelatedField.get_attribute"),
    KnownFrame("serializer_field", _RELATIONS, "RelatedField.get_choices"),
    KnownFrame("serializer_field", _RELATIONS, "ManyRelatedField.get_attribute"),
    KnownFrame("serializer_field", _RELATIONS, "ManyRelatedField.to_representation"),
    KnownFrame("admin_column", _LIST, "items_for_result", ("cl", "field_name")),
    KnownFrame(
        "admin_filter", "django.contrib.admin.views.main", "ChangeList.get_filters", ("self", "list_filter")
    ),
    KnownFrame("admin_filter_choices", _LIST, "admin_list_filter", ("cl", "spec")),
    KnownFrame("admin_readonly", "django.contrib.admin.helpers", "AdminReadonlyField.contents"),
    KnownFrame("form_field", _BOUND, "BoundField.as_widget"),
    KnownFrame("form_field", _BOUND, "BoundField.subwidgets"),
    KnownFrame("form_field", _BOUND, "BoundField.value"),
    KnownFrame("form_field", _BOUND, "BoundField.initial"),
    KnownFrame("form_field", _BOUND, "BoundField._has_changed"),
    KnownFrame("form_cleaning", _FORMS, "BaseForm._clean_fields", ("self", "name")),
    KnownFrame("form_initial", _MODELS, "model_to_dict", ("f",)),
    KnownFrame("form", _MODELS, "BaseModelForm.__init__"),
    KnownFrame("form", _MODELS, "BaseModelForm._post_clean"),
    KnownFrame("schema_field", "ninja.schema", "DjangoGetter.__getattr__", ("self", "key")),
    KnownFrame("graphql_field", _GRAPHQL, "ExecutionContext.execute_field", ("parent_type", "field_nodes")),
    KnownFrame("table_column", "django_tables2.rows", "BoundRow._get_and_render_with", ("self", "bound_column")),
    KnownFrame("view", "django.views.generic.base", "View.dispatch", ("self", "request")),
    KnownFrame("view", "rest_framework.views", "APIView.dispatch", ("self", "request")),
    KnownFrame("view", _OPTIONS, "ModelAdmin.changelist_view", ("self", "request")),
    KnownFrame("view", _OPTIONS, "ModelAdmin._changeform_view", ("self", "request")),
    KnownFrame("handler", "django.core.handlers.base", "BaseHandler._get_response", ("callback", "request")),
    KnownFrame("handler", "django.core.handlers.base", "BaseHandler._get_response_async", ("callback", "request")),
)


_found: tuple[int, dict[int, KnownFrame]] = (0, {})
"""How many modules were loaded when we looked last, and what was found."""


def known_frames() -> dict[int, KnownFrame]:
    """The functions whose frames we can read, by the `id` of their code, in the modules that are loaded."""
    modules, frames = _found
    return frames if modules == len(sys.modules) else _look()


def _look() -> dict[int, KnownFrame]:
    """Look for the functions, as something was imported since the last time."""
    global _found  # noqa: PLW0603 — replaced as a whole, so that no thread sees half of it
    modules = len(sys.modules)
    frames = {}
    for known in KNOWN:
        module = sys.modules.get(known.module)
        if module is None:
            continue
        if getattr(module.__spec__, "_initializing", False):
            modules = 0  # another thread imports it just now: look again next time
            continue
        code = _code_of(known)
        if code is not None:
            frames[id(code)] = known
    _found = (modules, frames)
    return frames


def _code_of(known: KnownFrame) -> CodeType | None:
    found: Any = sys.modules[known.module]
    try:
        for name in known.path.split("."):
            found = vars(found)[name]
    except KeyError:
        return None
    found = getattr(found, "fget", None) or getattr(found, "func", found)  # property, cached_property
    while hasattr(found, "__wrapped__"):
        found = found.__wrapped__
    code = getattr(found, "__code__", None)
    return code if isinstance(code, CodeType) else None


def missing(package: str) -> list[str]:
    """What the installed version of `package` does not have: names of functions, and of variables in them."""
    absent: list[str] = []
    for known in KNOWN:
        if known.module.split(".")[0] != package:
            continue
        try:
            importlib.import_module(known.module)
        except ImportError:
            absent.append(known.module)
            continue
        code = _code_of(known)
        if code is None:
            absent.append(f"{known.module}.{known.path}")
            continue
        variables = {*code.co_varnames, *code.co_cellvars, *code.co_freevars}
        absent.extend(f"{known.path}: {name}" for name in known.variables if name not in variables)
    return absent
