"""What was set, handed in and judged?"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from ...assignments.models import (
    Assignment,
    AssignmentAnswer,
    AssignmentHistory,
    AssignmentQuestion,
    AssignmentSubmission,
    PeerReviewAssignment,
    SubmissionVersion,
)
from ..sizes import CHANGES_PER_ASSIGNMENT
from ..words import SENTENCES, TASKS
from .term import TERM, TERM_START, moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..plan import Plan


def assignments(plan: Plan) -> Iterator[Assignment]:
    random = plan.random("assignments")
    for number in plan.assignments:
        subject = plan.subject_of(number)
        yield Assignment(
            id=number,
            author_id=plan.teacher_of(subject),
            subject_id=subject,
            title=f"{random.choice(TASKS)} {number}",
            due_date=TERM_START + timedelta(days=random.randint(7, TERM.days), hours=12),
            max_score=random.choice((20, 50, 100)),
        )


def questions(plan: Plan) -> Iterator[AssignmentQuestion]:
    random = plan.random("questions")
    for assignment in plan.assignments:
        for order, number in enumerate(plan.questions_of(assignment), 1):
            yield AssignmentQuestion(
                id=number, assignment_id=assignment, order=order, text=random.choice(SENTENCES)
            )


def submissions(plan: Plan) -> Iterator[AssignmentSubmission]:
    random = plan.random("submission rows")
    for number, submission in enumerate(plan.submissions, 1):
        status = random.choice(AssignmentSubmission.Status.values)
        graded = status != AssignmentSubmission.Status.SUBMITTED
        submitted_at = moment(random)
        yield AssignmentSubmission(
            id=number,
            student_id=submission.student,
            assignment_id=submission.assignment,
            status=status,
            score=random.randint(0, 20) if graded else None,
            submitted_at=submitted_at,
            graded_at=submitted_at + timedelta(days=random.randint(1, 7)) if graded else None,
        )


def versions(plan: Plan) -> Iterator[SubmissionVersion]:
    random = plan.random("versions")
    number = 0
    for submission, planned in enumerate(plan.submissions, 1):
        for version in range(1, 1 + planned.versions):
            number += 1
            yield SubmissionVersion(
                id=number,
                submission_id=submission,
                number=version,
                content=random.choice(SENTENCES),
                created_at=moment(random),
            )


def answers(plan: Plan) -> Iterator[AssignmentAnswer]:
    random = plan.random("answers")
    number = 0
    for submission, planned in enumerate(plan.submissions, 1):
        for question in plan.questions_of(planned.assignment):
            number += 1
            yield AssignmentAnswer(
                id=number,
                submission_id=submission,
                question_id=question,
                text=random.choice(SENTENCES),
                is_correct=random.choice((True, True, False, None)),
            )


def history(plan: Plan) -> Iterator[AssignmentHistory]:
    random = plan.random("history")
    for number in range(1, 1 + CHANGES_PER_ASSIGNMENT * len(plan.assignments)):
        assignment = plan.assignments[(number - 1) // CHANGES_PER_ASSIGNMENT]
        yield AssignmentHistory(
            id=number,
            assignment_id=assignment,
            changed_by_id=plan.teacher_of(plan.subject_of(assignment)),
            change_time=moment(random),
            change=random.choice(("Moved the due date", "Reworded a question", "Changed the score")),
        )


def peer_reviews(plan: Plan) -> Iterator[PeerReviewAssignment]:
    random = plan.random("peer reviews")
    for number, submission in enumerate(range(1, 1 + len(plan.submissions), 4), 1):
        author = plan.submissions[submission - 1].student
        reviewer = random.choice(plan.students)
        yield PeerReviewAssignment(
            id=number,
            submission_id=submission,
            reviewer_id=reviewer if reviewer != author else plan.teachers[0],
            status=random.choice(PeerReviewAssignment.Status.values),
        )
