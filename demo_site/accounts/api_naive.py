"""How does a hurried team list students? With a statement per student."""

from __future__ import annotations

from rest_framework import serializers

from ..viewsets import ReadOnlyViewSet
from .models import StudentProfile, User
from .serializers import StudentProfileSerializer


class StudentProfileViewSet(ReadOnlyViewSet):
    queryset = StudentProfile.objects.order_by("id")
    serializer_class = StudentProfileSerializer


class StudentProgressSerializer(serializers.ModelSerializer[User]):
    submission_count = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ["id", "first_name", "last_name", "submission_count"]
        read_only_fields = fields

    def get_submission_count(self, student: User) -> int:
        return student.assignment_submissions.count()  # N+1 (6)


class StudentProgressViewSet(ReadOnlyViewSet):
    queryset = User.objects.filter(role=User.Role.STUDENT).order_by("id")
    serializer_class = StudentProgressSerializer
