"""How are reports listed in two statements? People joined, submissions counted."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from django.db.models import Prefetch
from django.utils import timezone
from rest_framework import serializers
from rest_framework.decorators import action

from ..accounts.serializers import names_of
from ..assignments.models import AssignmentSubmission
from ..parameters import day
from ..subqueries import count_of
from ..viewsets import OptimizedViewSet, built_once
from .filters import StudentReportFilters
from .models import StudentReport
from .serializers import ReportedSubmissionSerializer, StudentReportSerializer

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request
    from rest_framework.response import Response


class StudentReportListSerializer(StudentReportSerializer):
    submission_count = serializers.IntegerField()

    class Meta(StudentReportSerializer.Meta):
        fields = [*StudentReportSerializer.Meta.fields, "submission_count"]
        read_only_fields = fields


class StudentReportDetailSerializer(StudentReportListSerializer):
    submissions = ReportedSubmissionSerializer(source="assignments", many=True)

    class Meta(StudentReportListSerializer.Meta):
        fields = [*StudentReportListSerializer.Meta.fields, "submissions"]
        read_only_fields = fields


@built_once
def reports() -> QuerySet[StudentReport]:
    return (
        StudentReport.objects.select_related("student", "created_by")
        .only("title", "score", "created_at", *names_of("student"), *names_of("created_by"))
        .annotate(submission_count=count_of(StudentReport.assignments.through.objects.all(), "studentreport"))
        .order_by("-created_at", "-id")
    )


@built_once
def reports_with_submissions() -> QuerySet[StudentReport]:
    submissions = AssignmentSubmission.objects.select_related("assignment").order_by("id")
    return reports().prefetch_related(Prefetch("assignments", queryset=submissions))


def reports_of_period(request: Request) -> QuerySet[StudentReport]:
    # Compared as points in time, so that an index on created_at helps; `created_at__date` would compute a day
    # from every row first.
    first = datetime.combine(day(request, "from"), time.min)
    last = datetime.combine(day(request, "to"), time.max)
    period = (timezone.make_aware(first), timezone.make_aware(last))
    return reports().filter(created_at__range=period)


class StudentReportViewSet(OptimizedViewSet):
    querysets = {"list": reports, "retrieve": reports_with_submissions, "by_period": reports_of_period}
    serializer_class = StudentReportListSerializer
    filterset_class = StudentReportFilters
    search_fields = ["title"]
    ordering_fields = ["id", "score", "created_at"]

    def get_serializer_class(self) -> type[serializers.BaseSerializer[StudentReport]]:
        return StudentReportDetailSerializer if self.action == "retrieve" else StudentReportListSerializer

    @action(detail=False)
    def by_period(self, request: Request) -> Response:
        return self.list(request)
