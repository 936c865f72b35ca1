"""Which rooms and messages may a request ask for?"""

from django_filters import rest_framework as filters

from ..filters import RowFilter
from .models import ChatRoom, Message


class ChatRoomFilters(filters.FilterSet):
    created_by = RowFilter(field_name="created_by_id")

    class Meta:
        model = ChatRoom
        fields = ["is_active", "created_by"]


class MessageFilters(filters.FilterSet):
    room = RowFilter(field_name="room_id")
    sender = RowFilter(field_name="sender_id")

    class Meta:
        model = Message
        fields = ["room", "sender", "message_type"]
