"""Who met whom, and when?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...scheduling.models import Lesson, TutorAssignment
from .term import moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..plan import Plan


_STATUSES = [Lesson.Status.HELD.value, Lesson.Status.HELD.value, *Lesson.Status.values]


def lessons(plan: Plan) -> Iterator[Lesson]:
    random = plan.random("tutoring lessons")
    number = 0
    for student, count in zip(plan.students, plan.lessons_taken, strict=True):
        tutor = plan.tutor_of[student]
        for _ in range(count):
            number += 1
            yield Lesson(
                id=number,
                created_by_id=random.choice((tutor, tutor, plan.parent_of[student])),
                tutor_id=tutor,
                student_id=student,
                start_time=moment(random),
                status=random.choice(_STATUSES),
            )


def tutor_assignments(plan: Plan) -> Iterator[TutorAssignment]:
    random = plan.random("tutor assignments")
    for number, student in enumerate(plan.students, 1):
        yield TutorAssignment(
            id=number,
            student_id=student,
            tutor_id=plan.tutor_of[student],
            assigned_to_id=random.choice(plan.teachers),
        )
