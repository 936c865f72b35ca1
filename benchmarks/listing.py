"""The endpoint of the workload `DRF list request`: a viewset that is as it should be."""

from __future__ import annotations

from rest_framework import pagination, permissions, routers, serializers, viewsets

from tests.library.models import Book


class BookSerializer(serializers.ModelSerializer):
    author_name = serializers.CharField(source="author.name")

    class Meta:
        model = Book
        fields = ("id", "title", "author", "author_name", "publisher")


class Hundred(pagination.PageNumberPagination):
    page_size = 100


class BookViewSet(viewsets.ModelViewSet):
    queryset = Book.objects.select_related("author")
    serializer_class = BookSerializer
    pagination_class = Hundred
    permission_classes = (permissions.IsAuthenticated,)


router = routers.SimpleRouter()
router.register("books", BookViewSet)
urlpatterns = router.urls
