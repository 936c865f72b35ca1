from django.db import migrations, models

from nplusone_guard.operations import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False  # PostgreSQL builds no index concurrently inside a transaction

    dependencies = [("scheduling", "0001_initial")]

    operations = [
        AddIndexConcurrently("lesson", models.Index(fields=["start_time"], name="lesson_start_time_idx")),
        AddIndexConcurrently("lesson", models.Index(fields=["created_by"], name="lesson_created_by_idx")),
        AddIndexConcurrently("lesson", models.Index(fields=["tutor"], name="lesson_tutor_idx")),
        AddIndexConcurrently(
            "lesson", models.Index(fields=["created_by", "start_time"], name="lesson_created_start_time_idx")
        ),
        AddIndexConcurrently("lesson", models.Index(fields=["status"], name="lesson_status_idx")),
        AddIndexConcurrently(
            "tutorassignment", models.Index(fields=["student"], name="tutor_assignment_student_idx")
        ),
        AddIndexConcurrently("tutorassignment", models.Index(fields=["tutor"], name="tutor_assignment_tutor_idx")),
        AddIndexConcurrently(
            "tutorassignment", models.Index(fields=["student", "tutor"], name="tutor_assign_student_tutor_idx")
        ),
        AddIndexConcurrently(
            "tutorassignment", models.Index(fields=["assigned_to"], name="tutor_assign_assigned_to_idx")
        ),
    ]
