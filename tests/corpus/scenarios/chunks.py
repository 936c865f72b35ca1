"""Fine: many rows are read page by page or chunk by chunk, each statement for many of them."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db import connection
from django.db.models import prefetch_related_objects

from ..scenario import clean
from ..store.models import Category, Item


@clean(why="pages by offset, each of many rows", grows=True)
def offset_pagination():
    offset, seen = 0, []
    while True:
        page = list(Item.objects.all()[offset : offset + 4])
        if not page:
            return seen
        seen += page
        offset += len(page)


@clean(why="pages by the last key, each of many rows", grows=True)
def keyset_pagination():
    last, seen = 0, []
    while page := list(Item.objects.filter(pk__gt=last).order_by("pk")[:4]):
        seen += page
        last = page[-1].pk
    return seen


@clean(why="Django's paginator: a count, and a query for each page", grows=True)
def paginator_pages():
    paginator = Paginator(Item.objects.order_by("pk"), 4)
    return [[item.quantity for item in page.object_list] for page in paginator]


@clean(why="an export reads page by page and joins what it needs", grows=True)
def keyset_pagination_joined():
    last, lines = 0, []
    while True:
        rows = Item.objects.select_related("product").filter(pk__gt=last).order_by("pk")[:4]
        page = list(rows)
        lines.extend(f"{item.pk};{item.product.sku}" for item in page)
        if len(page) < 4:
            return lines
        last = page[-1].pk


@clean(why="keys in chunks, each chunk one IN list", grows=True)
def chunked_in(store):
    keys = list(Item.objects.values_list("pk", flat=True))
    items = []
    for start in range(0, len(keys), 4):
        items += Item.objects.filter(pk__in=keys[start : start + 4])
    return items


@clean(why="in_bulk() of chunks of keys", grows=True)
def chunked_in_bulk(store):
    keys = list(Item.objects.values_list("pk", flat=True))
    found = {}
    for start in range(0, len(keys), 4):
        found.update(Item.objects.in_bulk(keys[start : start + 4]))
    return found


@clean(why="a cursor that reads chunk by chunk with IN", grows=True)
def chunked_cursor():
    keys = list(Item.objects.values_list("pk", flat=True))
    rows = []
    with connection.cursor() as cursor:
        for start in range(0, len(keys), 4):
            chunk = keys[start : start + 4]
            marks = ", ".join(["%s"] * len(chunk))
            cursor.execute(f"SELECT quantity FROM store_item WHERE id IN ({marks})", chunk)
            rows += cursor.fetchall()
    return rows


@clean(why="iterator() prefetches for each chunk of rows", grows=True)
def iterator_with_prefetch():
    rows = Item.objects.select_related("order").prefetch_related("order__tags")
    return [len(item.order.tags.all()) for item in rows.iterator(chunk_size=4)]


@clean(why="iterator() of joined rows is one statement")
def iterator_joined():
    return [item.product.sku for item in Item.objects.select_related("product").iterator(chunk_size=4)]


@clean(why="prefetch_related_objects() for each page of rows", grows=True)
def prefetch_for_each_page():
    items = list(Item.objects.all())
    for start in range(0, len(items), 5):
        prefetch_related_objects(items[start : start + 5], "product", "order")
    return [(item.product.sku, item.order.number) for item in items]


@clean(why="a tree level by level: as many queries as levels, each for all the nodes of one", grows=False)
def tree_level_by_level():
    level, depth = list(Category.objects.filter(parent=None)), 0
    while level and depth < 4:
        level = list(Category.objects.filter(parent__in=level))
        depth += 1
    return depth
