from django.db import migrations, models

from nplusone_guard.operations import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False  # PostgreSQL builds no index concurrently inside a transaction

    dependencies = [("accounts", "0001_initial")]

    operations = [
        AddIndexConcurrently("studentprofile", models.Index(fields=["tutor"], name="student_tutor_idx")),
        AddIndexConcurrently("studentprofile", models.Index(fields=["parent"], name="student_parent_idx")),
        AddIndexConcurrently("studentprofile", models.Index(fields=["user"], name="student_user_idx")),
        AddIndexConcurrently("user", models.Index(fields=["email"], name="user_email_idx")),
    ]
