"""What is taught to whom, and what became of the materials?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...materials.models import (
    Material,
    MaterialComment,
    MaterialDownloadLog,
    MaterialFile,
    MaterialProgress,
    MaterialSubmission,
    Subject,
    SubjectEnrollment,
)
from ..sizes import COMMENTS_PER_MATERIAL, FILES_PER_MATERIAL
from ..words import SENTENCES, SUBJECTS, TITLES, TOPICS
from .term import moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..plan import Plan


def subjects(plan: Plan) -> Iterator[Subject]:
    for number in plan.subjects:
        level, name = divmod(number - 1, len(SUBJECTS))
        yield Subject(id=number, name=SUBJECTS[name] + (f" {level + 1}" if level else ""))


def enrollments(plan: Plan) -> Iterator[SubjectEnrollment]:
    for number, (student, subject, teacher) in enumerate(plan.enrollments, 1):
        yield SubjectEnrollment(id=number, student_id=student, subject_id=subject, teacher_id=teacher)


def materials(plan: Plan) -> Iterator[Material]:
    random = plan.random("materials")
    for number in plan.materials:
        subject = plan.subject_of_material(number)
        draft = random.randrange(5) == 0
        yield Material(
            id=number,
            subject_id=subject,
            created_by_id=plan.teacher_of(subject),
            title=f"{random.choice(TITLES)} {number}: {random.choice(TOPICS)}",
            description=random.choice(SENTENCES),
            status=Material.Status.DRAFT if draft else Material.Status.PUBLISHED,
            created_at=moment(random),
        )


def files(plan: Plan) -> Iterator[MaterialFile]:
    random = plan.random("material files")
    for number in range(1, 1 + FILES_PER_MATERIAL * len(plan.materials)):
        yield MaterialFile(
            id=number,
            material_id=plan.materials[(number - 1) // FILES_PER_MATERIAL],
            name=f"{random.choice(TOPICS)}-{number}.pdf".lower(),
            size=random.randint(10_000, 5_000_000),
        )


def comments(plan: Plan) -> Iterator[MaterialComment]:
    random = plan.random("material comments")
    for number in range(1, 1 + COMMENTS_PER_MATERIAL * len(plan.materials)):
        yield MaterialComment(
            id=number,
            material_id=plan.materials[(number - 1) // COMMENTS_PER_MATERIAL],
            author_id=random.choice(plan.students),
            text=random.choice(SENTENCES),
            created_at=moment(random),
        )


def progress(plan: Plan) -> Iterator[MaterialProgress]:
    random = plan.random("material progress")
    for number, (student, material) in enumerate(plan.started_materials, 1):
        completed = random.random() < 0.6  # noqa: PLR2004
        yield MaterialProgress(
            id=number,
            student_id=student,
            material_id=material,
            is_completed=completed,
            score=random.randint(0, 100) if completed else None,
        )


def submissions(plan: Plan) -> Iterator[MaterialSubmission]:
    random = plan.random("material submissions")
    for number, (student, material) in enumerate(plan.started_materials[::3], 1):
        yield MaterialSubmission(
            id=number,
            student_id=student,
            material_id=material,
            text=random.choice(SENTENCES),
            created_at=moment(random),
        )


def downloads(plan: Plan) -> Iterator[MaterialDownloadLog]:
    random = plan.random("material downloads")
    for number, (student, material) in enumerate(plan.started_materials, 1):
        yield MaterialDownloadLog(id=number, user_id=student, material_id=material, downloaded_at=moment(random))
