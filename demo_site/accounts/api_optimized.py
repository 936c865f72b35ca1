"""How are students listed without a statement per student? Their users joined, their submissions counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count
from rest_framework import serializers
from rest_framework.decorators import action

from ..assignments.models import AssignmentSubmission
from ..materials.models import MaterialProgress
from ..serializers import RowSerializer
from ..subqueries import average_of, count_of
from ..viewsets import OptimizedViewSet, built_once
from .filters import StudentProfileFilters
from .models import StudentProfile, User
from .serializers import STUDENT_PROGRESS, STUDENT_STATS, StudentProfileSerializer, names_of, rounded

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request
    from rest_framework.response import Response


class StudentStatsSerializer(RowSerializer[StudentProfile]):
    name = serializers.CharField(source="user.full_name")
    submission_count = serializers.IntegerField()
    average_score = serializers.SerializerMethodField()
    completed_materials = serializers.IntegerField()

    class Meta:
        model = StudentProfile
        fields = STUDENT_STATS
        read_only_fields = fields

    def get_average_score(self, student: StudentProfile) -> float | None:
        return rounded(student.average_score)  # type: ignore[attr-defined]  # annotated


@built_once
def students() -> QuerySet[StudentProfile]:
    shown = ["grade", "progress_percentage", "avatar", "tutor", "parent", "user__email"]
    return StudentProfile.objects.select_related("user").only(*shown).order_by("id")


@built_once
def students_with_stats() -> QuerySet[StudentProfile]:
    submissions = AssignmentSubmission.objects.all()
    completed = MaterialProgress.objects.filter(is_completed=True)
    return (
        students()
        .only(*names_of("user"))
        .annotate(
            submission_count=count_of(submissions, "student", "user"),
            average_score=average_of(submissions, "score", "student", "user"),
            completed_materials=count_of(completed, "student", "user"),
        )
    )


class StudentProfileViewSet(OptimizedViewSet):
    querysets = {"list": students, "retrieve": students, "stats": students_with_stats}
    serializer_class = StudentProfileSerializer
    filterset_class = StudentProfileFilters
    search_fields = ["user__email", "user__last_name"]
    ordering_fields = ["id", "grade", "progress_percentage"]

    @action(detail=False, serializer_class=StudentStatsSerializer)
    def stats(self, request: Request) -> Response:
        return self.list(request)


class StudentProgressSerializer(RowSerializer[User]):
    submission_count = serializers.IntegerField()

    class Meta:
        model = User
        fields = STUDENT_PROGRESS
        read_only_fields = fields


@built_once
def students_with_progress() -> QuerySet[User]:
    # The fix as the guard suggests it, so that the tour measures what it prints. On a small SQLite database it
    # saves statements rather than time: all students are grouped before twenty of them are taken.
    return (
        User.objects.filter(role=User.Role.STUDENT)
        .annotate(submission_count=Count("assignment_submissions", distinct=True))
        .order_by("id")
    )


class StudentProgressViewSet(OptimizedViewSet):
    querysets = {"list": students_with_progress, "retrieve": students_with_progress}
    serializer_class = StudentProgressSerializer
    search_fields = ["last_name"]
    ordering_fields = ["id", "last_name"]
