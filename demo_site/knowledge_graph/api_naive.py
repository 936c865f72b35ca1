"""How does a hurried team list elements? With a statement per element."""

from ..viewsets import ReadOnlyViewSet
from .filters import ElementFilters
from .models import Element
from .serializers import ElementSerializer


class ElementViewSet(ReadOnlyViewSet):
    queryset = Element.objects.order_by("id")
    serializer_class = ElementSerializer
    filterset_class = ElementFilters
    search_fields = ["title"]
    ordering_fields = ["id", "title", "difficulty"]
