"""What was written about students and weeks?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...reports.models import StudentReport, TeacherWeeklyReport, TutorWeeklyReport
from ..sizes import REPORTS_PER_STUDENT
from ..words import SENTENCES
from .term import WEEK_STARTS, moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import Model

    from ..plan import Plan


def student_reports(plan: Plan) -> Iterator[StudentReport]:
    random = plan.random("student reports")
    for number in range(1, 1 + REPORTS_PER_STUDENT * len(plan.students)):
        student = plan.students[(number - 1) // REPORTS_PER_STUDENT]
        yield StudentReport(
            id=number,
            student_id=student,
            created_by_id=random.choice((plan.tutor_of[student], random.choice(plan.teachers))),
            title=f"Report {number}",
            score=random.randint(0, 100),
            created_at=moment(random),
        )


def reported_submissions(plan: Plan) -> Iterator[Model]:
    for number, (report, submission) in enumerate(plan.reported_submissions, 1):
        yield StudentReport.assignments.through(
            id=number, studentreport_id=report, assignmentsubmission_id=submission
        )


def tutor_reports(plan: Plan) -> Iterator[TutorWeeklyReport]:
    random = plan.random("tutor reports")
    for number in range(1, 1 + len(plan.tutors) * len(WEEK_STARTS)):
        tutor, week = divmod(number - 1, len(WEEK_STARTS))
        yield TutorWeeklyReport(
            id=number,
            tutor_id=plan.tutors[tutor],
            week_start=WEEK_STARTS[week],
            summary=random.choice(SENTENCES),
        )


def teacher_reports(plan: Plan) -> Iterator[TeacherWeeklyReport]:
    random = plan.random("teacher reports")
    for number in range(1, 1 + len(plan.teachers) * len(WEEK_STARTS)):
        teacher, week = divmod(number - 1, len(WEEK_STARTS))
        yield TeacherWeeklyReport(
            id=number,
            teacher_id=plan.teachers[teacher],
            week_start=WEEK_STARTS[week],
            summary=random.choice(SENTENCES),
        )
