"""How does a hurried team list chat rooms and messages? With one or two statements per row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework import serializers

from ..viewsets import ReadOnlyViewSet
from .models import ChatRoom, Message
from .rooms import of_requested_room
from .serializers import MessageSerializer

if TYPE_CHECKING:
    from django.db.models import QuerySet


class ChatRoomSerializer(serializers.ModelSerializer[ChatRoom]):
    participant_count = serializers.SerializerMethodField()

    class Meta:
        model = ChatRoom
        fields = ["id", "name", "participant_count", "created_by", "enrollment", "is_active", "updated_at"]
        read_only_fields = fields

    def get_participant_count(self, room: ChatRoom) -> int:
        return room.participants.count()  # N+1 (4)


class ChatRoomViewSet(ReadOnlyViewSet):
    queryset = ChatRoom.objects.order_by("-updated_at", "-id")
    serializer_class = ChatRoomSerializer


class MessageViewSet(ReadOnlyViewSet):
    queryset = Message.objects.order_by("-created_at", "-id")
    serializer_class = MessageSerializer

    def get_queryset(self) -> QuerySet[Message]:
        return of_requested_room(super().get_queryset(), self.request)
