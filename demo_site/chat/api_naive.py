"""How does a hurried team list chat rooms and messages? With two or three statements per row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated

from ..parameters import row_number
from ..viewsets import ReadOnlyViewSet
from .filters import ChatRoomFilters, MessageFilters
from .models import ChatRoom, Message
from .serializers import LATEST, ROOM, LastMessageSerializer, MessageSerializer

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.response import Response


class ChatRoomSerializer(serializers.ModelSerializer[ChatRoom]):
    participant_count = serializers.SerializerMethodField()
    message_count = serializers.SerializerMethodField()
    last_message = serializers.SerializerMethodField()

    class Meta:
        model = ChatRoom
        fields = ROOM
        read_only_fields = fields

    def get_participant_count(self, room: ChatRoom) -> int:
        return room.participants.count()  # N+1 (4)

    def get_message_count(self, room: ChatRoom) -> int:
        return room.messages.count()  # N+1 (message count)

    def get_last_message(self, room: ChatRoom) -> dict[str, Any] | None:
        message = room.messages.order_by("-created_at", "-id").first()  # N+1 (last message)
        return None if message is None else LastMessageSerializer(message).data


class ChatRoomDetailSerializer(ChatRoomSerializer):
    messages = serializers.SerializerMethodField()

    class Meta(ChatRoomSerializer.Meta):
        fields = [*ROOM, "messages"]
        read_only_fields = fields

    def get_messages(self, room: ChatRoom) -> list[dict[str, Any]]:
        latest = room.messages.order_by("-created_at", "-id")[:LATEST]
        return MessageSerializer(latest, many=True).data


class ChatRoomViewSet(ReadOnlyViewSet):
    queryset = ChatRoom.objects.order_by("-updated_at", "-id")
    serializer_class = ChatRoomSerializer
    filterset_class = ChatRoomFilters
    search_fields = ["name"]
    ordering_fields = ["id", "name", "updated_at"]

    def get_serializer_class(self) -> type[serializers.BaseSerializer[ChatRoom]]:
        return ChatRoomDetailSerializer if self.action == "retrieve" else ChatRoomSerializer

    @action(detail=False, permission_classes=[IsAuthenticated])
    def active(self, request: Request) -> Response:
        return self.respond_with(self.get_queryset().filter(is_active=True, participants=request.user))


class MessageDetailSerializer(MessageSerializer):
    replies = serializers.SerializerMethodField()

    class Meta(MessageSerializer.Meta):
        fields = [*MessageSerializer.Meta.fields, "replies"]
        read_only_fields = fields

    def get_replies(self, message: Message) -> list[dict[str, Any]]:
        return MessageSerializer(message.replies.order_by("created_at", "id"), many=True).data


class MessageViewSet(ReadOnlyViewSet):
    queryset = Message.objects.order_by("-created_at", "-id")
    serializer_class = MessageSerializer
    filterset_class = MessageFilters
    ordering_fields = ["id", "created_at"]

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Message]]:
        return MessageDetailSerializer if self.action == "retrieve" else MessageSerializer

    @action(detail=False)
    def by_thread(self, request: Request) -> Response:
        return self.respond_with(self.get_queryset().filter(thread_id=row_number(request, "thread")))
