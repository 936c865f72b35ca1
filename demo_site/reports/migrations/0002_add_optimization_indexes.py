from django.db import migrations, models

from nplusone_guard.operations import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False  # PostgreSQL builds no index concurrently inside a transaction

    dependencies = [("reports", "0001_initial")]

    operations = [
        AddIndexConcurrently("studentreport", models.Index(fields=["student"], name="student_report_student_idx")),
        AddIndexConcurrently(
            "studentreport", models.Index(fields=["-created_at"], name="student_report_created_at_idx")
        ),
        AddIndexConcurrently(
            "teacherweeklyreport", models.Index(fields=["teacher"], name="teacher_report_teacher_idx")
        ),
        AddIndexConcurrently(
            "teacherweeklyreport", models.Index(fields=["week_start"], name="teacher_report_week_start_idx")
        ),
        AddIndexConcurrently("tutorweeklyreport", models.Index(fields=["tutor"], name="tutor_report_tutor_idx")),
        AddIndexConcurrently(
            "tutorweeklyreport", models.Index(fields=["week_start"], name="tutor_report_week_start_idx")
        ),
    ]
