"""What does the API say of a student? The same on the naive and the optimized side.

`# N+1 (1)` marks the line that runs a statement per row when the queryset did not load what it reads. The
tests look for these marks, the guard does not know them.
"""

from __future__ import annotations

from rest_framework import serializers

from ..serializers import RowSerializer
from .models import StudentProfile


class StudentProfileSerializer(RowSerializer[StudentProfile]):
    email = serializers.SerializerMethodField()

    class Meta:
        model = StudentProfile
        fields = ["id", "email", "grade", "progress_percentage", "avatar", "tutor", "parent"]
        read_only_fields = fields

    def get_email(self, student: StudentProfile) -> str:
        return student.user.email  # N+1 (1)


STUDENT_STATS = ["id", "name", "submission_count", "average_score", "completed_materials"]
STUDENT_PROGRESS = ["id", "first_name", "last_name", "submission_count"]


def names_of(user: str) -> list[str]:
    """For `only()`: the columns behind the full name of who is joined as `user`."""
    return [f"{user}__first_name", f"{user}__last_name"]


def rounded(average: float | None) -> float | None:
    """An average as it is shown."""
    return None if average is None else round(average, 1)
