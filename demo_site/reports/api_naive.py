"""How does a hurried team list reports? With three statements per report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework import serializers
from rest_framework.decorators import action

from ..parameters import day
from ..viewsets import ReadOnlyViewSet
from .filters import StudentReportFilters
from .models import StudentReport
from .serializers import ReportedSubmissionSerializer, StudentReportSerializer

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.response import Response


class StudentReportListSerializer(StudentReportSerializer):
    submission_count = serializers.SerializerMethodField()

    class Meta(StudentReportSerializer.Meta):
        fields = [*StudentReportSerializer.Meta.fields, "submission_count"]
        read_only_fields = fields

    def get_submission_count(self, report: StudentReport) -> int:
        return len(report.assignments.all())  # N+1 (reported submissions)


class StudentReportDetailSerializer(StudentReportListSerializer):
    submissions = serializers.SerializerMethodField()

    class Meta(StudentReportListSerializer.Meta):
        fields = [*StudentReportListSerializer.Meta.fields, "submissions"]
        read_only_fields = fields

    def get_submissions(self, report: StudentReport) -> list[dict[str, Any]]:
        return ReportedSubmissionSerializer(report.assignments.order_by("id"), many=True).data


class StudentReportViewSet(ReadOnlyViewSet):
    queryset = StudentReport.objects.order_by("-created_at", "-id")
    serializer_class = StudentReportListSerializer
    filterset_class = StudentReportFilters
    search_fields = ["title"]
    ordering_fields = ["id", "score", "created_at"]

    def get_serializer_class(self) -> type[serializers.BaseSerializer[StudentReport]]:
        return StudentReportDetailSerializer if self.action == "retrieve" else StudentReportListSerializer

    @action(detail=False)
    def by_period(self, request: Request) -> Response:
        period = (day(request, "from"), day(request, "to"))
        return self.respond_with(self.get_queryset().filter(created_at__date__range=period))
