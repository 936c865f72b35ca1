"""How is a list cut into pages, and how often are its rows counted?"""

from __future__ import annotations

from hashlib import sha256

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.core.paginator import Paginator
from django.utils.functional import cached_property
from rest_framework.pagination import PageNumberPagination


class TwentyPerPage(PageNumberPagination):
    """`?page=2`, and `?page_size=50` for a client that wants more."""

    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = 100


class MinutePaginator(Paginator):
    """Counts the rows of a query once a minute. A new row may be missing from `count` for so long."""

    @cached_property
    def count(self) -> int:
        try:
            # Which rows they are, without what is read of them: that has nothing to do with how many.
            query = str(self.object_list.order_by().values("pk").query)
        except EmptyResultSet:  # Django knows that nothing can match
            return 0
        key = f"count/{sha256(query.encode()).hexdigest()}"
        return cache.get_or_set(key, self.object_list.count, timeout=60)


class TwentyPerCountedPage(TwentyPerPage):
    django_paginator_class = MinutePaginator
