"""How are submissions and answers listed without statements per row? What they refer to is joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Prefetch
from rest_framework import serializers
from rest_framework.decorators import action

from ..parameters import row_number
from ..subqueries import count_of
from ..viewsets import OptimizedViewSet
from .filters import AssignmentAnswerFilters, AssignmentSubmissionFilters
from .models import AssignmentAnswer, AssignmentSubmission, SubmissionVersion
from .serializers import AssignmentAnswerSerializer, AssignmentSubmissionSerializer, SubmissionDetailSerializer

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request
    from rest_framework.response import Response


class MarkedSubmissionSerializer(AssignmentSubmissionSerializer):
    correct_answers = serializers.IntegerField()

    class Meta(AssignmentSubmissionSerializer.Meta):
        fields = [*AssignmentSubmissionSerializer.Meta.fields, "correct_answers"]
        read_only_fields = fields


def submissions(request: Request) -> QuerySet[AssignmentSubmission]:
    return AssignmentSubmission.objects.select_related("student").order_by("-submitted_at", "-id")


def submissions_with_answers(request: Request) -> QuerySet[AssignmentSubmission]:
    answers = AssignmentAnswer.objects.select_related("question").order_by("id")
    versions = SubmissionVersion.objects.order_by("number")
    return submissions(request).prefetch_related(
        Prefetch("answers", queryset=answers), Prefetch("versions", queryset=versions)
    )


def submissions_of_assignment(request: Request) -> QuerySet[AssignmentSubmission]:
    correct = AssignmentAnswer.objects.filter(is_correct=True)
    return (
        submissions(request)
        .filter(assignment_id=row_number(request, "assignment"))
        .annotate(correct_answers=count_of(correct, "submission"))
    )


class AssignmentSubmissionViewSet(OptimizedViewSet):
    querysets = {
        "list": submissions,
        "retrieve": submissions_with_answers,
        "by_assignment": submissions_of_assignment,
    }
    serializer_class = AssignmentSubmissionSerializer
    filterset_class = AssignmentSubmissionFilters
    search_fields = ["student__last_name"]
    ordering_fields = ["id", "submitted_at", "score"]

    def get_serializer_class(self) -> type[serializers.BaseSerializer[AssignmentSubmission]]:
        return SubmissionDetailSerializer if self.action == "retrieve" else super().get_serializer_class()

    @action(detail=False, serializer_class=MarkedSubmissionSerializer)
    def by_assignment(self, request: Request) -> Response:
        return self.list(request)


def answers(request: Request) -> QuerySet[AssignmentAnswer]:
    return AssignmentAnswer.objects.select_related("question__assignment").order_by("id")


class AssignmentAnswerViewSet(OptimizedViewSet):
    querysets = {"list": answers, "retrieve": answers}
    serializer_class = AssignmentAnswerSerializer
    filterset_class = AssignmentAnswerFilters
    ordering_fields = ["id"]
