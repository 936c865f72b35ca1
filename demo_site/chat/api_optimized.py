"""How are chat rooms and messages listed without statements per row? Participants counted, senders joined."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Prefetch, Subquery
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated

from ..parameters import row_number
from ..subqueries import count_of
from ..viewsets import OptimizedViewSet
from .filters import ChatRoomFilters, MessageFilters
from .models import ChatRoom, Message
from .serializers import LATEST, ROOM, LastMessageSerializer, MessageSerializer

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request
    from rest_framework.response import Response

LAST_MESSAGE = {name: f"last_message_{name}" for name in ("id", "sender_id", "text", "created_at")}


class ChatRoomSerializer(serializers.ModelSerializer[ChatRoom]):
    participant_count = serializers.IntegerField()
    message_count = serializers.IntegerField()
    last_message = serializers.SerializerMethodField()

    class Meta:
        model = ChatRoom
        fields = ROOM
        read_only_fields = fields

    def get_last_message(self, room: ChatRoom) -> dict[str, Any] | None:
        message = {name: getattr(room, annotated) for name, annotated in LAST_MESSAGE.items()}
        return None if message["id"] is None else LastMessageSerializer(message).data


class ChatRoomDetailSerializer(ChatRoomSerializer):
    messages = MessageSerializer(source="latest_messages", many=True)

    class Meta(ChatRoomSerializer.Meta):
        fields = [*ROOM, "messages"]
        read_only_fields = fields


def messages(request: Request) -> QuerySet[Message]:
    return Message.objects.select_related("sender__student_profile").order_by("-created_at", "-id")


def messages_with_replies(request: Request) -> QuerySet[Message]:
    replies = messages(request).order_by("created_at", "id")
    return messages(request).prefetch_related(Prefetch("replies", queryset=replies))


def messages_of_thread(request: Request) -> QuerySet[Message]:
    return messages(request).filter(thread_id=row_number(request, "thread"))


def rooms(request: Request) -> QuerySet[ChatRoom]:
    newest = Message.objects.filter(room=OuterRef("pk")).order_by("-created_at", "-id")
    return ChatRoom.objects.annotate(
        participant_count=count_of(ChatRoom.participants.through.objects.all(), "chatroom"),
        message_count=count_of(Message.objects.all(), "room"),
        **{annotated: Subquery(newest.values(name)[:1]) for name, annotated in LAST_MESSAGE.items()},
    ).order_by("-updated_at", "-id")


def rooms_with_messages(request: Request) -> QuerySet[ChatRoom]:
    latest = Prefetch("messages", queryset=messages(request)[:LATEST], to_attr="latest_messages")
    return rooms(request).prefetch_related(latest)


def active_rooms(request: Request) -> QuerySet[ChatRoom]:
    return rooms(request).filter(is_active=True, participants=request.user)


class ChatRoomViewSet(OptimizedViewSet):
    querysets = {"list": rooms, "retrieve": rooms_with_messages, "active": active_rooms}
    serializer_class = ChatRoomSerializer
    filterset_class = ChatRoomFilters
    search_fields = ["name"]
    ordering_fields = ["id", "name", "updated_at"]

    def get_serializer_class(self) -> type[serializers.BaseSerializer[ChatRoom]]:
        return ChatRoomDetailSerializer if self.action == "retrieve" else ChatRoomSerializer

    @action(detail=False, permission_classes=[IsAuthenticated])
    def active(self, request: Request) -> Response:
        return self.list(request)


class MessageDetailSerializer(MessageSerializer):
    replies = MessageSerializer(many=True)

    class Meta(MessageSerializer.Meta):
        fields = [*MessageSerializer.Meta.fields, "replies"]
        read_only_fields = fields


class MessageViewSet(OptimizedViewSet):
    querysets = {"list": messages, "retrieve": messages_with_replies, "by_thread": messages_of_thread}
    serializer_class = MessageSerializer
    filterset_class = MessageFilters
    ordering_fields = ["id", "created_at"]

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Message]]:
        return MessageDetailSerializer if self.action == "retrieve" else MessageSerializer

    @action(detail=False)
    def by_thread(self, request: Request) -> Response:
        return self.list(request)
