"""What is in each seeded table? One generator per table: a million rows need little memory."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password

from ..accounts.models import ParentProfile, StudentProfile, TeacherProfile, TutorProfile, User
from ..assignments.models import (
    Assignment,
    AssignmentAnswer,
    AssignmentHistory,
    AssignmentQuestion,
    AssignmentSubmission,
    PeerReviewAssignment,
    SubmissionVersion,
)
from ..chat.models import ChatRoom, Message, MessageThread, PendingMessage
from ..materials.models import Subject, SubjectEnrollment
from .words import FIRST_NAMES, LAST_NAMES, SENTENCES, SUBJECTS, TASKS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.db.models import Model

    from .plan import Plan

# Fixed, or the same seed would give other rows tomorrow.
TERM_START = datetime(2025, 9, 1, 8, tzinfo=UTC)
TERM = timedelta(days=110)
_MINUTES = int(TERM / timedelta(minutes=1))

CHANGES_PER_ASSIGNMENT = 2

ADMINISTRATOR_EMAIL = "admin@example.org"
ADMINISTRATOR_PASSWORD = "demo"


class Table(NamedTuple):
    """A table, the generator of its rows, and how many those are (known beforehand, for the progress bar)."""

    model: type[Model]
    rows: Callable[[Plan], Iterator[Model]]
    row_count: Callable[[Plan], int]

    @property
    def name(self) -> str:
        return self.model._meta.db_table


def users(plan: Plan) -> Iterator[User]:
    random = plan.random("users")
    yield User(
        id=plan.administrator,
        email=ADMINISTRATOR_EMAIL,
        # A random salt would make every run's row another.
        password=make_password(ADMINISTRATOR_PASSWORD, salt="demo"),
        first_name="Ada",
        last_name="Admin",
        role=User.Role.TEACHER,
        is_staff=True,
        is_superuser=True,
        date_joined=TERM_START,
    )
    roles = {
        User.Role.TEACHER: plan.teachers,
        User.Role.TUTOR: plan.tutors,
        User.Role.PARENT: plan.parents,
        User.Role.STUDENT: plan.students,
    }
    for role, people in roles.items():
        for person in people:
            first, last = random.choice(FIRST_NAMES), random.choice(LAST_NAMES)
            yield User(
                id=person,
                email=f"{first}.{last}.{person}@example.org".lower(),
                password=f"{UNUSABLE_PASSWORD_PREFIX}seeded",
                first_name=first,
                last_name=last,
                role=role,
                date_joined=TERM_START,
            )


def teacher_profiles(plan: Plan) -> Iterator[TeacherProfile]:
    for number, user in enumerate(plan.teachers, 1):
        yield TeacherProfile(id=number, user_id=user, bio=SENTENCES[number % len(SENTENCES)])


def tutor_profiles(plan: Plan) -> Iterator[TutorProfile]:
    for number, user in enumerate(plan.tutors, 1):
        yield TutorProfile(id=number, user_id=user, specialization=SUBJECTS[number % len(SUBJECTS)])


def parent_profiles(plan: Plan) -> Iterator[ParentProfile]:
    for number, user in enumerate(plan.parents, 1):
        yield ParentProfile(id=number, user_id=user, phone=f"+1 555 01{number:05}")


def student_profiles(plan: Plan) -> Iterator[StudentProfile]:
    random = plan.random("student profiles")
    for number, user in enumerate(plan.students, 1):
        yield StudentProfile(
            id=number,
            user_id=user,
            tutor_id=plan.tutor_of[user],
            parent_id=plan.parent_of[user],
            grade=random.randint(5, 12),
            progress_percentage=random.randint(0, 100),
            avatar=f"https://avatars.example.org/{user}.png",
        )


def subjects(plan: Plan) -> Iterator[Subject]:
    for number in plan.subjects:
        level, name = divmod(number - 1, len(SUBJECTS))
        yield Subject(id=number, name=SUBJECTS[name] + (f" {level + 1}" if level else ""))


def enrollments(plan: Plan) -> Iterator[SubjectEnrollment]:
    for number, (student, subject, teacher) in enumerate(plan.enrollments, 1):
        yield SubjectEnrollment(id=number, student_id=student, subject_id=subject, teacher_id=teacher)


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
        submitted_at = TERM_START + timedelta(minutes=random.randrange(_MINUTES))
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
                created_at=TERM_START + timedelta(minutes=random.randrange(_MINUTES)),
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
            change_time=TERM_START + timedelta(minutes=random.randrange(_MINUTES)),
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


def rooms(plan: Plan) -> Iterator[ChatRoom]:
    last_message = dict(zip(plan.message_rooms, plan.messages, strict=True))
    random = plan.random("room rows")
    for number, room in enumerate(plan.rooms, 1):
        subject = SUBJECTS[(plan.enrollments[room.enrollment - 1].subject - 1) % len(SUBJECTS)]
        yield ChatRoom(
            id=number,
            name=f"{subject}, room {number}",
            created_by_id=room.participants[1],  # the teacher
            enrollment_id=room.enrollment,
            is_active=random.random() < 0.9,  # noqa: PLR2004
            updated_at=_sent_at(plan, last_message.get(number, 0)),
        )


def participants(plan: Plan) -> Iterator[Model]:
    number = 0
    for room, planned in enumerate(plan.rooms, 1):
        for user in planned.participants:
            number += 1
            yield ChatRoom.participants.through(id=number, chatroom_id=room, user_id=user)


def threads(plan: Plan) -> Iterator[MessageThread]:
    random = plan.random("threads")
    for room in range(1, 1 + plan.size.rooms):
        for number in plan.threads_of(room):
            yield MessageThread(id=number, room_id=room, title=f"{random.choice(TASKS)}, questions")


def messages(plan: Plan) -> Iterator[Message]:
    random = plan.random("messages")
    last_in: dict[int, int] = {}
    for number, room in zip(plan.messages, plan.message_rooms, strict=True):
        answers_one = room in last_in and random.randrange(4) == 0
        yield Message(
            id=number,
            room_id=room,
            sender_id=random.choice(plan.rooms[room - 1].participants),
            thread_id=random.choice(plan.threads_of(room)) if random.randrange(3) == 0 else None,
            reply_to_id=last_in[room] if answers_one else None,
            message_type=Message.Type.FILE if random.randrange(20) == 0 else Message.Type.TEXT,
            text=random.choice(SENTENCES),
            created_at=_sent_at(plan, number),
        )
        last_in[room] = number


def pending_messages(plan: Plan) -> Iterator[PendingMessage]:
    random = plan.random("pending messages")
    for number, message in enumerate(plan.messages[::10], 1):
        room = plan.rooms[plan.message_rooms[message - 1] - 1]
        yield PendingMessage(
            id=number,
            user_id=random.choice(room.participants),
            message_id=message,
            delivered=random.random() < 0.8,  # noqa: PLR2004
            created_at=_sent_at(plan, message),
        )


def _sent_at(plan: Plan, message: int) -> datetime:
    """Messages are numbered as they were sent, evenly over the term."""
    seconds = int(TERM.total_seconds()) * message // plan.size.messages
    return TERM_START + timedelta(seconds=seconds)


TABLES = (  # a table stands after those that it refers to
    Table(User, users, lambda plan: plan.students.stop - 1),
    Table(TeacherProfile, teacher_profiles, lambda plan: len(plan.teachers)),
    Table(TutorProfile, tutor_profiles, lambda plan: len(plan.tutors)),
    Table(ParentProfile, parent_profiles, lambda plan: len(plan.parents)),
    Table(StudentProfile, student_profiles, lambda plan: len(plan.students)),
    Table(Subject, subjects, lambda plan: len(plan.subjects)),
    Table(SubjectEnrollment, enrollments, lambda plan: len(plan.enrollments)),
    Table(Assignment, assignments, lambda plan: len(plan.assignments)),
    Table(AssignmentQuestion, questions, lambda plan: len(plan.questions)),
    Table(AssignmentSubmission, submissions, lambda plan: len(plan.submissions)),
    Table(SubmissionVersion, versions, lambda plan: sum(submission.versions for submission in plan.submissions)),
    Table(AssignmentAnswer, answers, lambda plan: len(plan.submissions) * plan.size.questions_per_assignment),
    Table(AssignmentHistory, history, lambda plan: CHANGES_PER_ASSIGNMENT * len(plan.assignments)),
    Table(PeerReviewAssignment, peer_reviews, lambda plan: len(plan.submissions[::4])),
    Table(ChatRoom, rooms, lambda plan: len(plan.rooms)),
    Table(
        ChatRoom.participants.through,
        participants,
        lambda plan: sum(len(room.participants) for room in plan.rooms),
    ),
    Table(MessageThread, threads, lambda plan: len(plan.threads)),
    Table(Message, messages, lambda plan: len(plan.messages)),
    Table(PendingMessage, pending_messages, lambda plan: len(plan.messages[::10])),
)
