"""What do teachers and tutors write about students and weeks?"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class StudentReport(models.Model):
    """What somebody wrote about a student, and the submissions that it rests on."""

    student = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reports")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="written_reports"
    )
    title = models.CharField(max_length=200)
    score = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(default=timezone.now)
    assignments = models.ManyToManyField("assignments.AssignmentSubmission", related_name="reports")

    class Meta:
        indexes = [
            models.Index(fields=["student"], name="student_report_student_idx"),
            models.Index(fields=["-created_at"], name="student_report_created_at_idx"),
        ]

    def __str__(self) -> str:
        return self.title


class TutorWeeklyReport(models.Model):
    tutor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tutor_weekly_reports"
    )
    week_start = models.DateField()
    summary = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tutor", "week_start"], name="one_tutor_report_per_week"),
        ]
        indexes = [
            models.Index(fields=["tutor"], name="tutor_report_tutor_idx"),
            models.Index(fields=["week_start"], name="tutor_report_week_start_idx"),
        ]

    def __str__(self) -> str:
        return f"tutor {self.tutor_id}, week of {self.week_start}"


class TeacherWeeklyReport(models.Model):
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="teacher_weekly_reports"
    )
    week_start = models.DateField()
    summary = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["teacher", "week_start"], name="one_teacher_report_per_week"),
        ]
        indexes = [
            models.Index(fields=["teacher"], name="teacher_report_teacher_idx"),
            models.Index(fields=["week_start"], name="teacher_report_week_start_idx"),
        ]

    def __str__(self) -> str:
        return f"teacher {self.teacher_id}, week of {self.week_start}"
