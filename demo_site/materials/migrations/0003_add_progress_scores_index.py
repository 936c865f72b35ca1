from django.db import migrations, models

from nplusone_guard.operations import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False  # PostgreSQL builds no index concurrently inside a transaction

    dependencies = [("materials", "0002_add_optimization_indexes")]

    operations = [
        AddIndexConcurrently(
            "materialprogress",
            models.Index(fields=["material", "is_completed", "score"], name="material_progress_scores_idx"),
        ),
    ]
