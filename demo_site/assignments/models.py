"""What do students hand in, and how is it judged?"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class Assignment(models.Model):
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="authored_assignments"
    )
    subject = models.ForeignKey("materials.Subject", on_delete=models.CASCADE, related_name="assignments")
    title = models.CharField(max_length=200)
    due_date = models.DateTimeField()
    max_score = models.PositiveSmallIntegerField(default=100)

    class Meta:
        indexes = [models.Index(fields=["due_date"], name="assignment_due_date_idx")]

    def __str__(self) -> str:
        return self.title


class AssignmentSubmission(models.Model):
    class Status(models.TextChoices):
        SUBMITTED = "submitted"
        GRADED = "graded"
        RETURNED = "returned"

    student = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="assignment_submissions"
    )
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="submissions")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.SUBMITTED)
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    # A default rather than `auto_now_add`, here and in the other models: seeded rows keep their own date.
    submitted_at = models.DateTimeField(default=timezone.now)
    graded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["student", "assignment"], name="one_submission_per_assignment"),
        ]
        indexes = [
            models.Index(fields=["assignment", "-submitted_at"], name="submission_assignment_date_idx"),
            # Not in the list that was ordered: the load benchmark showed what the order of the list costs without.
            models.Index(fields=["-submitted_at", "-id"], name="submission_newest_idx"),
            models.Index(fields=["student"], name="submission_student_idx"),
            models.Index(fields=["status"], name="submission_status_idx"),
            models.Index(fields=["graded_at"], name="submission_graded_at_idx"),
        ]

    def __str__(self) -> str:
        return f"submission {self.pk}"


class SubmissionVersion(models.Model):
    submission = models.ForeignKey(AssignmentSubmission, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    content = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission", "number"], name="one_version_per_number"),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of submission {self.submission_id}"


class AssignmentQuestion(models.Model):
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="questions")
    order = models.PositiveSmallIntegerField()
    text = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["assignment", "order"], name="question_assignment_order_idx")]

    def __str__(self) -> str:
        return f"question {self.order} of assignment {self.assignment_id}"


class AssignmentAnswer(models.Model):
    submission = models.ForeignKey(AssignmentSubmission, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(AssignmentQuestion, on_delete=models.CASCADE, related_name="answers")
    text = models.TextField()
    is_correct = models.BooleanField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["submission"], name="answer_submission_idx"),
            models.Index(fields=["is_correct"], name="answer_correct_idx"),
        ]

    def __str__(self) -> str:
        return f"answer {self.pk}"


class AssignmentHistory(models.Model):
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="history")
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="assignment_changes"
    )
    change_time = models.DateTimeField(default=timezone.now)
    change = models.CharField(max_length=200)

    class Meta:
        verbose_name_plural = "assignment history"
        indexes = [models.Index(fields=["changed_by", "-change_time"], name="history_changed_by_idx")]

    def __str__(self) -> str:
        return self.change


class PeerReviewAssignment(models.Model):
    class Status(models.TextChoices):
        PENDING = "pending"
        DONE = "done"

    submission = models.ForeignKey(AssignmentSubmission, on_delete=models.CASCADE, related_name="peer_reviews")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="peer_reviews")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)

    class Meta:
        indexes = [models.Index(fields=["status"], name="peer_review_status_idx")]

    def __str__(self) -> str:
        return f"peer review {self.pk}"
