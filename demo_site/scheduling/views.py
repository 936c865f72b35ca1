"""The timetable, by asynchronous views: a lazy relation is an error there, and `aget()` in a loop is the N+1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import JsonResponse

from ..accounts.models import User
from .models import Lesson

if TYPE_CHECKING:
    from django.http import HttpRequest

SHOWN = 20


async def naive_timetable(request: HttpRequest) -> JsonResponse:
    lessons = []
    async for lesson in Lesson.objects.order_by("start_time", "id")[:SHOWN]:
        student = await User.objects.aget(pk=lesson.student_id)  # N+1 (timetable)
        lessons.append(_entry(lesson, student))
    return JsonResponse({"lessons": lessons})


async def optimized_timetable(request: HttpRequest) -> JsonResponse:
    lessons = Lesson.objects.select_related("student").order_by("start_time", "id")[:SHOWN]
    return JsonResponse({"lessons": [_entry(lesson, lesson.student) async for lesson in lessons]})


def _entry(lesson: Lesson, student: User) -> dict[str, Any]:
    return {
        "id": lesson.pk,
        "student": student.get_full_name(),
        "start_time": lesson.start_time,
        "status": lesson.status,
    }
