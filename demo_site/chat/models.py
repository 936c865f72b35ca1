"""Where do students, teachers and tutors talk?"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class ChatRoom(models.Model):
    name = models.CharField(max_length=100)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="created_chat_rooms"
    )
    participants = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="chat_rooms")
    enrollment = models.ForeignKey(
        "materials.SubjectEnrollment",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="chat_rooms",
    )
    is_active = models.BooleanField(default=True)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["created_by"], name="chatroom_created_by_idx"),
            models.Index(fields=["is_active"], name="chatroom_is_active_idx"),
            models.Index(fields=["enrollment"], name="chatroom_enrollment_idx"),
            # Not in the list that was ordered: without the order of the list all rooms are sorted for each page.
            models.Index(fields=["-updated_at", "-id"], name="chatroom_newest_idx"),
        ]

    def __str__(self) -> str:
        return self.name


class MessageThread(models.Model):
    room = models.ForeignKey(ChatRoom, on_delete=models.CASCADE, related_name="threads")
    title = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.title


class Message(models.Model):
    class Type(models.TextChoices):
        TEXT = "text"
        FILE = "file"
        SYSTEM = "system"

    room = models.ForeignKey(ChatRoom, on_delete=models.CASCADE, related_name="messages")
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sent_messages")
    thread = models.ForeignKey(
        MessageThread, on_delete=models.SET_NULL, null=True, blank=True, related_name="messages"
    )
    reply_to = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="replies")
    message_type = models.CharField(max_length=10, choices=Type.choices, default=Type.TEXT)
    text = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["room", "-created_at"], name="message_room_date_idx"),
            models.Index(fields=["sender"], name="message_sender_idx"),
            models.Index(fields=["-created_at"], name="message_created_at_idx"),
            models.Index(fields=["thread"], name="message_thread_idx"),
            models.Index(fields=["message_type"], name="message_type_idx"),
        ]

    def __str__(self) -> str:
        return f"message {self.pk} in room {self.room_id}"


class PendingMessage(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="pending_messages")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="pending_deliveries")
    delivered = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["delivered", "created_at"], name="pending_msg_delivery_idx"),
            models.Index(fields=["user"], name="pending_msg_user_idx"),
        ]

    def __str__(self) -> str:
        return f"message {self.message_id} for user {self.user_id}"
