"""How are elements listed without a statement per element? Their authors joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..viewsets import OptimizedViewSet, built_once
from .filters import ElementFilters
from .models import Element
from .serializers import ElementSerializer

if TYPE_CHECKING:
    from django.db.models import QuerySet


@built_once
def elements() -> QuerySet[Element]:
    return Element.objects.select_related("created_by").order_by("id")


class ElementViewSet(OptimizedViewSet):
    querysets = {"list": elements, "retrieve": elements}
    serializer_class = ElementSerializer
    filterset_class = ElementFilters
    search_fields = ["title"]
    ordering_fields = ["id", "title", "difficulty"]
