from django.db import migrations, models

from nplusone_guard.operations import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False  # PostgreSQL builds no index concurrently inside a transaction

    dependencies = [("chat", "0002_add_optimization_indexes")]

    operations = [
        AddIndexConcurrently("chatroom", models.Index(fields=["-updated_at", "-id"], name="chatroom_newest_idx")),
    ]
