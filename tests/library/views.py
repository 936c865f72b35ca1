"""Views that query in every way a view can."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from asgiref.sync import sync_to_async
from django.db import connection
from django.http import FileResponse, HttpResponse, JsonResponse, StreamingHttpResponse

from nplusone_guard import ignore

from .models import Author, Book


def titles(request):
    return JsonResponse({"titles": [book.title for book in Book.objects.all()]})


def authors(request):
    names = []
    for book in Book.objects.all():
        names.append(book.author.name)  # N+1
    return JsonResponse({"names": names})


def authors_fixed(request):
    return JsonResponse({"names": [book.author.name for book in Book.objects.select_related("author")]})


@ignore("library.Book.author")
def authors_ignored(request):
    return JsonResponse({"names": [book.author.name for book in Book.objects.all()]})


def broken(request):
    for book in Book.objects.all():
        str(book.author)
    raise RuntimeError("the view is broken")


def reconnecting(request):
    names = []
    for index, book in enumerate(Book.objects.all()):
        if index == 3:
            connection.close()
        names.append(book.author.name)
    return JsonResponse({"names": names})


def stream(request):
    def rows():
        for book in Book.objects.all():
            yield f"{book.author.name}\n"  # N+1 stream

    return StreamingHttpResponse(rows())


async def stream_async(request):
    async def rows():
        async for book in Book.objects.all():
            author = await Author.objects.aget(pk=book.author_id)  # N+1 stream async
            yield f"{author.name}\n"

    return StreamingHttpResponse(rows())


def file(request):
    return FileResponse(open(__file__, "rb"))  # noqa: PTH123


async def authors_async(request):
    names = []
    async for book in Book.objects.all():
        author = await Author.objects.aget(pk=book.author_id)  # N+1 async
        names.append(author.name)
    return JsonResponse({"names": names})


async def two_lookups_async(request):
    first = await Author.objects.aget(pk=request.GET["a"])
    second = await Author.objects.aget(pk=request.GET["b"])
    third = await Author.objects.aget(pk=request.GET["c"])
    fourth = await Author.objects.aget(pk=request.GET["d"])
    fifth = await Author.objects.aget(pk=request.GET["e"])
    return JsonResponse({"names": [one.name for one in (first, second, third, fourth, fifth)]})


async def authors_gathered(request):
    pks = [book.author_id async for book in Book.objects.all()]
    found = await asyncio.gather(*(Author.objects.aget(pk=pk) for pk in pks))  # N+1 gather
    return JsonResponse({"names": [author.name for author in found]})


def _names():
    return [book.author.name for book in Book.objects.all()]  # N+1 helper


async def authors_in_sync_thread(request):
    return JsonResponse({"names": await sync_to_async(_names)()})


async def authors_in_any_thread(request):
    def names():
        try:
            return _names()
        finally:
            connection.close()

    return JsonResponse({"names": await sync_to_async(names, thread_sensitive=False)()})


def authors_in_pool(request):
    def name(pk):
        try:
            return Author.objects.get(pk=pk).name  # N+1 pool
        finally:
            connection.close()

    pks = list(Book.objects.values_list("author_id", flat=True))
    with ThreadPoolExecutor(max_workers=2) as pool:
        return JsonResponse({"names": list(pool.map(name, pks))})


def other_database(request):
    return JsonResponse({"names": [book.author.name for book in Book.objects.using("other")]})


def login_page(request):
    return HttpResponse(str(request.user))
