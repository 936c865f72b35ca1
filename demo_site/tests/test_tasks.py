"""The task that runs in the night."""

from __future__ import annotations

import pytest

from demo_site.accounts.models import User
from demo_site.reports.models import TutorWeeklyReport
from demo_site.reports.tasks import write_tutor_reports_naive, write_tutor_reports_optimized
from demo_site.scheduling.models import Lesson


@pytest.mark.parametrize("task", [write_tutor_reports_naive, write_tutor_reports_optimized])
def test_each_tutor_has_a_report_of_the_week(db, task):
    week = Lesson.objects.earliest("start_time").start_time.date()
    written = task(week)
    assert written == User.objects.filter(role=User.Role.TUTOR).count()
    assert written == TutorWeeklyReport.objects.filter(week_start=week).count()
