"""How does a hurried team list submissions and answers? With one or two statements per row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework import serializers
from rest_framework.decorators import action

from ..parameters import row_number
from ..viewsets import ReadOnlyViewSet
from .filters import AssignmentAnswerFilters, AssignmentSubmissionFilters
from .models import AssignmentAnswer, AssignmentSubmission
from .serializers import AssignmentAnswerSerializer, AssignmentSubmissionSerializer, SubmissionDetailSerializer

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.response import Response


class MarkedSubmissionSerializer(AssignmentSubmissionSerializer):
    correct_answers = serializers.SerializerMethodField()

    class Meta(AssignmentSubmissionSerializer.Meta):
        fields = [*AssignmentSubmissionSerializer.Meta.fields, "correct_answers"]
        read_only_fields = fields

    def get_correct_answers(self, submission: AssignmentSubmission) -> int:
        return submission.answers.filter(is_correct=True).count()  # N+1 (correct answers)


class AssignmentSubmissionViewSet(ReadOnlyViewSet):
    queryset = AssignmentSubmission.objects.order_by("-submitted_at", "-id")
    serializer_class = AssignmentSubmissionSerializer
    filterset_class = AssignmentSubmissionFilters
    search_fields = ["student__last_name"]
    ordering_fields = ["id", "submitted_at", "score"]

    def get_serializer_class(self) -> type[serializers.BaseSerializer[AssignmentSubmission]]:
        return SubmissionDetailSerializer if self.action == "retrieve" else super().get_serializer_class()

    @action(detail=False, serializer_class=MarkedSubmissionSerializer)
    def by_assignment(self, request: Request) -> Response:
        return self.respond_with(self.get_queryset().filter(assignment_id=row_number(request, "assignment")))


class AssignmentAnswerViewSet(ReadOnlyViewSet):
    queryset = AssignmentAnswer.objects.order_by("id")
    serializer_class = AssignmentAnswerSerializer
    filterset_class = AssignmentAnswerFilters
    ordering_fields = ["id"]
