"""An admin that queries for each row, in every way that it can."""

from django.contrib import admin

from tests.library.models import Author, Book, Profile, Review

site = admin.AdminSite("places")


class ReviewInline(admin.TabularInline):  # an inline
    model = Review
    extra = 0


class BookAdmin(admin.ModelAdmin):
    list_display = [
        "title",
        "author",  # a column that is a relation
        "publisher_name",  # a column that is a method
        "author_name",  # a column that is a property
    ]
    list_select_related = False
    list_editable = ["publisher"]  # an editable column
    list_filter = ["publisher"]
    inlines = [ReviewInline]

    def get_queryset(self, request):
        return super().get_queryset(request).order_by("title")  # the admin's rows

    def publisher_name(self, book):
        return book.publisher.name  # the method of a column


BookAdmin.list_display = [*BookAdmin.list_display, "publisher"]


class ReviewAdmin(admin.ModelAdmin):
    list_display = ["stars", "__str__"]  # a column that is a __str__


class ProfileAdmin(admin.ModelAdmin):  # no rows of its own
    list_display = ("website", "author_bio")
    fields = (
        "website",
        "author",
    )

    @admin.display
    def author_bio(self, profile):
        return profile.author.bio


class AuthorAdmin(admin.ModelAdmin):
    readonly_fields = ["titles"]  # a read-only field
    list_filter = [
        "books__reviews",  # a filter
    ]

    def titles(self, author):
        return ", ".join(book.publisher.name for book in author.books.all())  # its readonly method


site.register(Book, BookAdmin)
site.register(Review, ReviewAdmin)
site.register(Profile, ProfileAdmin)
site.register(Author, AuthorAdmin)
