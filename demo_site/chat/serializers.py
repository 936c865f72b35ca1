"""What does the API say of a room and of a message? The same on the naive and the optimized side.

The `# N+1` marks are explained in `demo_site/accounts/serializers.py`.
"""

from __future__ import annotations

from rest_framework import serializers

from ..accounts.models import StudentProfile
from ..serializers import RowSerializer
from .models import Message

ROOM = [
    "id",
    "name",
    "participant_count",
    "message_count",
    "last_message",
    "created_by",
    "enrollment",
    "is_active",
    "updated_at",
]
LATEST = 50  # messages that are shown with a room


class LastMessageSerializer(serializers.Serializer[Message]):
    """The newest message of a room."""

    id = serializers.IntegerField()
    sender = serializers.IntegerField(source="sender_id")
    text = serializers.CharField()
    created_at = serializers.DateTimeField()


class MessageSerializer(RowSerializer[Message]):
    sender_avatar = serializers.SerializerMethodField()

    class Meta:
        model = Message
        fields = [
            "id",
            "room",
            "sender",
            "sender_avatar",
            "thread",
            "reply_to",
            "message_type",
            "text",
            "created_at",
        ]
        read_only_fields = fields

    def get_sender_avatar(self, message: Message) -> str:
        try:
            return message.sender.student_profile.avatar  # N+1 (5)
        except StudentProfile.DoesNotExist:  # a teacher or tutor wrote it
            return ""
