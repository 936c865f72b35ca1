"""What is taught, with which materials, and who learns it from whom?"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


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
        indexes = [
            models.Index(fields=["student"], name="subject_enrollment_student_idx"),
            models.Index(fields=["subject", "student"], name="enrollment_subject_student_idx"),
            models.Index(fields=["teacher"], name="subject_enrollment_teacher_idx"),
        ]

    def __str__(self) -> str:
        return f"student {self.student_id} in subject {self.subject_id}"


class Material(models.Model):
    class Status(models.TextChoices):
        DRAFT = "draft"
        PUBLISHED = "published"

    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="materials")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="created_materials"
    )
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["subject"], name="material_subject_idx"),
            models.Index(fields=["created_by"], name="material_created_by_idx"),
            models.Index(fields=["status"], name="material_status_idx"),
            models.Index(fields=["-created_at"], name="material_created_at_idx"),
            models.Index(fields=["subject", "status"], name="material_subject_status_idx"),
        ]

    def __str__(self) -> str:
        return self.title


class MaterialFile(models.Model):
    material = models.ForeignKey(Material, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    size = models.PositiveIntegerField(help_text="In bytes.")

    def __str__(self) -> str:
        return self.name


class MaterialComment(models.Model):
    material = models.ForeignKey(Material, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="material_comments"
    )
    text = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"comment {self.pk} on material {self.material_id}"


class MaterialProgress(models.Model):
    student = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="material_progress"
    )
    material = models.ForeignKey(Material, on_delete=models.CASCADE, related_name="progress")
    is_completed = models.BooleanField(default=False)
    score = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "material progress"
        constraints = [
            models.UniqueConstraint(fields=["student", "material"], name="one_progress_per_material"),
        ]
        indexes = [
            models.Index(fields=["student"], name="material_progress_student_idx"),
            models.Index(fields=["student", "material"], name="mat_progress_student_mat_idx"),
            # Not in the list that was ordered: it has all that is counted and averaged for a material, whose
            # progress lies on as many pages of the table as there are students.
            models.Index(fields=["material", "is_completed", "score"], name="material_progress_scores_idx"),
        ]

    def __str__(self) -> str:
        return f"student {self.student_id} in material {self.material_id}"


class MaterialSubmission(models.Model):
    """What a student hands in for a material; as often as they like."""

    student = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="material_submissions"
    )
    material = models.ForeignKey(Material, on_delete=models.CASCADE, related_name="submissions")
    text = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["material"], name="mat_submission_material_idx"),
            models.Index(fields=["student", "material"], name="mat_submission_student_mat_idx"),
            models.Index(fields=["-created_at"], name="mat_submission_created_at_idx"),
        ]

    def __str__(self) -> str:
        return f"submission {self.pk} for material {self.material_id}"


class MaterialDownloadLog(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="material_downloads")
    material = models.ForeignKey(Material, on_delete=models.CASCADE, related_name="downloads")
    downloaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["-downloaded_at"], name="download_log_downloaded_at_idx"),
            models.Index(fields=["user"], name="download_log_user_idx"),
        ]

    def __str__(self) -> str:
        return f"user {self.user_id} downloaded material {self.material_id}"
