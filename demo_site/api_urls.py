"""Which endpoints has the API? Each one twice: as a hurried team writes it, and fixed."""

from django.urls import include, path
from rest_framework.routers import DefaultRouter

from .accounts import api_naive as accounts_naive
from .accounts import api_optimized as accounts_optimized
from .assignments import api_naive as assignments_naive
from .assignments import api_optimized as assignments_optimized
from .chat import api_naive as chat_naive
from .chat import api_optimized as chat_optimized

naive = DefaultRouter()
naive.register("students", accounts_naive.StudentProfileViewSet, "student")
naive.register("submissions", assignments_naive.AssignmentSubmissionViewSet, "submission")
naive.register("answers", assignments_naive.AssignmentAnswerViewSet, "answer")
naive.register("chat-rooms", chat_naive.ChatRoomViewSet, "chat-room")
naive.register("messages", chat_naive.MessageViewSet, "message")
naive.register("student-progress", accounts_naive.StudentProgressViewSet, "student-progress")

optimized = DefaultRouter()
optimized.register("students", accounts_optimized.StudentProfileViewSet, "student")
optimized.register("submissions", assignments_optimized.AssignmentSubmissionViewSet, "submission")
optimized.register("answers", assignments_optimized.AssignmentAnswerViewSet, "answer")
optimized.register("chat-rooms", chat_optimized.ChatRoomViewSet, "chat-room")
optimized.register("messages", chat_optimized.MessageViewSet, "message")
optimized.register("student-progress", accounts_optimized.StudentProgressViewSet, "student-progress")

ENDPOINTS = [prefix for prefix, _viewset, _basename in naive.registry]

urlpatterns = [
    path("api/naive/", include((naive.urls, "naive"))),
    path("api/optimized/", include((optimized.urls, "optimized"))),
]
