from django.db import migrations, models

from nplusone_guard.operations import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False  # PostgreSQL builds no index concurrently inside a transaction

    dependencies = [("payments", "0001_initial")]

    operations = [
        AddIndexConcurrently("payment", models.Index(fields=["status"], name="payment_status_idx")),
        AddIndexConcurrently("payment", models.Index(fields=["-created_at"], name="payment_created_at_idx")),
        AddIndexConcurrently(
            "payment", models.Index(fields=["status", "-created_at"], name="payment_status_date_idx")
        ),
    ]
