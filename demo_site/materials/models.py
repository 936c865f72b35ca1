"""What is taught, and who learns it from whom?"""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Subject(models.Model):
    name = models.CharField(max_length=100, unique=True)

    def __str__(self) -> str:
        return self.name


class SubjectEnrollment(models.Model):
    student = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="subject_enrollments"
    )
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="enrollments")
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="taught_enrollments"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["student", "subject"], name="one_enrollment_per_subject"),
        ]

    def __str__(self) -> str:
        return f"student {self.student_id} in subject {self.subject_id}"
