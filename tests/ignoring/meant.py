"""Loops that are meant, said in every place a comment may stand, and loops that a comment is not about."""

from ..library.models import Author, Book


def on_the_line():
    for book in Book.objects.all():
        str(book.author)  # nplusone: ignore[library.Book.author] six at most


def on_the_line_above():
    for book in Book.objects.all():
        # nplusone: ignore[library.Book.author] six at most,
        # as the shelf has no more room.
        str(book.author)


def on_the_last_line_of_the_statement():
    return [
        str(book.author)
        for book in Book.objects.all()
    ]  # nplusone: ignore[library.Book.author]  # fmt: skip


def on_an_inner_line_of_the_statement():
    return [
        str(
            # nplusone: ignore[library.Book.author]
            book.author
        )
        for book in Book.objects.all()
    ]


def above_the_statement():
    # nplusone: ignore[library.Book.author]
    return [
        str(book.author)
        for book in Book.objects.all()
    ]  # fmt: skip


def without_a_label():
    for book in Book.objects.all():
        str(book.author)  # nplusone: ignore


def with_several_labels():
    for book in Book.objects.all():
        str(book.author), str(book.publisher)  # nplusone: ignore[library.Book.author, library.Book.publisher]


def with_a_wildcard():
    for book in Book.objects.all():
        str(book.author), str(book.publisher)  # kept  # nplusone: ignore[library.Book.*]


def of_a_look_up():
    for book in Book.objects.all():
        Author.objects.get(pk=book.author_id)  # nplusone: ignore[library.Author.objects.get()]


def in_other_letters():
    for book in Book.objects.all():
        str(book.author)  # NPlusOne:Ignore [ 'library.Book.author' ]


MEANT = [
    on_the_line,
    on_the_line_above,
    on_the_last_line_of_the_statement,
    on_an_inner_line_of_the_statement,
    above_the_statement,
    without_a_label,
    with_several_labels,
    with_a_wildcard,
    of_a_look_up,
    in_other_letters,
]


def on_another_line():
    for book in Book.objects.all():
        str(book.title)  # nplusone: ignore[library.Book.author]
        str(book.author)


def on_the_loop_around():
    for book in Book.objects.all():  # nplusone: ignore[library.Book.author]
        str(book.author)


def about_something_else():
    for book in Book.objects.all():
        str(book.author)  # nplusone: ignore[library.Book.publisher]


def in_a_text():
    for book in Book.objects.all():
        str(book.author) + "# nplusone: ignore[library.Book.author]"


NOT_MEANT = [on_another_line, on_the_loop_around, about_something_else, in_a_text]
