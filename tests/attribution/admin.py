"""An admin that queries for each row, in every way that it can."""

from django.contrib import admin

from tests.library.models import Author, Book, Publisher, Review

site = admin.AdminSite("places")
shelves = admin.AdminSite("shelves")


class ReviewInline(admin.TabularInline):  # an inline
    model = Review
    extra = 0


class BookInline(admin.TabularInline):
    model = Book
    fields = [
        "title",
        "tags",  # a field of an inline
        "author",
    ]
    raw_id_fields = ["author"]  # a widget of an inline
    extra = 0


class PublisherAdmin(admin.ModelAdmin):
    inlines = [BookInline]


class BookAdmin(admin.ModelAdmin):
    list_display = [
        "title",
        "publisher_name",  # a column that is a method
        "publisher",
    ]
    list_editable = ["publisher"]  # an editable column
    list_select_related = ()  # not the relations among the columns, as the default would
    inlines = [ReviewInline]

    def get_queryset(self, request):
        return super().get_queryset(request).order_by("title")  # the admin's rows

    def publisher_name(self, book):
        return book.publisher.name  # the method of a column


class ReviewAdmin(admin.ModelAdmin):
    list_display = ["stars", "__str__"]  # a column that is a __str__


class ShelfAdmin(admin.ModelAdmin):
    list_display = (
        "publisher",  # a column that is a relation
        "author_name",  # a column that is a property
    )
    list_select_related = ()


class InitialFilter(admin.SimpleListFilter):
    title = "initial"
    parameter_name = "initial"

    def lookups(self, request, model_admin):
        return [(letter, letter) for letter in "abcdefgh"]

    def queryset(self, request, queryset):
        return queryset

    def choices(self, changelist):
        for letter, title in self.lookup_choices:
            count = Author.objects.filter(name__startswith=letter).count()  # a choice of a filter
            yield {"selected": False, "query_string": f"?initial={letter}", "display": f"{title} ({count})"}


class AuthorAdmin(admin.ModelAdmin):
    readonly_fields = ["titles"]  # a read-only field
    list_filter = [
        "books__reviews",  # a filter
        InitialFilter,  # a filter that is a class
    ]

    def titles(self, author):
        return ", ".join(book.publisher.name for book in author.books.all())  # its readonly method


site.register(Book, BookAdmin)
site.register(Review, ReviewAdmin)
site.register(Author, AuthorAdmin)
shelves.register(Book, ShelfAdmin)
shelves.register(Author)
shelves.register(Publisher, PublisherAdmin)
