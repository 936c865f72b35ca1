"""How are chat rooms and messages listed without statements per row? Participants counted, senders joined."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Prefetch, Subquery
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated

from ..parameters import row_number
from ..serializers import RowSerializer, UtcField
from ..subqueries import count_of
from ..viewsets import OptimizedViewSet, built_once
from .filters import ChatRoomFilters, MessageFilters
from .models import ChatRoom, Message
from .serializers import LATEST, ROOM, MessageSerializer

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request
    from rest_framework.response import Response

LAST_MESSAGE = {name: f"last_message_{name}" for name in ("id", "sender_id", "text", "created_at")}


class LastMessageSerializer(serializers.Serializer[ChatRoom]):
    """The newest message of a room, of which the query read a few columns into the room itself."""

    id = serializers.IntegerField(source="last_message_id")
    sender = serializers.IntegerField(source="last_message_sender_id")
    text = serializers.CharField(source="last_message_text")
    created_at = UtcField(source="last_message_created_at")

    def to_representation(self, room: Any) -> dict[str, Any] | None:
        return None if room.last_message_id is None else super().to_representation(room)


class ChatRoomSerializer(RowSerializer[ChatRoom]):
    participant_count = serializers.IntegerField()
    message_count = serializers.IntegerField()
    last_message = LastMessageSerializer(source="*")  # one serializer for all rows

    class Meta:
        model = ChatRoom
        fields = ROOM
        read_only_fields = fields


class ChatRoomDetailSerializer(ChatRoomSerializer):
    messages = serializers.SerializerMethodField()

    class Meta(ChatRoomSerializer.Meta):
        fields = [*ROOM, "messages"]
        read_only_fields = fields

    def get_messages(self, room: ChatRoom) -> list[dict[str, Any]]:
        # Of one room. A sliced prefetch, which is for many, has the database number all messages first.
        return MessageSerializer(messages().filter(room=room)[:LATEST], many=True).data


@built_once
def messages() -> QuerySet[Message]:
    shown = ["room", "sender", "thread", "reply_to", "message_type", "text", "created_at"]
    return (
        Message.objects.select_related("sender__student_profile")
        .only(*shown, "sender__student_profile__avatar")
        .order_by("-created_at", "-id")
    )


@built_once
def messages_with_replies() -> QuerySet[Message]:
    replies = messages().order_by("created_at", "id")
    return messages().prefetch_related(Prefetch("replies", queryset=replies))


def messages_of_thread(request: Request) -> QuerySet[Message]:
    return messages().filter(thread_id=row_number(request, "thread"))


@built_once
def rooms() -> QuerySet[ChatRoom]:
    newest = Message.objects.filter(room=OuterRef("pk")).order_by("-created_at", "-id")
    return ChatRoom.objects.annotate(
        participant_count=count_of(ChatRoom.participants.through.objects.all(), "chatroom"),
        message_count=count_of(Message.objects.all(), "room"),
        **{annotated: Subquery(newest.values(name)[:1]) for name, annotated in LAST_MESSAGE.items()},
    ).order_by("-updated_at", "-id")


def active_rooms(request: Request) -> QuerySet[ChatRoom]:
    return rooms().filter(is_active=True, participants=request.user)


class ChatRoomViewSet(OptimizedViewSet):
    querysets = {"list": rooms, "retrieve": rooms, "active": active_rooms}
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
