from django.db import migrations, models

from nplusone_guard.operations import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False  # PostgreSQL builds no index concurrently inside a transaction

    dependencies = [("chat", "0001_initial")]

    operations = [
        AddIndexConcurrently("chatroom", models.Index(fields=["created_by"], name="chatroom_created_by_idx")),
        AddIndexConcurrently("chatroom", models.Index(fields=["is_active"], name="chatroom_is_active_idx")),
        AddIndexConcurrently("chatroom", models.Index(fields=["enrollment"], name="chatroom_enrollment_idx")),
        AddIndexConcurrently(
            "message", models.Index(fields=["room", "-created_at"], name="message_room_date_idx")
        ),
        AddIndexConcurrently("message", models.Index(fields=["sender"], name="message_sender_idx")),
        AddIndexConcurrently("message", models.Index(fields=["-created_at"], name="message_created_at_idx")),
        AddIndexConcurrently("message", models.Index(fields=["thread"], name="message_thread_idx")),
        AddIndexConcurrently("message", models.Index(fields=["message_type"], name="message_type_idx")),
        AddIndexConcurrently(
            "pendingmessage", models.Index(fields=["delivered", "created_at"], name="pending_msg_delivery_idx")
        ),
        AddIndexConcurrently("pendingmessage", models.Index(fields=["user"], name="pending_msg_user_idx")),
    ]
