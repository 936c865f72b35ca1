"""What is measured: four ways to spend a request on statements.

A workload is a request and what answers it, so that a recorder that is a middleware goes around it as it goes
around an application.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import SimpleCookie

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.handlers.base import BaseHandler
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from tests.library.models import Author, Book, Publisher

from .sizes import Sizes

__all__ = ["Respond", "Workload", "stock", "workloads"]

Respond = Callable[[HttpRequest], HttpResponse]


@dataclass(frozen=True, slots=True)
class Workload:
    """One thing to measure.

    Attributes:
        name: What it is called in tables.
        statements: How many statements it runs.
        request: Makes the request.
        respond: Answers it.
    """

    name: str
    statements: int
    request: Callable[[], HttpRequest]
    respond: Respond


def workloads(sizes: Sizes) -> list[Workload]:
    """All of them, on the rows that `stock` has made."""
    factory = RequestFactory()

    def request() -> HttpRequest:
        return factory.get("/")

    def different(_: HttpRequest) -> HttpResponse:
        for number in range(sizes.rows):
            list(Author.objects.extra(select={f"column_{number}": "1"}).filter(pk=number))
        return HttpResponse()

    def n_plus_one(_: HttpRequest) -> HttpResponse:
        for book in Book.objects.all():
            str(book.author)
        return HttpResponse()

    def raw(_: HttpRequest) -> HttpResponse:
        with connection.cursor() as cursor:
            for number in range(sizes.raw):
                cursor.execute("SELECT id, title, author_id FROM library_book WHERE id = %s", [number])
                cursor.fetchall()
        return HttpResponse()

    return [
        Workload("different", sizes.rows, request, different),
        Workload("N+1", sizes.rows + 1, request, n_plus_one),
        Workload("raw", sizes.raw, request, raw),
        _list_request(),
    ]


def _list_request() -> Workload:
    """A signed-in user asks for a page of books: session, user, count and page."""
    cookies = SimpleCookie({settings.SESSION_COOKIE_NAME: Session.objects.get().session_key})
    factory = RequestFactory(HTTP_COOKIE=cookies.output(header="").strip())
    handler = BaseHandler()
    handler.load_middleware()
    return Workload("DRF list", 4, lambda: factory.get("/books/"), handler.get_response)


def stock(sizes: Sizes) -> None:
    """As many books, each of another author, and a user with a session."""
    authors = Author.objects.bulk_create(Author(name=str(n), email=str(n)) for n in range(sizes.rows))
    publisher = Publisher.objects.create(name="x")
    Book.objects.bulk_create(Book(title="x", author=author, publisher=publisher) for author in authors)
    Client().force_login(User.objects.create(username="reader"))
