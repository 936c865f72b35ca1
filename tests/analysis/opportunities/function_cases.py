"""Views that are functions, with something to find and some that look like them: the paths that each lacks."""

from django import shortcuts
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import include, path
from django.views.generic import TemplateView, View
from rest_framework import routers, serializers, views, viewsets
from rest_framework.decorators import action, api_view
from rest_framework.response import Response

from tests.library.models import Author, Book, Review

BOOKS = "opportunities/books_of_function.html"
AUTHOR = "opportunities/author.html"

MISSING = {}
urlpatterns = []


def lacks(*missing):
    """A view, at a URL with its name."""

    def routed(view):
        view_function = view.as_view() if isinstance(view, type) else view
        name = getattr(view, "cls", view).__name__
        MISSING[name] = set(missing)
        urlpatterns.append(path(f"{name}/", view_function))
        return view

    return routed


# -- pages -----------------------------------------------------------------------------------------------------


@lacks(("certain", "author"))
def plain(request):
    return render(request, BOOKS, {"books": Book.objects.all()})


@lacks()
def loaded(request):
    return render(request, BOOKS, {"books": Book.objects.select_related("author")})


@lacks(("certain", "author"))
def named(request):
    books = Book.objects.filter(title=request.GET["title"]).order_by("title")[:20]
    context = {"heading": "Books"}
    context["books"] = books
    return shortcuts.render(request, template_name=BOOKS, context=context)


@lacks(("certain", "author"))
def narrowed_under_a_condition(request):
    books = Book.objects.all()
    if request.GET.get("title"):
        books = books.filter(title=request.GET["title"])
    return render(request, BOOKS, {"books": books})


@lacks()
def loaded_under_a_condition(request):
    books = Book.objects.all()
    if request.GET.get("title"):
        books = books.select_related("author")
    return render(request, BOOKS, {"books": books})


@lacks(("certain", "author"))
def early(request):
    if request.method == "POST":
        books = Book.objects.select_related("author")
        return HttpResponse(len(books))
    books = Book.objects.all()
    return render(request, BOOKS, {"books": books})


@lacks(("certain", "author"))
def paged(request):
    pages = Paginator(Book.objects.order_by("title"), 25)
    return render(request, BOOKS, {"books": pages.get_page(request.GET.get("page"))})


@lacks()
def paged_and_loaded(request):
    pages = Paginator(Book.objects.select_related("author"), 25)
    return render(request, BOOKS, {"books": pages.get_page(request.GET.get("page"))})


def _newest(shown):
    """A helper that does nothing else."""
    return Book.objects.filter(pk__gt=shown).order_by("-pk")


def _with_authors(books):
    prefetch_related_objects(books, "author")
    return books


@lacks(("certain", "author"))
def helped(request):
    return render(request, BOOKS, {"books": _newest(3)[:10]})


@lacks()
def helped_more(request):
    return render(request, BOOKS, {"books": _with_authors(_newest(3))})


@lacks()
def loaded_by_a_helper(request):
    books = list(Book.objects.all())
    _with_authors(books)
    return render(request, BOOKS, {"books": books})


@lacks()
def loaded_through_the_context(request):
    books = list(Book.objects.all())
    context = {"books": books}
    _with_authors(context["books"])
    prefetch_related_objects(books, "author")
    return render(request, BOOKS, context)


@lacks()
def loaded_by_hand(request):
    books = Book.objects.all()
    authors = {author.pk: author for author in Author.objects.all()}
    for book in books:
        book.author = authors[book.author_id]
    return render(request, BOOKS, {"books": books})


@lacks()
def replaced(request):
    context = {"books": Book.objects.all()}
    context.update(books=Book.objects.select_related("author"))
    return render(request, BOOKS, context)


@lacks(("certain", "author"))
def updated(request):
    context = {"books": Book.objects.none()}
    context.update({"books": Book.objects.annotate(Count("reviews")).filter(title="x")})
    context.update({"books": Book.objects.annotate(reviewed=Count("reviews"))})
    return render(request, BOOKS, {**context, "heading": "Books"})


@lacks()
def from_locals(request):
    books = Book.objects.all()
    return render(request, BOOKS, locals() | {"n": len(books)})


@lacks()
def given(request, books=Book.objects.all()):  # noqa: B008 — as some do
    return render(request, BOOKS, {"books": books})


@lacks(("certain", "books__publisher"))
def one(request):
    author = get_object_or_404(Author, pk=request.GET["author"])
    return render(request, AUTHOR, {"author": author})


@lacks()
def one_with_all(request):
    author = get_object_or_404(Author.objects.prefetch_related("books__publisher"), pk=request.GET["author"])
    return render(request, AUTHOR, {"author": author})


@lacks()
def one_of_few(request):
    """Its author is one row, however many books it has."""
    return render(request, "opportunities/book.html", {"object": Book.objects.get(title="x")})


@lacks(("certain", "publisher"))
def of_one(request):
    """A book that came from its author knows it; the publisher is another matter."""
    author = get_object_or_404(Author, pk=request.GET["author"])
    template = "opportunities/books_with_publishers.html"
    return HttpResponse(render_to_string(template, {"books": author.books.order_by("title")}))


@lacks()
def of_one_that_holds_them(request):
    author = Author.objects.prefetch_related(Prefetch("books", Book.objects.select_related("publisher"))).get()
    return render(request, "opportunities/books_with_publishers.html", {"books": author.books.all()})


@lacks(("certain", "author"))
async def asynchronous(request):
    return render(request, BOOKS, {"books": Book.objects.all()})


@lacks()
def other_name(request):
    return render(request, BOOKS, {"other_books": Book.objects.all()})


@lacks(("certain", "author"))
class PlainView(View):
    def get(self, request):
        return render(request, BOOKS, {"books": Book.objects.all()})


@lacks(("certain", "author"))
class InContextView(TemplateView):
    template_name = BOOKS

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["books"] = Book.objects.all()
        return context


@lacks()
class InContextOfAnotherView(InContextView):
    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["books"] = context["books"].select_related("author")
        return context


# -- the API ---------------------------------------------------------------------------------------------------


class BookSerializer(serializers.ModelSerializer):
    writer = serializers.CharField(source="author.name")

    class Meta:
        model = Book
        fields = ["title", "writer"]


class TaggedSerializer(serializers.ModelSerializer):
    class Meta:
        model = Book
        fields = ["title", "tags"]


class AuthorSerializer(serializers.ModelSerializer):
    books = TaggedSerializer(many=True)

    class Meta:
        model = Author
        fields = ["name", "books"]


class ChosenSerializer(BookSerializer):
    def __init__(self, *args, fields=(), **kwargs):
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - set(fields):
            del self.fields[name]


@lacks(("certain", "author"))
@api_view()
def api(request):
    return Response(BookSerializer(Book.objects.all(), many=True).data)


@lacks()
@api_view(["GET", "POST"])
def api_loaded(request):
    serializer = BookSerializer(Book.objects.select_related("author"), many=True, context={"request": request})
    return Response(serializer.data)


@lacks(("certain", "books__tags"))
@api_view(["GET"])
def api_one(request):
    author = get_object_or_404(Author, pk=1)
    return Response({"author": AuthorSerializer(author).data})


@lacks()
@api_view(["GET"])
def api_one_book(request):
    return Response(BookSerializer(Book.objects.first()).data)


@lacks()
@api_view(["GET"])
def api_chosen(request):
    return Response(ChosenSerializer(Book.objects.all(), many=True, fields=["title"]).data)


@lacks(("certain", "tags"))
class ApiView(views.APIView):
    def get(self, request):
        return Response(TaggedSerializer(Book.objects.filter(author=request.user.pk), many=True).data)


class AuthorViewSet(viewsets.ModelViewSet):
    queryset = Author.objects.all()
    serializer_class = AuthorSerializer

    def get_serializer_class(self):
        return TaggedSerializer if self.action == "tagged" else AuthorSerializer

    @action(detail=True)
    def books(self, request, pk=None):
        """Each book knows its author."""
        author = self.get_object()
        return Response(BookSerializer(author.books.all(), many=True).data)

    @action(detail=True)
    def tagged(self, request, pk=None):
        page = self.paginate_queryset(self.get_object().books.filter(title=request.GET.get("title")))
        if page is not None:
            return self.get_paginated_response(self.get_serializer(page, many=True).data)
        return Response([])

    @action(detail=True)
    def whole(self, request, pk=None):
        return Response(self.get_serializer(self.get_object()).data)

    @action(detail=True)
    def loaded(self, request, pk=None):
        books = self.get_object().books.prefetch_related("tags")
        return Response(TaggedSerializer(books, many=True).data)

    @action(detail=True, methods=["post"])
    def posted(self, request, pk=None):
        return Response(TaggedSerializer(self.get_object().books.all(), many=True).data)

    @action(detail=False)
    def reviewed(self, request):
        """Its rows are not those of the view's queryset."""
        return Response(TaggedSerializer(Book.objects.filter(reviews__in=Review.objects.all()), many=True).data)


router = routers.SimpleRouter()
router.register("authors", AuthorViewSet)
urlpatterns.append(path("", include(router.urls)))
ACTIONS = {
    "list": {("certain", "books"), ("certain", "books__tags")},
    "retrieve": {("certain", "books__tags")},
    "books": set(),
    "tagged": {("certain", "tags")},
    "whole": {("certain", "books__tags")},
    "loaded": set(),
    "posted": set(),
    "reviewed": {("certain", "tags")},
}
