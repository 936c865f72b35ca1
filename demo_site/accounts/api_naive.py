"""How does a hurried team list students? With a statement per student, or four."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Avg
from rest_framework import serializers
from rest_framework.decorators import action

from ..viewsets import ReadOnlyViewSet
from .filters import StudentProfileFilters
from .models import StudentProfile, User
from .serializers import STUDENT_PROGRESS, STUDENT_STATS, StudentProfileSerializer, rounded

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.response import Response


class StudentStatsSerializer(serializers.ModelSerializer[StudentProfile]):
    name = serializers.SerializerMethodField()
    submission_count = serializers.SerializerMethodField()
    average_score = serializers.SerializerMethodField()
    completed_materials = serializers.SerializerMethodField()

    class Meta:
        model = StudentProfile
        fields = STUDENT_STATS
        read_only_fields = fields

    def get_name(self, student: StudentProfile) -> str:
        return student.user.get_full_name()  # N+1 (stats: user)

    def get_submission_count(self, student: StudentProfile) -> int:
        return student.user.assignment_submissions.count()  # N+1 (stats: submissions)

    def get_average_score(self, student: StudentProfile) -> float | None:
        scores = student.user.assignment_submissions.aggregate(average=Avg("score"))  # N+1 (stats: scores)
        return rounded(scores["average"])

    def get_completed_materials(self, student: StudentProfile) -> int:
        return student.user.material_progress.filter(is_completed=True).count()  # N+1 (stats: materials)


class StudentProfileViewSet(ReadOnlyViewSet):
    queryset = StudentProfile.objects.order_by("id")
    serializer_class = StudentProfileSerializer
    filterset_class = StudentProfileFilters
    search_fields = ["user__email", "user__last_name"]
    ordering_fields = ["id", "grade", "progress_percentage"]

    @action(detail=False, serializer_class=StudentStatsSerializer)
    def stats(self, request: Request) -> Response:
        return self.respond_with(self.get_queryset())


class StudentProgressSerializer(serializers.ModelSerializer[User]):
    submission_count = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = STUDENT_PROGRESS
        read_only_fields = fields

    def get_submission_count(self, student: User) -> int:
        return student.assignment_submissions.count()  # N+1 (6)


class StudentProgressViewSet(ReadOnlyViewSet):
    queryset = User.objects.filter(role=User.Role.STUDENT).order_by("id")
    serializer_class = StudentProgressSerializer
    search_fields = ["last_name"]
    ordering_fields = ["id", "last_name"]
