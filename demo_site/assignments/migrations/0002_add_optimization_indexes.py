from django.db import migrations, models

from nplusone_guard.operations import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False  # PostgreSQL builds no index concurrently inside a transaction

    dependencies = [("assignments", "0001_initial")]

    operations = [
        AddIndexConcurrently("assignment", models.Index(fields=["due_date"], name="assignment_due_date_idx")),
        AddIndexConcurrently(
            "assignmentanswer", models.Index(fields=["submission"], name="answer_submission_idx")
        ),
        AddIndexConcurrently("assignmentanswer", models.Index(fields=["is_correct"], name="answer_correct_idx")),
        AddIndexConcurrently(
            "assignmenthistory", models.Index(fields=["changed_by", "-change_time"], name="history_changed_by_idx")
        ),
        AddIndexConcurrently(
            "assignmentquestion",
            models.Index(fields=["assignment", "order"], name="question_assignment_order_idx"),
        ),
        AddIndexConcurrently(
            "assignmentsubmission",
            models.Index(fields=["assignment", "-submitted_at"], name="submission_assignment_date_idx"),
        ),
        AddIndexConcurrently(
            "assignmentsubmission", models.Index(fields=["student"], name="submission_student_idx")
        ),
        AddIndexConcurrently(
            "assignmentsubmission", models.Index(fields=["status"], name="submission_status_idx")
        ),
        AddIndexConcurrently(
            "assignmentsubmission", models.Index(fields=["graded_at"], name="submission_graded_at_idx")
        ),
        AddIndexConcurrently(
            "peerreviewassignment", models.Index(fields=["status"], name="peer_review_status_idx")
        ),
    ]
