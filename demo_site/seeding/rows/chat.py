"""Who wrote what, in which room?"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ...chat.models import ChatRoom, Message, MessageThread, PendingMessage
from ..words import SENTENCES, SUBJECTS, TASKS
from .term import TERM, TERM_START

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import Model

    from ..plan import Plan


def rooms(plan: Plan) -> Iterator[ChatRoom]:
    last_message = dict(zip(plan.message_rooms, plan.messages, strict=True))
    random = plan.random("room rows")
    for number, room in enumerate(plan.rooms, 1):
        subject = SUBJECTS[(plan.enrollments[room.enrollment - 1].subject - 1) % len(SUBJECTS)]
        yield ChatRoom(
            id=number,
            name=f"{subject}, room {number}",
            created_by_id=room.participants[1],  # the teacher
            enrollment_id=room.enrollment,
            is_active=random.random() < 0.9,  # noqa: PLR2004
            updated_at=_sent_at(plan, last_message.get(number, 0)),
        )


def participants(plan: Plan) -> Iterator[Model]:
    number = 0
    for room, planned in enumerate(plan.rooms, 1):
        for user in planned.participants:
            number += 1
            yield ChatRoom.participants.through(id=number, chatroom_id=room, user_id=user)


def threads(plan: Plan) -> Iterator[MessageThread]:
    random = plan.random("threads")
    for room in range(1, 1 + plan.size.rooms):
        for number in plan.threads_of(room):
            yield MessageThread(id=number, room_id=room, title=f"{random.choice(TASKS)}, questions")


def messages(plan: Plan) -> Iterator[Message]:
    random = plan.random("messages")
    last_in: dict[int, int] = {}
    for number, room in zip(plan.messages, plan.message_rooms, strict=True):
        answers_one = room in last_in and random.randrange(4) == 0
        yield Message(
            id=number,
            room_id=room,
            sender_id=random.choice(plan.rooms[room - 1].participants),
            thread_id=random.choice(plan.threads_of(room)) if random.randrange(3) == 0 else None,
            reply_to_id=last_in[room] if answers_one else None,
            message_type=Message.Type.FILE if random.randrange(20) == 0 else Message.Type.TEXT,
            text=random.choice(SENTENCES),
            created_at=_sent_at(plan, number),
        )
        last_in[room] = number


def pending_messages(plan: Plan) -> Iterator[PendingMessage]:
    random = plan.random("pending messages")
    for number, message in enumerate(plan.messages[::10], 1):
        room = plan.rooms[plan.message_rooms[message - 1] - 1]
        yield PendingMessage(
            id=number,
            user_id=random.choice(room.participants),
            message_id=message,
            delivered=random.random() < 0.8,  # noqa: PLR2004
            created_at=_sent_at(plan, message),
        )


def _sent_at(plan: Plan, message: int) -> datetime:
    """Messages are numbered as they were sent, evenly over the term."""
    seconds = int(TERM.total_seconds()) * message // plan.size.messages
    return TERM_START + timedelta(seconds=seconds)
