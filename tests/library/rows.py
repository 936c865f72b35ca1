"""Rows for the library."""

from .models import Author, Book, Note, Profile, Publisher, Review, Tag


def stock(number: int = 8, using: str = "default") -> list[Book]:
    """`number` books, each with an author, a publisher, two tags, two reviews and a note of its own."""
    tags = [Tag.objects.using(using).create(name=f"tag {index}") for index in range(2)]
    books = []
    for index in range(number):
        author = Author.objects.using(using).create(name=f"author {index}", email=f"{index}@example.org")
        Profile.objects.using(using).create(author=author, website=f"https://example.org/{index}")
        publisher = Publisher.objects.using(using).create(name=f"publisher {index}")
        book = Book.objects.using(using).create(title=f"book {index}", author=author, publisher=publisher)
        book.tags.set(tags)
        Review.objects.using(using).bulk_create([Review(book=book, stars=stars) for stars in (3, 5)])
        Note.objects.using(using).create(text="read it", subject=book)
        books.append(book)
    return books
