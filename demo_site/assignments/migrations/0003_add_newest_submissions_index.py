from django.db import migrations, models

from nplusone_guard.operations import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False  # PostgreSQL builds no index concurrently inside a transaction

    dependencies = [("assignments", "0002_add_optimization_indexes")]

    operations = [
        AddIndexConcurrently(
            "assignmentsubmission",
            models.Index(fields=["-submitted_at", "-id"], name="submission_newest_idx"),
        ),
    ]
