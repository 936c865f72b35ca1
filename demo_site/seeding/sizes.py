"""How many rows of what does a seeded database have?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large the platform is. Numbers of the tables that are not named here follow from these."""

    teachers: int
    tutors: int
    parents: int
    students: int
    subjects: int
    subjects_per_student: int
    assignments_per_subject: int
    questions_per_assignment: int
    submissions_per_student: int
    rooms: int
    threads_per_room: int
    messages: int


SIZES: dict[str, Size] = {
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
        rooms=60,
        threads_per_room=2,
        messages=3_000,
    ),
}
