"""Books as Django Ninja, Strawberry, Graphene and django-tables2 declare them."""

from __future__ import annotations

import django_tables2
import graphene
import strawberry
import strawberry_django
from graphene_django import DjangoObjectType
from ninja import Field, ModelSchema, NinjaAPI, Schema

from tests.library.models import Author, Book, Publisher, Review

# -- Django Ninja


class AuthorOut(Schema):
    name: str


class BookOut(Schema):
    title: str
    author: AuthorOut  # ninja field


class ShownBook(BookOut):
    title: str


class FlatBook(Schema):
    writer: str = Field(alias="author.name")  # ninja alias


class ResolvedBook(Schema):
    publisher: str  # ninja resolved

    @staticmethod
    def resolve_publisher(book):
        return book.publisher.name  # ninja resolver


class ReviewOut(ModelSchema):
    class Meta:
        model = Review
        fields = ["stars"]


class ReviewedBook(ModelSchema):
    reviews: list[ReviewOut]  # ninja rows

    class Meta:
        model = Book
        fields = ["title"]


api = NinjaAPI()


@api.get("/nested", response=list[BookOut])
def nested(request):
    return Book.objects.all()


@api.get("/shown", response=list[ShownBook])
def shown(request):
    return Book.objects.all()


@api.get("/flat", response=list[FlatBook])
def flat(request):
    return Book.objects.all()


@api.get("/resolved", response=list[ResolvedBook])
def resolved(request):
    return Book.objects.all()


@api.get("/reviewed", response=list[ReviewedBook])
def reviewed(request):
    return Book.objects.all()


@api.get("/joined", response=list[BookOut])
def joined(request):
    return Book.objects.select_related("author")


# -- Strawberry


@strawberry_django.type(Author)
class AuthorType:
    name: strawberry.auto


@strawberry_django.type(Book)
class BookType:
    title: strawberry.auto
    author: AuthorType  # strawberry field

    @strawberry.field
    def review_count(self) -> int:
        return self.reviews.count()  # strawberry method


@strawberry.type
class Query:
    books: list[BookType] = strawberry_django.field()


strawberries = strawberry.Schema(query=Query)


# -- Graphene


class WriterNode(DjangoObjectType):
    class Meta:
        model = Author
        fields = ["name"]


class PublisherNode(DjangoObjectType):
    class Meta:
        model = Publisher
        fields = ["name"]


class BookNode(DjangoObjectType):
    publisher_name = graphene.String()  # graphene field

    class Meta:
        model = Book
        fields = ["title", "author"]  # graphene options

    def resolve_publisher_name(self, info):
        return self.publisher.name  # graphene resolver


class GrapheneQuery(graphene.ObjectType):
    books = graphene.List(BookNode)

    def resolve_books(self, info):
        return Book.objects.all()


graphenes = graphene.Schema(query=GrapheneQuery)


# -- django-tables2


class BookTable(django_tables2.Table):
    writer = django_tables2.Column(accessor="author__name")  # table column
    reviews = django_tables2.Column(empty_values=())  # table method

    class Meta:
        model = Book
        fields = ["title", "publisher__name"]  # table options

    def render_reviews(self, record):
        return record.reviews.count()  # renders a column
