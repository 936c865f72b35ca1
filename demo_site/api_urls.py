"""Which endpoints has the API? Each one twice: as a hurried team writes it, and fixed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import include, path
from rest_framework.routers import DefaultRouter

from .accounts import api_naive as accounts_naive
from .accounts import api_optimized as accounts_optimized
from .assignments import api_naive as assignments_naive
from .assignments import api_optimized as assignments_optimized
from .chat import api_naive as chat_naive
from .chat import api_optimized as chat_optimized
from .knowledge_graph import api_naive as knowledge_graph_naive
from .knowledge_graph import api_optimized as knowledge_graph_optimized
from .materials import api_naive as materials_naive
from .materials import api_optimized as materials_optimized
from .reports import api_naive as reports_naive
from .reports import api_optimized as reports_optimized

if TYPE_CHECKING:
    from .viewsets import ReadOnlyViewSet

NAIVE: dict[str, type[ReadOnlyViewSet]] = {
    "students": accounts_naive.StudentProfileViewSet,
    "submissions": assignments_naive.AssignmentSubmissionViewSet,
    "messages": chat_naive.MessageViewSet,
    "materials": materials_naive.MaterialViewSet,
    "chat-rooms": chat_naive.ChatRoomViewSet,
    "reports": reports_naive.StudentReportViewSet,
    "answers": assignments_naive.AssignmentAnswerViewSet,
    "student-progress": accounts_naive.StudentProgressViewSet,
    "elements": knowledge_graph_naive.ElementViewSet,
}
OPTIMIZED: dict[str, type[ReadOnlyViewSet]] = {
    "students": accounts_optimized.StudentProfileViewSet,
    "submissions": assignments_optimized.AssignmentSubmissionViewSet,
    "messages": chat_optimized.MessageViewSet,
    "materials": materials_optimized.MaterialViewSet,
    "chat-rooms": chat_optimized.ChatRoomViewSet,
    "reports": reports_optimized.StudentReportViewSet,
    "answers": assignments_optimized.AssignmentAnswerViewSet,
    "student-progress": accounts_optimized.StudentProgressViewSet,
    "elements": knowledge_graph_optimized.ElementViewSet,
}
ENDPOINTS = list(NAIVE)


def _router(viewsets: dict[str, type[ReadOnlyViewSet]]) -> DefaultRouter:
    router = DefaultRouter()
    for endpoint, viewset in viewsets.items():
        router.register(endpoint, viewset, endpoint)
    return router


urlpatterns = [
    path("api/naive/", include((_router(NAIVE).urls, "naive"))),
    path("api/optimized/", include((_router(OPTIMIZED).urls, "optimized"))),
]
