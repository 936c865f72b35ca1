"""How many rows of what does a seeded database have?"""

from __future__ import annotations

from dataclasses import dataclass

CHANGES_PER_ASSIGNMENT = 2
FILES_PER_MATERIAL = 2
COMMENTS_PER_MATERIAL = 5
UNLOCKS_PER_ENROLLMENT = 3
PAYMENTS_PER_STUDENT = 4
REPORTS_PER_STUDENT = 2
SUBMISSIONS_PER_REPORT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large the platform is.

    What is `per_student` differs from one to the next: between half of the number and all of it. Tables that
    are not named here follow from these and from the constants above: a download for each material that a
    student started and a submission for a third of them, a file for every second element, a peer review for
    every fourth submission, a pending message for every tenth message, a report a week for each teacher and
    tutor.
    """

    teachers: int
    tutors: int
    parents: int
    students: int
    subjects: int
    subjects_per_student: int
    assignments_per_subject: int
    questions_per_assignment: int
    submissions_per_student: int
    materials_per_subject: int
    materials_per_student: int
    lessons_per_subject: int
    elements_per_lesson: int
    elements_per_student: int
    meetings_per_student: int
    rooms: int
    threads_per_room: int
    messages: int


SIZES: dict[str, Size] = {
    # For tests: two pages of everything, in a moment.
    "tiny": Size(
        teachers=3,
        tutors=4,
        parents=10,
        students=30,
        subjects=4,
        subjects_per_student=2,
        assignments_per_subject=3,
        questions_per_assignment=2,
        submissions_per_student=4,
        materials_per_subject=8,
        materials_per_student=6,
        lessons_per_subject=5,
        elements_per_lesson=2,
        elements_per_student=6,
        meetings_per_student=3,
        rooms=24,
        threads_per_room=2,
        messages=150,
    ),
    "small": Size(
        teachers=12,
        tutors=20,
        parents=150,
        students=200,
        subjects=8,
        subjects_per_student=3,
        assignments_per_subject=6,
        questions_per_assignment=4,
        submissions_per_student=8,
        materials_per_subject=8,
        materials_per_student=10,
        lessons_per_subject=5,
        elements_per_lesson=3,
        elements_per_student=10,
        meetings_per_student=6,
        rooms=60,
        threads_per_room=2,
        messages=3_000,
    ),
    "large": Size(
        teachers=100,
        tutors=400,
        parents=7_000,
        students=10_000,
        subjects=80,
        subjects_per_student=4,
        assignments_per_subject=12,
        questions_per_assignment=4,
        submissions_per_student=16,
        materials_per_subject=25,
        materials_per_student=20,
        lessons_per_subject=8,
        elements_per_lesson=5,
        elements_per_student=20,
        meetings_per_student=16,
        rooms=10_000,
        threads_per_room=2,
        messages=1_000_000,
    ),
}
