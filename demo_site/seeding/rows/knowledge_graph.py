"""Which lessons are there, what are they made of, and how far has everybody come?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...knowledge_graph.models import (
    Dependency,
    Element,
    ElementFile,
    ElementProgress,
    Graph,
    GraphLesson,
    Lesson,
    StudentLessonUnlock,
)
from ..sizes import UNLOCKS_PER_ENROLLMENT
from ..words import SENTENCES, SUBJECTS, TITLES, TOPICS
from .term import moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import Model

    from ..plan import Plan


def elements(plan: Plan) -> Iterator[Element]:
    random = plan.random("elements")
    creators = range(plan.teachers.start, plan.tutors.stop)
    for number in plan.elements:
        yield Element(
            id=number,
            created_by_id=random.choice(creators),
            title=f"{random.choice(TITLES)}: {random.choice(TOPICS)}",
            content=random.choice(SENTENCES),
            element_type=random.choice(Element.Type.values),
            difficulty=random.randint(1, 10),
            is_public=random.random() < 0.7,  # noqa: PLR2004
        )


def files(plan: Plan) -> Iterator[ElementFile]:
    random = plan.random("element files")
    uploaders = range(plan.teachers.start, plan.tutors.stop)
    for number, element in enumerate(plan.elements[::2], 1):
        yield ElementFile(
            id=number,
            element_id=element,
            uploaded_by_id=random.choice(uploaders),
            name=f"{random.choice(TOPICS)}-{number}.pdf".lower(),
            size=random.randint(10_000, 5_000_000),
            uploaded_at=moment(random),
        )


def lessons(plan: Plan) -> Iterator[Lesson]:
    random = plan.random("lessons")
    for number in plan.lessons:
        yield Lesson(id=number, title=f"Lesson {number}: {random.choice(TOPICS)}")


def lesson_elements(plan: Plan) -> Iterator[Model]:
    """Each element is in one lesson."""
    for number in plan.elements:
        lesson = plan.lessons[(number - 1) // plan.size.elements_per_lesson]
        yield Lesson.elements.through(id=number, lesson_id=lesson, element_id=number)


def graphs(plan: Plan) -> Iterator[Graph]:
    """One per subject, with its number."""
    for subject in plan.subjects:
        yield Graph(
            id=subject, subject_id=subject, title=f"The way through {SUBJECTS[(subject - 1) % len(SUBJECTS)]}"
        )


def graph_lessons(plan: Plan) -> Iterator[GraphLesson]:
    for subject in plan.subjects:
        for order, lesson in enumerate(plan.lessons_of(subject), 1):
            yield GraphLesson(id=lesson, graph_id=subject, lesson_id=lesson, order=order)


def dependencies(plan: Plan) -> Iterator[Dependency]:
    """A lesson needs the one before it."""
    number = 0
    for subject in plan.subjects:
        for lesson in plan.lessons_of(subject)[1:]:
            number += 1
            yield Dependency(id=number, lesson_id=lesson, required_lesson_id=lesson - 1)


def progress(plan: Plan) -> Iterator[ElementProgress]:
    random = plan.random("element progress")
    for number, (student, element) in enumerate(plan.started_elements, 1):
        completed = random.random() < 0.6  # noqa: PLR2004
        yield ElementProgress(
            id=number,
            student_id=student,
            element_id=element,
            is_completed=completed,
            score=random.randint(0, 100) if completed else None,
            created_at=moment(random),
        )


def unlocks(plan: Plan) -> Iterator[StudentLessonUnlock]:
    """The first lessons of each subject that a student learns; some are still locked."""
    random = plan.random("lesson unlocks")
    number = 0
    for enrollment in plan.enrollments:
        unlocked = random.randint(1, UNLOCKS_PER_ENROLLMENT)
        for order, lesson in enumerate(plan.lessons_of(enrollment.subject)[:UNLOCKS_PER_ENROLLMENT], 1):
            number += 1
            yield StudentLessonUnlock(
                id=number, student_id=enrollment.student, lesson_id=lesson, is_unlocked=order <= unlocked
            )
