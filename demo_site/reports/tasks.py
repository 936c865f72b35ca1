"""The weekly report of each tutor, written in the background: nobody waits for it, and the N+1 goes unseen.

`@watch(kind="task", log=True)` is all that a task needs to be watched and logged as a request is.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.utils import timezone

from nplusone_guard import watch

from ..accounts.models import User
from ..scheduling.models import Lesson
from .models import TutorWeeklyReport

if TYPE_CHECKING:
    from datetime import date


@watch(kind="task", log=True)
def write_tutor_reports_naive(week_start: date) -> int:
    """Writes the reports of a week anew. Returns how many."""
    TutorWeeklyReport.objects.filter(week_start=week_start).delete()
    week = _seven_days(week_start)
    tutors = User.objects.filter(role=User.Role.TUTOR).order_by("id")
    for tutor in tutors:
        held = tutor.given_lessons.filter(
            status=Lesson.Status.HELD, start_time__range=week
        ).count()  # N+1 (task: lessons)
        summary = _summary(held)
        TutorWeeklyReport.objects.create(tutor=tutor, week_start=week_start, summary=summary)  # N+1 (task: writes)
    return len(tutors)


@watch(kind="task", log=True)
def write_tutor_reports_optimized(week_start: date) -> int:
    """Writes the reports of a week anew. Returns how many."""
    TutorWeeklyReport.objects.filter(week_start=week_start).delete()
    held = Q(given_lessons__status=Lesson.Status.HELD, given_lessons__start_time__range=_seven_days(week_start))
    tutors = User.objects.filter(role=User.Role.TUTOR).annotate(held=Count("given_lessons", filter=held))
    reports = [
        TutorWeeklyReport(tutor=tutor, week_start=week_start, summary=_summary(tutor.held))
        for tutor in tutors.order_by("id")
    ]
    return len(TutorWeeklyReport.objects.bulk_create(reports))


def _seven_days(week_start: date) -> tuple[datetime, datetime]:
    begin = timezone.make_aware(datetime.combine(week_start, time.min))
    return begin, begin + timedelta(days=7, microseconds=-1)


def _summary(held: int) -> str:
    return f"{held} lesson{'' if held == 1 else 's'} held."
