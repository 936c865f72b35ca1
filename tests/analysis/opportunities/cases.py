"""Views with something to find, and some that look like them: the paths that each lacks, and how sure that is."""

import django
from django.contrib import admin
from django.db.models import Count, Prefetch
from django.urls import path
from django.views.generic import DetailView, ListView
from rest_framework import generics, serializers
from rest_framework.pagination import LimitOffsetPagination

from tests.corpus.store.models import Customer, Item, Order, Profile
from tests.library.models import Author, Book, Publisher, Review, Tag

MISSING = {}
USELESS = {}
urlpatterns = []


def view(queryset, serializer, *missing, base=generics.ListAPIView, useless=(), **attributes):
    """A view, at a URL with the name of what it shows."""
    name = f"{serializer.__name__.removesuffix('Serializer')}{len(urlpatterns)}View"
    members = {"queryset": queryset, "serializer_class": serializer, "__module__": __name__, **attributes}
    cls = type(name, (base,), members)
    MISSING[name] = set(missing)
    USELESS[name] = set(useless)
    urlpatterns.append(path(f"{name}/", cls.as_view()))


def model_serializer(model_, shown, **declared):
    meta = type("Meta", (), {"model": model_, "fields": shown.split()})
    return type(
        "MadeSerializer", (serializers.ModelSerializer,), {"Meta": meta, "__module__": __name__, **declared}
    )


class DottedSerializer(serializers.ModelSerializer):
    region = serializers.CharField(source="customer.region.name")

    class Meta:
        model = Order
        fields = ["number", "region"]


view(Order.objects.all(), DottedSerializer, ("certain", "customer__region"))
view(Order.objects.select_related("customer"), DottedSerializer, ("certain", "customer__region"))
view(Order.objects.select_related("customer__region"), DottedSerializer)
view(Order.objects.prefetch_related("customer__region"), DottedSerializer)
if django.VERSION < (6, 1):  # deprecated there
    view(Order.objects.select_related(), DottedSerializer)  # all that is not null
view(
    Order.objects.prefetch_related(Prefetch("customer", Customer.objects.select_related("region"))),
    DottedSerializer,
)
view(
    Order.objects.prefetch_related(Prefetch("customer", Customer.objects.order_by("pk"))),
    DottedSerializer,
    ("certain", "customer__region"),
)
view(Order.objects.all(), DottedSerializer, base=generics.RetrieveAPIView)  # one row

# A key is a column of the row; the text of the other row is not.
view(Book.objects.all(), model_serializer(Book, "title author publisher"))
view(
    Book.objects.all(),
    model_serializer(Book, "publisher", publisher=serializers.SlugRelatedField("name", read_only=True)),
    ("certain", "publisher"),
)
view(
    Book.objects.select_related("publisher"),
    model_serializer(Book, "publisher", publisher=serializers.SlugRelatedField("name", read_only=True)),
)
view(Book.objects.all(), model_serializer(Book, "publisher_id", publisher_id=serializers.IntegerField()))
view(Book.objects.all(), model_serializer(Book, "author_name"), ("likely", "author"))  # a property of the model
view(Book.objects.select_related("author"), model_serializer(Book, "author_name"))
view(
    Review.objects.all(),
    model_serializer(Review, "text", text=serializers.StringRelatedField(source="book")),
    ("certain", "book"),
)

# Relations to many.
view(Book.objects.all(), model_serializer(Book, "title tags"), ("certain", "tags"))
view(Book.objects.prefetch_related("tags"), model_serializer(Book, "title tags"))
view(Book.objects.all(), model_serializer(Book, "title tags"), base=generics.RetrieveAPIView)
view(
    Author.objects.prefetch_related("books"),
    model_serializer(Author, "books", books=model_serializer(Book, "title tags")(many=True)),
    ("certain", "books__tags"),
)
view(
    Author.objects.prefetch_related("books__tags"),
    model_serializer(Author, "books", books=model_serializer(Book, "title tags")(many=True)),
)
view(
    Author.objects.prefetch_related(Prefetch("books", Book.objects.prefetch_related("tags"))),
    model_serializer(Author, "books", books=model_serializer(Book, "title tags")(many=True)),
)
view(
    # A book that came from its author knows it.
    Author.objects.prefetch_related("books"),
    model_serializer(
        Author,
        "books",
        books=model_serializer(Book, "by", by=serializers.CharField(source="author.name"))(many=True),
    ),
)
view(
    Author.objects.all(),
    model_serializer(Author, "books", books=model_serializer(Book, "title tags")(many=True)),
    ("certain", "books__tags"),
    base=generics.RetrieveAPIView,
)
view(
    Author.objects.prefetch_related(Prefetch("books", to_attr="shown")),
    model_serializer(Author, "books", books=model_serializer(Book, "title")(many=True, source="shown")),
)

# What is loaded and never read.
view(
    Book.objects.select_related("author", "publisher").prefetch_related("tags"),
    model_serializer(
        Book, "title author publisher", publisher=serializers.CharField(source="publisher.name")
    ),  # the author's key is a column of the book
    useless=["author", "tags"],
)
view(
    Order.objects.select_related("customer__region"),
    model_serializer(Order, "customer", customer=serializers.CharField(source="customer.name")),
    useless=["customer__region"],
)
view(
    Author.objects.prefetch_related("books__tags", "books__reviews"),
    model_serializer(Author, "books", books=model_serializer(Book, "title tags")(many=True)),
    useless=["books__reviews"],
)
view(Book.objects.select_related("author"), model_serializer(Book, "title author_name publisher"))  # a property
view(
    Book.objects.select_related("author", "publisher"),
    model_serializer(Book, "title author_name"),
    useless=["publisher"],
)
view(
    Book.objects.select_related("author").prefetch_related("tags", "reviews"),
    model_serializer(Book, "title by", by=serializers.StringRelatedField(source="author")),
    useless=["reviews", "tags"],
)
view(Book.objects.prefetch_related("tags"), model_serializer(Book, "title"), base=generics.RetrieveAPIView)

# The other side of a one-to-one.
view(
    Customer.objects.all(),
    model_serializer(Customer, "phone", phone=serializers.CharField(source="profile.phone")),
    ("certain", "profile"),
)
view(
    Customer.objects.select_related("profile"),
    model_serializer(Customer, "phone", phone=serializers.CharField(source="profile.phone")),
)
view(
    Profile.objects.select_related("customer"),
    model_serializer(Profile, "phone", phone=serializers.CharField(source="customer.profile.phone")),
)


class MethodsSerializer(serializers.ModelSerializer):
    text = serializers.SerializerMethodField()

    class Meta:
        model = Book
        fields = ["text"]


class AliasSerializer(MethodsSerializer):
    def get_text(self, book):
        writer = book.author
        return writer.name.upper()


class LoopSerializer(MethodsSerializer):
    def get_text(self, book):
        return [review.stars for review in book.reviews.all()]


class ConditionSerializer(MethodsSerializer):
    def get_text(self, book):
        if self.context.get("long"):
            return book.author.name
        return book.title


class CountedSerializer(MethodsSerializer):
    def get_text(self, book):
        return book.reviews.count()


class BestSerializer(MethodsSerializer):
    def get_text(self, book):
        return book.reviews.filter(stars__gt=4).exists()


class AnnotatedSerializer(MethodsSerializer):
    text = serializers.IntegerField(source="review_count")


class HandedOverSerializer(MethodsSerializer):
    def get_text(self, book):
        return str(self.context.get(book.pk)) + f"{book.author_id}"


class ReboundSerializer(MethodsSerializer):
    def get_text(self, book):
        book = self.context.get("other")
        return book and book.author.name


class OfParentSerializer(MethodsSerializer):
    def to_representation(self, book):
        return {"title": book.title}

    def get_text(self, book):
        return book.author.name


view(Book.objects.all(), AliasSerializer, ("likely", "author"))
view(Book.objects.select_related("author"), AliasSerializer)
view(Book.objects.all(), LoopSerializer, ("likely", "reviews"))
view(Book.objects.prefetch_related("reviews"), LoopSerializer)
view(Book.objects.all(), ConditionSerializer, ("possible", "author"))
view(Book.objects.all(), CountedSerializer, ("likely", "reviews"))
view(Book.objects.prefetch_related("reviews"), CountedSerializer)
view(Book.objects.prefetch_related("reviews"), BestSerializer, ("likely", "reviews"))
view(Book.objects.annotate(review_count=Count("reviews")), AnnotatedSerializer)
view(Book.objects.all(), HandedOverSerializer)
view(Book.objects.all(), ReboundSerializer)
view(Book.objects.all(), OfParentSerializer)
view(Book.objects.values("title"), model_serializer(Book, "title tags"))
view(Book.objects.none(), AliasSerializer)


# Methods that can be followed to their end, and some that hand a row on.
class LoopOverAllSerializer(MethodsSerializer):
    def get_text(self, book):
        request = self.context["request"]
        writer = book.author
        return {
            "by": writer.name if writer is not None else "",
            "url": request.build_absolute_uri(f"/{book.pk}/"),
            "stars": [review.stars for review in book.reviews.all()],
            "few": len(book.tags.all()) < 3 and bool(book.publisher and book.publisher.name),
        }


class GivesAwaySerializer(MethodsSerializer):
    def get_text(self, book):
        return _described(book)


class GivesTheAuthorAwaySerializer(MethodsSerializer):
    def get_text(self, book):
        return f"{book.title}, {_described(book.author)}"


class KnowsTheListSerializer(MethodsSerializer):
    def get_text(self, book):
        return self.parent.instance[0].author.name


class ChosenRowSerializer(MethodsSerializer):
    def get_text(self, book):
        shown = book.author
        if book.publisher is not None:
            shown = book.publisher
        return shown.name


class ClosureSerializer(MethodsSerializer):
    def get_text(self, book):
        return sorted(self.context["words"], key=lambda word: word == book.author.name)


class NextTurnSerializer(MethodsSerializer):
    def get_text(self, book):
        found, last = [], None
        for review in book.reviews.all():
            if last:
                found.append(last.book.title)
            last = review
        return found


class CutSerializer(MethodsSerializer):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.context["request"].user.is_staff:
            self.fields["text"] = serializers.CharField(source="title")


class OwnField(serializers.CharField):
    def to_representation(self, value):
        return self.parent.instance.author.name


class ByRequestView(generics.ListAPIView):
    def get_serializer_class(self):
        if self.request.user.is_staff:
            return AliasSerializer
        return CutSerializer


class ByActionView(generics.ListAPIView):
    action = "list"

    def get_serializer_class(self):
        return AliasSerializer if self.action == "retrieve" else super().get_serializer_class()


def _described(row):
    return row.name


WIDE = Book.objects.select_related("author__profile", "publisher").prefetch_related("tags", "reviews")
view(WIDE, LoopOverAllSerializer, useless=["author__profile"])
view(WIDE, GivesAwaySerializer)
view(WIDE, GivesTheAuthorAwaySerializer, useless=["publisher", "reviews", "tags"])
view(WIDE, KnowsTheListSerializer)
view(WIDE, ChosenRowSerializer, useless=["reviews", "tags"])
view(WIDE, ClosureSerializer)
view(WIDE.prefetch_related("reviews__book"), NextTurnSerializer, useless=["author", "publisher", "tags"])
view(WIDE, CutSerializer)
view(WIDE, model_serializer(Book, "title", title=OwnField()))
view(WIDE, AliasSerializer, base=ByRequestView)
view(WIDE, AliasSerializer, base=ByActionView, useless=["author__profile", "publisher", "reviews", "tags"])


# What the view does on the way.
class OwnListView(generics.ListAPIView):
    def list(self, request):
        rows = self.get_queryset().select_related("author")
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)


class LoadingPagination(LimitOffsetPagination):
    def paginate_queryset(self, queryset, request, view=None):
        return super().paginate_queryset(queryset.select_related("author"), request, view)


class MadeHereView(generics.ListAPIView):
    def get_queryset(self):
        return Book.objects.select_related("author")


class ForgottenHereView(generics.ListAPIView):
    def get_queryset(self):
        return super().get_queryset().order_by("title")


class DependsView(generics.ListAPIView):
    def get_queryset(self):
        if self.request.query_params.get("author"):
            return Book.objects.select_related("author")
        return Book.objects.all()


class AsksView(generics.ListAPIView):
    def get_queryset(self):
        return Book.objects.filter(publisher=Publisher.objects.get(name="x"))


class NobodyView(generics.ListAPIView):
    def get_queryset(self):
        if not self.request.user.is_authenticated:
            return Book.objects.none()
        return Book.objects.select_related("author")


class NothingSerializer(AliasSerializer):
    def get_text(self, book):
        return book.author.name  # nplusone: ignore[library.Book.author] three books at most


view(Book.objects.all(), AliasSerializer, base=OwnListView)
view(Book.objects.all(), AliasSerializer, pagination_class=LoadingPagination)
view(Book.objects.all(), AliasSerializer, base=MadeHereView)
view(Book.objects.all(), AliasSerializer, ("likely", "author"), base=ForgottenHereView)
view(Book.objects.all(), AliasSerializer, ("possible", "author"), base=DependsView)
view(Book.objects.all(), AliasSerializer, base=AsksView)
view(Book.objects.all(), AliasSerializer, base=NobodyView)
view(Book.objects.all(), NothingSerializer)
view(Tag.objects.all(), model_serializer(Tag, "name"))

# -- pages -----------------------------------------------------------------------------------------------------


def page(queryset, template, *missing, base=ListView, **attributes):
    name = f"Page{len(urlpatterns)}View"
    members = {"queryset": queryset, "template_name": f"opportunities/{template}", "__module__": __name__}
    MISSING[name] = set(missing)
    urlpatterns.append(path(f"{name}/", type(name, (base,), {**members, **attributes}).as_view()))


class OwnContextView(ListView):
    def get_context_data(self, **context):
        return super().get_context_data(object_list=Book.objects.select_related("author__profile"), **context)


class OtherRowsView(ListView):
    def get_context_data(self, **context):
        return {**super().get_context_data(**context), "object_list": _with_authors()}


def _with_authors():
    return Book.objects.select_related("author__profile")


READ = {("certain", "author__profile"), ("certain", "reviews"), ("possible", "publisher")}
page(Book.objects.all(), "books.html", *READ)
page(Book.objects.all(), "books.html", *READ, paginate_by=5)
page(Book.objects.select_related("author__profile", "publisher").prefetch_related("reviews"), "books.html")
page(Book.objects.select_related("author__profile", "publisher"), "books.html", ("certain", "reviews"))
page(Book.objects.all(), "books.html", base=OwnContextView)
page(Book.objects.all(), "books.html", base=OtherRowsView)
page(Book.objects.all(), "book.html", base=DetailView)
page(Author.objects.all(), "author.html", ("certain", "books__publisher"), base=DetailView)
page(Author.objects.prefetch_related("books__publisher"), "author.html", base=DetailView)
page(Author.objects.all(), "missing.html")

# Templates that are made of others.
page(Book.objects.all(), "included.html", ("certain", "author"), ("certain", "reviews"), ("certain", "tags"))
page(Book.objects.select_related("author").prefetch_related("reviews", "tags"), "included.html")
page(Book.objects.all(), "included_only.html", ("certain", "author"))
page(Book.objects.select_related("author"), "included_only.html")
page(Book.objects.all(), "included_by_a_variable.html")
page(Book.objects.all(), "named.html", ("certain", "publisher"))
page(Book.objects.all(), "blocks.html", ("certain", "author"), ("certain", "publisher"))
page(Book.objects.select_related("author"), "blocks.html", ("certain", "publisher"))
page(Book.objects.all(), "blocks_of_a_variable.html", ("possible", "author"))
page(Book.objects.all(), "tree.html", ("certain", "author"))
if django.VERSION >= (6, 0):
    page(Book.objects.all(), "partials.html", ("certain", "author"))
    page(Book.objects.select_related("author"), "partials.html")

# -- admin classes ---------------------------------------------------------------------------------------------

ADMINS = []


def listed(model, columns, *missing, **attributes):
    """An admin class that shows `columns`, and the paths that are missing."""
    members = {"list_display": columns, "__module__": __name__, **attributes}
    ADMINS.append((type(f"Listed{len(ADMINS)}Admin", (admin.ModelAdmin,), members), model, set(missing)))


@admin.display
def writer(book):
    return book.author.name


def shown(self, book):
    return book.author.name


def with_author(self, request):
    return Book.objects.select_related("author")


listed(Item, ["product__category"], ("certain", "product__category"))
listed(Book, ["title", "author"])  # Django joins what a column names
listed(Book, ["title", "author"], ("certain", "author"), list_select_related=())
listed(Book, ["title", "author__name"], ("certain", "author"))
listed(Book, ["title", "author__name"], list_select_related=["author"])
listed(Book, ["title", "author__name"], get_queryset=with_author)
# It may be null, which Django joins from 6.1 on.
listed(Book, ["title", "publisher"], *([] if django.VERSION >= (6, 1) else [("certain", "publisher")]))
listed(Book, [writer], ("likely", "author"))
listed(Book, [writer], list_select_related=["author"])
listed(Book, ["author_name"], ("likely", "author"))
listed(Book, ["shown"], ("likely", "author"), shown=shown)
listed(Book, ["title", "author_id", "publisher_id"])
listed(Review, ["__str__"], ("likely", "book"))
listed(Review, ["stars"])
