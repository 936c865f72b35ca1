"""What do all endpoints of the API have in common? And where do the optimized ones get their rows?"""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache, wraps
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import ImproperlyConfigured
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.authentication import SessionAuthentication
from rest_framework.filters import SearchFilter
from rest_framework.permissions import AllowAny
from rest_framework.viewsets import ReadOnlyModelViewSet

from .filters import AskedFilterBackend, StableOrderingFilter
from .pagination import TwentyPerCountedPage, TwentyPerPage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.db.models import QuerySet
    from rest_framework.request import Request
    from rest_framework.response import Response


class ReadOnlyViewSet(ReadOnlyModelViewSet):
    """Lists and single rows, for everybody; who has signed in to the site is known to it.

    Said here rather than in the settings, so that it goes where the apps go.
    """

    pagination_class = TwentyPerPage
    authentication_classes = [SessionAuthentication]
    permission_classes = [AllowAny]
    filter_backends = [DjangoFilterBackend, SearchFilter, StableOrderingFilter]

    def respond_with(self, rows: QuerySet[Any]) -> Response:
        """A page of `rows`, filtered and ordered as the request asks."""
        page = self.paginate_queryset(self.filter_queryset(rows))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


def built_once(build: Callable[[], QuerySet[Any]]) -> Callable[..., QuerySet[Any]]:
    """Make the function of an action whose rows are the same for every request.

    A queryset with a few subqueries takes as long to build as to translate into SQL. It is lazy, so it is built at
    the first request, and each one has a copy, which is not evaluated yet.
    """
    built = cache(build)

    @wraps(build)
    def rows(request: Request | None = None) -> QuerySet[Any]:
        return built().all()

    return rows


class OptimizedViewSet(ReadOnlyViewSet):
    """Each action has a queryset that loads all that its serializer reads, and no more.

    One queryset for all actions is either too little for the single row or too much for the list. Here they are
    told apart, and an action that was forgotten is an error when the class is made rather than an N+1 later:

        class BookViewSet(OptimizedViewSet):
            querysets = {"list": books, "retrieve": books_with_chapters}

    Attributes:
        querysets: The name of each action, and the function of the request that gives its rows.
    """

    querysets: ClassVar[Mapping[str, Callable[[Request], QuerySet[Any]]]] = {}
    pagination_class = TwentyPerCountedPage
    filter_backends = [AskedFilterBackend, SearchFilter, StableOrderingFilter]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if not cls.querysets:
            return  # a base class for others
        actions = cls._actions()
        for action in actions:
            cls._require_queryset(action)
        for name in cls.querysets:
            if name not in actions:
                raise ImproperlyConfigured(
                    f"{cls.__name__}.querysets has {name!r}, and {cls.__name__} has no such action"
                    f"{_nearest(name, actions)}."
                )

    def get_queryset(self) -> QuerySet[Any]:
        """The rows of the action that runs."""
        self._require_queryset(self.action)
        return self.querysets[self.action](self.request)

    @classmethod
    def _actions(cls) -> list[str]:
        extra = [action.__name__ for action in cls.get_extra_actions()]
        return [*(name for name in ("list", "retrieve") if hasattr(cls, name)), *extra]

    @classmethod
    def _require_queryset(cls, action: str) -> None:
        if action not in cls.querysets:
            raise ImproperlyConfigured(
                f"{cls.__name__} has no queryset for its action {action!r}: add it to {cls.__name__}.querysets"
                f"{_nearest(action, cls.querysets)}."
            )


def _nearest(name: str, names: Any) -> str:
    nearest = get_close_matches(name, list(names), n=1)
    return f" (did you mean {nearest[0]!r}?)" if nearest else ""
