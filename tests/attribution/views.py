"""Views whose N+1 is in what they render."""

from functools import wraps

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.views.generic import ListView
from rest_framework import generics, viewsets
from rest_framework.decorators import api_view
from rest_framework.response import Response

from tests.library.models import Author, Book, Review

from . import serializers


class BookList(ListView):
    model = Book  # rows of a model
    template_name = "places/plain.html"
    context_object_name = "books"


class PassingBookList(BookList):
    def get(self, request, *args, **kwargs):
        return super().get(request, *args, **kwargs)

    def render_to_response(self, context, **kwargs):
        return super().render_to_response(context, **kwargs).render()


class OrderedBookList(BookList):
    def get_queryset(self):
        books = super().get_queryset()
        return books.order_by("title")  # rows of a method


class BookViewSet(viewsets.ReadOnlyModelViewSet):
    queryset = Book.objects.all()  # rows of a queryset
    serializer_class = serializers.DottedSerializer


class ReviewApi(generics.ListAPIView):
    serializer_class = serializers.ReviewsSerializer
    queryset = Review.objects.all()

    def list(self, request, *args, **kwargs):
        titles = [author.profile.website for author in Author.objects.all()]  # other rows
        return Response(titles)


@api_view(["GET"])
def books_api(request):  # a function for an API
    serializer = serializers.DottedSerializer(Book.objects.all(), many=True)  # rows of function
    return Response(serializer.data)


def passing_on(view):
    @wraps(view)
    def wrapper(request, *args, **kwargs):
        return view(request, *args, **kwargs)

    return wrapper


def theirs(get_response):
    """A middleware of the project."""

    def middleware(request):
        response = get_response(request)
        return response  # noqa: RET504

    return middleware


@passing_on
def decorated(request):  # a decorated view
    return TemplateResponse(request, "places/plain.html", {"books": Book.objects.all()})  # rows of decorated


def rendered(request):
    return render(request, "places/plain.html", {"books": Book.objects.all()})  # rows of rendered


def row_by_row(request):
    rows = []
    for book in Book.objects.all():  # a loop in a view
        rows.append(render_to_string("places/one.html", {"book": book}))
    return HttpResponse("".join(rows))


@passing_on
def looping(request):
    names = []
    for book in Book.objects.all():  # a loop over lines
        names.append(book.author.name)  # a line in a loop
    return HttpResponse("".join(names))
