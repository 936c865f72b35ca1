"""`@ignore(…)` goes around whatever answers a request, to the end of its work."""

from __future__ import annotations

import pickle

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.http import HttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.views.generic import ListView, View
from rest_framework.decorators import action, api_view
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from nplusone_guard import ignore, watch

from ..library.models import Author, Book
from ..library.rows import stock

LABEL = "library.Book.author"
PAGE = engines["django"].from_string("{% for book in books %}{{ book.author.name }}{% endfor %}")


def names():
    return [book.author.name for book in Book.objects.all()]


async def names_async():
    return [(await Author.objects.aget(pk=book.author_id)).name async for book in Book.objects.all()]


def publishers():
    return [book.publisher.name for book in Book.objects.all()]


@ignore(LABEL)
def function_view(request):
    return HttpResponse(names())


@ignore(LABEL)
@api_view()
def rest_function_view(request):
    return Response(names())


@api_view()
@ignore(LABEL)
def rest_function_view_inside(request):
    return Response(names())


class MethodView(View):
    @ignore(LABEL)
    def get(self, request):
        return HttpResponse(names())


@method_decorator(ignore(LABEL), name="dispatch")
class DispatchView(View):
    def get(self, request):
        return HttpResponse(names())


class TemplateView(View):
    @method_decorator(ignore(LABEL))
    def get(self, request):
        return TemplateResponse(request, PAGE, {"books": Book.objects.all()})


@method_decorator(ignore(LABEL), name="dispatch")
class BookList(ListView):
    model = Book

    def get_template_names(self):
        return PAGE

    def render_to_response(self, context, **kwargs):
        return TemplateResponse(self.request, PAGE, {"books": context["object_list"]})


class Books(ViewSet):
    authentication_classes = permission_classes = ()

    @ignore(LABEL)
    def list(self, request):
        return Response(names())

    @action(detail=False)
    @ignore(LABEL)
    def action_outside(self, request):
        return Response(names())

    @ignore(LABEL)
    @action(detail=False, url_path="inside")
    def action_inside(self, request):
        return Response(names())


VIEWS = [
    function_view,
    rest_function_view,
    rest_function_view_inside,
    MethodView.as_view(),
    DispatchView.as_view(),
    TemplateView.as_view(),
    BookList.as_view(),
    ignore(LABEL)(BookList.as_view()),
    Books.as_view({"get": "list"}),
    Books.as_view({"get": "action_outside"}),
    Books.as_view({"get": "action_inside"}),
]


@pytest.mark.django_db
@pytest.mark.parametrize("view", VIEWS, ids=lambda view: getattr(view, "__qualname__", "view"))
def test_what_a_decorated_view_repeats_is_no_finding(view, rf):
    stock(6)
    with watch() as report:
        response = view(rf.get("/"))
        if hasattr(response, "render"):
            response = response.render()
        # The rules end with the view.
        publishers()
    assert b"author" in response.content.lower()
    assert [finding.label for finding in report.findings] == ["library.Book.publisher"]
    assert report.statements >= 14


def test_decorated_actions_are_actions_still():
    routes = {one.__name__: one.url_path for one in Books.get_extra_actions()}
    assert routes == {"action_outside": "action_outside", "action_inside": "inside"}


@pytest.mark.django_db
def test_a_decorated_page_can_be_cached_like_any_other(rf):
    stock(1)
    kept = []
    response = TemplateView.as_view()(rf.get("/"))
    response.add_post_render_callback(lambda rendered: kept.append(pickle.dumps(rendered)))
    response.render()
    assert pickle.loads(kept[0]).content == response.content
    assert response.render() is response


LOOK_UP = "library.Author.objects.get()"


@ignore(LOOK_UP)
async def async_view(request):
    return HttpResponse(await names_async())


class AsyncMethodView(View):
    @ignore(LOOK_UP)
    async def get(self, request):
        return HttpResponse(await names_async())


@method_decorator(ignore(LOOK_UP), name="dispatch")
class AsyncDispatchView(View):
    async def get(self, request):
        return HttpResponse(await names_async())


class AsyncMethodDecoratorView(View):
    @method_decorator(ignore(LOOK_UP))
    async def get(self, request):
        return HttpResponse(await names_async())


ASYNC_VIEWS = [
    async_view,
    AsyncMethodView.as_view(),
    AsyncDispatchView.as_view(),
    AsyncMethodDecoratorView.as_view(),
    ignore(LOOK_UP)(AsyncMethodView.as_view()),
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("view", ASYNC_VIEWS, ids=lambda view: view.__qualname__)
async def test_what_a_decorated_asynchronous_view_repeats_is_no_finding(view, rf):
    await sync_to_async(stock)(6)
    async with watch() as report:
        response = await view(rf.get("/"))
    await sync_to_async(connections.close_all)()
    assert b"author" in response.content.lower()
    assert report.findings == ()
    assert report.statements == 7


@pytest.mark.parametrize("decorator", [ignore, watch])
def test_a_class_is_refused_with_a_way_out(decorator):
    with pytest.raises(TypeError, match=rf'@method_decorator\({decorator.__name__}\(…\), name="dispatch"\)'):
        decorator()(BookList)
