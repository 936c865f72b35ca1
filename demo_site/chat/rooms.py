"""Which messages does a request ask for? Those of `?room=7`, or all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.exceptions import ValidationError

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

    from .models import Message


def of_requested_room(messages: QuerySet[Message], request: Request) -> QuerySet[Message]:
    room = request.query_params.get("room")
    if room is None:
        return messages
    try:
        return messages.filter(room_id=int(room))
    except ValueError:
        raise ValidationError({"room": f"{room[:20]!r} is not a room's number."}) from None
