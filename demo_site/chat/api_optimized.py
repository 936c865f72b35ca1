"""How are chat rooms and messages listed without statements per row? Participants counted, senders joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count
from rest_framework import serializers

from ..viewsets import ReadOnlyViewSet
from .models import ChatRoom, Message
from .rooms import of_requested_room
from .serializers import MessageSerializer

if TYPE_CHECKING:
    from django.db.models import QuerySet


class ChatRoomSerializer(serializers.ModelSerializer[ChatRoom]):
    participant_count = serializers.IntegerField()

    class Meta:
        model = ChatRoom
        fields = ["id", "name", "participant_count", "created_by", "enrollment", "is_active", "updated_at"]
        read_only_fields = fields


class ChatRoomViewSet(ReadOnlyViewSet):
    queryset = ChatRoom.objects.annotate(participant_count=Count("participants")).order_by("-updated_at", "-id")
    serializer_class = ChatRoomSerializer


class MessageViewSet(ReadOnlyViewSet):
    queryset = Message.objects.select_related("sender__student_profile").order_by("-created_at", "-id")
    serializer_class = MessageSerializer

    def get_queryset(self) -> QuerySet[Message]:
        return of_requested_room(super().get_queryset(), self.request)
