"""How are students listed without a statement per student? Their users joined, their submissions counted."""

from __future__ import annotations

from django.db.models import Count
from rest_framework import serializers

from ..viewsets import ReadOnlyViewSet
from .models import StudentProfile, User
from .serializers import StudentProfileSerializer


class StudentProfileViewSet(ReadOnlyViewSet):
    queryset = StudentProfile.objects.select_related("user").order_by("id")
    serializer_class = StudentProfileSerializer


class StudentProgressSerializer(serializers.ModelSerializer[User]):
    submission_count = serializers.IntegerField()

    class Meta:
        model = User
        fields = ["id", "first_name", "last_name", "submission_count"]
        read_only_fields = fields


class StudentProgressViewSet(ReadOnlyViewSet):
    # The fix as the guard suggests it, so that the tour measures what it prints. On a small SQLite database it
    # saves statements rather than time: all students are grouped before twenty of them are taken.
    queryset = (
        User.objects.filter(role=User.Role.STUDENT)
        .annotate(submission_count=Count("assignment_submissions", distinct=True))
        .order_by("id")
    )
    serializer_class = StudentProgressSerializer
