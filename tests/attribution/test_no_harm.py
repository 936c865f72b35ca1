"""Reading places runs nothing of the application: whatever raises or queries there is not touched."""

from __future__ import annotations

import pytest
from django import forms
from django.template.base import Node
from django.views.generic import View
from rest_framework import serializers

from nplusone_guard.attribution.admin import of_column, of_filter
from nplusone_guard.attribution.declared import Declared
from nplusone_guard.attribution.drf import of_serializer_field
from nplusone_guard.attribution.forms import of_form, of_form_field
from nplusone_guard.attribution.sources import line_of
from nplusone_guard.attribution.templates import of_node
from nplusone_guard.attribution.views import view_of_callback, view_of_instance


class Touchy:
    """Raises whatever is asked of it."""

    def __getattr__(self, name):
        raise RuntimeError(name)

    def __eq__(self, other):
        raise RuntimeError("eq")

    def __bool__(self):
        raise RuntimeError("bool")

    def __repr__(self):
        raise RuntimeError("repr")

    __hash__ = None


class TouchyField(serializers.CharField):
    def __getattr__(self, name):
        raise (RuntimeError if self.__dict__.get("field_name") else AttributeError)(name)


class BookSerializer(serializers.Serializer):
    title = TouchyField(source="name")


class TouchyForm(forms.Form):
    @property
    def fields_of_mine(self):
        raise RuntimeError

    name = forms.CharField()


class TouchyNode(Node):
    @property
    def token(self):
        raise RuntimeError

    @property
    def origin(self):
        raise RuntimeError


class TouchyView(View):
    @property
    def action(self):
        raise RuntimeError

    @property
    def queryset(self):
        raise RuntimeError

    def get_queryset(self):
        raise RuntimeError


def test_a_serializer_field_is_not_asked():
    parent = BookSerializer()
    field = TouchyField()
    field.__dict__.update(field_name="title", source="name", parent=parent)
    assert of_serializer_field(field).name == 'BookSerializer.title (source="name")'
    field.__dict__["parent"] = None
    assert of_serializer_field(field) is None  # it is in no serializer


def test_a_form_is_not_asked():
    assert of_form_field(TouchyForm(), "name").name == "TouchyForm.name"
    assert of_form(TouchyForm()).name == "TouchyForm"


def test_a_node_is_not_asked():
    assert of_node(TouchyNode()) is None


def test_a_view_is_not_asked(rf):
    view = view_of_instance(TouchyView(), rf.get("/"))
    assert view.origin.name == "TouchyView.get_queryset"
    assert view.model == ""


@pytest.mark.parametrize(
    "callback", [Touchy(), None, 1, len, Touchy], ids=["touchy", "none", "number", "builtin", "class"]
)
def test_what_is_no_view_is_none(callback, rf):
    view = view_of_callback(callback, rf.get("/"))
    assert view is None or view.place.name


@pytest.mark.parametrize("value", [Touchy(), None, 1, ()], ids=["touchy", "none", "number", "tuple"])
def test_what_is_no_admin_has_no_columns(value):
    assert of_column(value, "name") is None
    assert of_filter(value, value) is None


@pytest.mark.parametrize("filename", ["", "no/such/file.py", "<string>", "/", __file__ + "c"])
def test_what_cannot_be_read_is_its_first_line(filename):
    assert line_of(Declared(filename, "Book.title", owner="Book", attribute="title")) == 1
