"""Who meets whom, and when?"""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Lesson(models.Model):
    """An hour with a tutor."""

    class Status(models.TextChoices):
        PLANNED = "planned"
        HELD = "held"
        CANCELLED = "cancelled"

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="created_lessons"
    )
    tutor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="given_lessons")
    student = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="taken_lessons")
    start_time = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PLANNED)

    class Meta:
        indexes = [
            models.Index(fields=["start_time"], name="lesson_start_time_idx"),
            models.Index(fields=["created_by"], name="lesson_created_by_idx"),
            models.Index(fields=["tutor"], name="lesson_tutor_idx"),
            models.Index(fields=["created_by", "start_time"], name="lesson_created_start_time_idx"),
            models.Index(fields=["status"], name="lesson_status_idx"),
        ]

    def __str__(self) -> str:
        return f"lesson of student {self.student_id} at {self.start_time}"


class TutorAssignment(models.Model):
    """Which tutor a student has, and which teacher looks after the two."""

    student = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tutor_assignments"
    )
    tutor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="student_assignments"
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="supervised_tutor_assignments"
    )

    class Meta:
        indexes = [
            models.Index(fields=["student"], name="tutor_assignment_student_idx"),
            models.Index(fields=["tutor"], name="tutor_assignment_tutor_idx"),
            models.Index(fields=["student", "tutor"], name="tutor_assign_student_tutor_idx"),
            models.Index(fields=["assigned_to"], name="tutor_assign_assigned_to_idx"),
        ]

    def __str__(self) -> str:
        return f"student {self.student_id} with tutor {self.tutor_id}"
