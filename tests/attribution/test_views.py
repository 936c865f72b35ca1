"""The culprit is found whatever passes the request on, and the view says where its rows come from."""

from __future__ import annotations

import sys
from contextlib import nullcontext

import pytest
from django.test import AsyncClient
from django.views.generic import View
from rest_framework import viewsets
from rest_framework.response import Response

from nplusone_guard import watch
from nplusone_guard.attribution.declared import Declared
from nplusone_guard.attribution.places import origin_of_view, read_places
from nplusone_guard.codelines import Line
from tests.conftest import run
from tests.library.models import Book
from tests.library.rows import stock

from . import views
from .conftest import at, marked

SOURCE = "tests/attribution/views.py"
SELF = "tests/attribution/test_views.py"
PLAIN = "tests/attribution/templates/places/plain.html"

pytestmark = pytest.mark.urls("tests.attribution.urls")


@pytest.fixture(params=["light", "deep"])
def finding(client, reports, books, request):
    """The one finding of a page, at each depth."""

    def of(address):
        with watch() if request.param == "deep" else nullcontext():
            assert client.get(address).status_code == 200
        (found,) = reports[-1].findings
        return found

    return of


@pytest.mark.parametrize("address", ["books", "passing", "wrapped", "ordered", "decorated", "rendered"])
def test_the_tag_is_the_culprit_wherever_the_template_is_rendered(address, finding, settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.attribution.views.theirs"]
    found = finding(f"/{address}/")
    assert at(found.culprit) == marked(PLAIN, "plain")


@pytest.mark.parametrize(
    ("address", "name", "marker"),
    [
        ("books", "BookList.model", "rows of a model"),
        ("passing", "PassingBookList.model", "rows of a model"),
        ("wrapped", "BookList.model", "rows of a model"),
        ("ordered", "OrderedBookList.get_queryset", "rows of a method"),
        ("viewset", "BookViewSet.queryset", "rows of a queryset"),
    ],
)
def test_the_origin_is_where_the_view_says_which_rows_it_shows(address, name, marker, finding):
    origin = finding(f"/{address}/").origin
    assert at(origin) == marked(SOURCE, marker)
    assert origin.name == name


@pytest.mark.parametrize("address", ["rendered", "function"])
def test_the_origin_of_what_a_function_renders_is_its_line(address, finding):
    assert at(finding(f"/{address}/").origin) == marked(SOURCE, f"rows of {address}")


def test_the_origin_of_what_is_rendered_after_a_function_is_known_in_depth(finding, request):
    origin = finding("/decorated/").origin
    light = "light" in request.node.callspec.params.values()
    assert at(origin) == (None if light else marked(SOURCE, "rows of decorated"))


def test_rows_that_are_not_those_of_the_view_are_not_told_as_its_rows(finding):
    assert at(finding("/reviews/").origin) == marked(SOURCE, "other rows")


def test_a_line_of_a_view_behind_a_decorator_is_the_culprit_with_its_loop(finding):
    found = finding("/looping/")
    _, line = marked(SOURCE, "a loop over lines")
    assert at(found.culprit) == marked(SOURCE, "a line in a loop")
    assert found.culprit.loop == f"for book in Book.objects.all():  # a loop over lines, line {line}"


def test_a_loop_that_renders_a_template_for_each_row_is_told(finding):
    found = finding("/row-by-row/")
    path, line = marked(SOURCE, "a loop in a view")
    assert at(found.culprit) == marked("tests/attribution/templates/places/one.html", "one")
    assert found.culprit.loop == f"for book in Book.objects.all():  # a loop in a view, {path}:{line}"


@pytest.mark.django_db(transaction=True)
def test_an_event_loop_hides_neither_the_tag_nor_the_loop(reports):
    stock(8)
    assert run(AsyncClient().get("/books/")).status_code == 200
    (found,) = reports[-1].findings
    assert at(found.culprit) == marked(PLAIN, "plain")
    assert found.culprit.loop == "{% for book in books %}, line 2"


@pytest.mark.parametrize(
    ("callback", "name", "marker"),
    [
        (views.PassingBookList.as_view(), "PassingBookList.model", "rows of a model"),
        (views.BookViewSet.as_view({"get": "list"}), "BookViewSet.queryset", "rows of a queryset"),
    ],
)
def test_a_view_that_no_handler_calls_is_known(callback, name, marker, rf, finding_of):
    origin = finding_of(lambda: callback(rf.get("/")), "library.Book.author").origin
    assert at(origin) == marked(SOURCE, marker)
    assert origin.name == name


class Looking(View):
    def get(self, request):
        return read_places(sys._getframe())  # looks


def looking(request):  # a function that looks
    return read_places(sys._getframe())


def test_a_view_is_called_by_its_class_and_method(rf):
    view = Looking.as_view()(rf.get("/")).view
    assert (view.place.name, view.place.owner, view.place.attribute) == ("Looking.get", "Looking", "get")
    assert view.origin is None  # it shows no rows


def test_a_viewset_is_called_by_its_class_and_action(rf):
    class LookingViewSet(viewsets.ViewSet):
        def list(self, request):
            return Response(origin_of_view(sys._getframe()) or read_places(sys._getframe()).view.place.name)

    assert LookingViewSet.as_view({"get": "list"})(rf.get("/")).data == "LookingViewSet.list"


def test_there_is_no_view_where_none_runs(rf):
    assert looking(rf.get("/")).view is None
    assert origin_of_view(sys._getframe()) is None


def test_places_are_plain_values(rf):
    """A frame would keep what it holds alive, and so would a class that somebody made for one request."""
    places = Looking.as_view()(rf.get("/"))
    leaves = [places.culprit, places.via, places.view.place, places.view.origin]
    assert {type(leaf) for leaf in leaves} == {Line, Declared, type(None)}
    values = [value for leaf in leaves if leaf is not None for value in leaf]
    assert {type(value) for value in values} <= {str, int, bool}


def authors_of(books):
    if books:
        assert books[0].author.name  # without a loop
        authors_of(books[1:])


def test_a_loop_around_the_scope_repeats_nothing_in_it(books):
    for _ in range(1):
        with watch() as report:
            authors_of(list(Book.objects.all()))
    (finding,) = report.findings
    assert at(finding.culprit) == marked(SELF, "without a loop")
    assert finding.culprit.loop == ""


def test_a_loop_in_the_function_that_opens_the_scope_does(books):
    for _ in range(1):
        with watch() as report:
            for book in Book.objects.all():
                authors_of([book])
    (finding,) = report.findings
    assert finding.culprit.loop.startswith("for book in Book.objects.all():")
