"""How are submissions and answers listed without statements per row? What they refer to is joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Prefetch
from rest_framework import serializers
from rest_framework.decorators import action

from ..accounts.serializers import names_of
from ..parameters import row_number
from ..subqueries import count_of
from ..viewsets import OptimizedViewSet, built_once
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


@built_once
def submissions() -> QuerySet[AssignmentSubmission]:
    shown = ["assignment", "status", "score", "submitted_at", "graded_at"]
    return (
        AssignmentSubmission.objects.select_related("student")
        .only(*shown, *names_of("student"))
        .order_by("-submitted_at", "-id")
    )


@built_once
def submissions_with_answers() -> QuerySet[AssignmentSubmission]:
    answers = AssignmentAnswer.objects.select_related("question").order_by("id")
    versions = SubmissionVersion.objects.order_by("number")
    return submissions().prefetch_related(
        Prefetch("answers", queryset=answers), Prefetch("versions", queryset=versions)
    )


@built_once
def marked_submissions() -> QuerySet[AssignmentSubmission]:
    correct = AssignmentAnswer.objects.filter(is_correct=True)
    return submissions().annotate(correct_answers=count_of(correct, "submission"))


def submissions_of_assignment(request: Request) -> QuerySet[AssignmentSubmission]:
    return marked_submissions().filter(assignment_id=row_number(request, "assignment"))


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


@built_once
def answers() -> QuerySet[AssignmentAnswer]:
    return AssignmentAnswer.objects.select_related("question__assignment").order_by("id")


class AssignmentAnswerViewSet(OptimizedViewSet):
    querysets = {"list": answers, "retrieve": answers}
    serializer_class = AssignmentAnswerSerializer
    filterset_class = AssignmentAnswerFilters
    ordering_fields = ["id"]
