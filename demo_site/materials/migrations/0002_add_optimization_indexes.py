from django.db import migrations, models

from nplusone_guard.operations import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False  # PostgreSQL builds no index concurrently inside a transaction

    dependencies = [("materials", "0001_initial")]

    operations = [
        AddIndexConcurrently("material", models.Index(fields=["subject"], name="material_subject_idx")),
        AddIndexConcurrently("material", models.Index(fields=["created_by"], name="material_created_by_idx")),
        AddIndexConcurrently("material", models.Index(fields=["status"], name="material_status_idx")),
        AddIndexConcurrently("material", models.Index(fields=["-created_at"], name="material_created_at_idx")),
        AddIndexConcurrently(
            "material", models.Index(fields=["subject", "status"], name="material_subject_status_idx")
        ),
        AddIndexConcurrently(
            "materialdownloadlog", models.Index(fields=["-downloaded_at"], name="download_log_downloaded_at_idx")
        ),
        AddIndexConcurrently("materialdownloadlog", models.Index(fields=["user"], name="download_log_user_idx")),
        AddIndexConcurrently(
            "materialprogress", models.Index(fields=["student"], name="material_progress_student_idx")
        ),
        AddIndexConcurrently(
            "materialprogress", models.Index(fields=["student", "material"], name="mat_progress_student_mat_idx")
        ),
        AddIndexConcurrently(
            "materialsubmission", models.Index(fields=["material"], name="mat_submission_material_idx")
        ),
        AddIndexConcurrently(
            "materialsubmission",
            models.Index(fields=["student", "material"], name="mat_submission_student_mat_idx"),
        ),
        AddIndexConcurrently(
            "materialsubmission", models.Index(fields=["-created_at"], name="mat_submission_created_at_idx")
        ),
        AddIndexConcurrently(
            "subjectenrollment", models.Index(fields=["student"], name="subject_enrollment_student_idx")
        ),
        AddIndexConcurrently(
            "subjectenrollment", models.Index(fields=["subject", "student"], name="enrollment_subject_student_idx")
        ),
        AddIndexConcurrently(
            "subjectenrollment", models.Index(fields=["teacher"], name="subject_enrollment_teacher_idx")
        ),
    ]
