"""What do all endpoints of the API have in common? Pages of twenty, read-only, open to everybody."""

from rest_framework.pagination import PageNumberPagination
from rest_framework.permissions import AllowAny
from rest_framework.viewsets import ReadOnlyModelViewSet


class TwentyPerPage(PageNumberPagination):
    """`?page=2`, and `?page_size=50` for a client that wants more."""

    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = 100


class ReadOnlyViewSet(ReadOnlyModelViewSet):
    """List and retrieve. Said here rather than in the settings, so that it goes where the apps go."""

    pagination_class = TwentyPerPage
    authentication_classes = []
    permission_classes = [AllowAny]
