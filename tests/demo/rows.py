"""A platform made by hand: more than a page of everything, and one of each kind with more than the rest.

What has most (the first submission, room, material …) repeats often enough for a finding; what has nothing (no
message, no score, no avatar) shows how the API says so. Neither comes from the seeding, whose rows may change.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

from demo_site.accounts.models import StudentProfile, User
from demo_site.assignments.models import (
    Assignment,
    AssignmentAnswer,
    AssignmentQuestion,
    AssignmentSubmission,
    SubmissionVersion,
)
from demo_site.chat.models import ChatRoom, Message, MessageThread
from demo_site.knowledge_graph.models import Element
from demo_site.materials.models import (
    Material,
    MaterialComment,
    MaterialFile,
    MaterialProgress,
    Subject,
    SubjectEnrollment,
)
from demo_site.reports.models import StudentReport
from demo_site.scheduling.models import Lesson

MONDAY = date(2026, 1, 5)
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
MANY = 24  # more than a page of twenty


def make_platform() -> SimpleNamespace:
    """Writes the rows. Returns the numbers of those that tests ask for."""
    people = _people()
    subjects = [Subject.objects.create(name=name) for name in ("Mathematics", "History")]
    submissions = _assignments(people, subjects[0])
    room, thread, message = _rooms(people, subjects[0])
    material = _materials(people, subjects[0])
    report = _reports(people, submissions)
    element = _elements(people)
    _lessons(people)
    return SimpleNamespace(
        viewer=people.viewer,
        student=StudentProfile.objects.earliest("id").pk,
        user=people.students[0].pk,
        tutor=people.tutors[1].pk,
        teacher=people.teachers[0].pk,
        parent=people.parents[0].pk,
        subject=subjects[0].pk,
        assignment=submissions[0].assignment_id,
        submission=submissions[0].pk,
        answer=AssignmentAnswer.objects.earliest("id").pk,
        room=room.pk,
        thread=thread.pk,
        message=message.pk,
        material=material.pk,
        draft=Material.objects.filter(status="draft").earliest("id").pk,
        report=report.pk,
        element=element.pk,
    )


def _people() -> SimpleNamespace:
    def group(role: str, count: int) -> list[User]:
        return [
            User.objects.create(
                email=f"{role}{number}@example.org",
                first_name=role.title(),
                last_name=f"Number {number:02}",
                role=role,
            )
            for number in range(count)
        ]

    people = SimpleNamespace(
        students=group("student", MANY),
        tutors=group("tutor", 12),
        teachers=group("teacher", 3),
        parents=group("parent", 5),
    )
    for number, student in enumerate(people.students):
        StudentProfile.objects.create(
            user=student,
            tutor=people.tutors[number % 12] if number % 5 else None,
            parent=people.parents[number % 5],
            grade=5 + number % 3,
            progress_percentage=number % 7 * 10,
            avatar=f"https://example.org/{number}.png" if number % 4 else "",
        )
    people.viewer = people.students[1]
    people.viewer.is_staff = people.viewer.is_superuser = True
    people.viewer.save()
    return people


def _assignments(people: SimpleNamespace, subject: Subject) -> list[AssignmentSubmission]:
    first, second = (
        Assignment.objects.create(
            author=people.teachers[0], subject=subject, title=title, due_date=START + timedelta(days=30)
        )
        for title in ("Fractions", "Angles")
    )
    questions = [AssignmentQuestion.objects.create(assignment=first, order=n, text=f"Why {n}?") for n in range(8)]
    submissions = []
    for number, student in enumerate(people.students):
        for assignment in (first, second) if number % 2 else (first,):
            graded = number % 3 != 0
            submissions.append(
                AssignmentSubmission.objects.create(
                    student=student,
                    assignment=assignment,
                    status="graded" if graded else "submitted",
                    score=50 + number if graded else None,
                    submitted_at=START + timedelta(hours=number // 2),  # two at a time
                )
            )
    for number, submission in enumerate(submissions):
        for version in range(3 if number == 0 else 1):
            SubmissionVersion.objects.create(submission=submission, number=version + 1, content="…")
        for question in questions if number == 0 else questions[: number % 3]:
            AssignmentAnswer.objects.create(
                submission=submission,
                question=question,
                text="Because.",
                is_correct=(True, False, None)[number % 3],
            )
    return submissions


def _rooms(people: SimpleNamespace, subject: Subject) -> tuple[ChatRoom, MessageThread, Message]:
    enrollment = SubjectEnrollment.objects.create(
        student=people.viewer, subject=subject, teacher=people.teachers[0]
    )
    rooms = []
    for number in range(MANY):
        room = ChatRoom.objects.create(
            name=f"Room {number:02}",
            created_by=people.teachers[number % 3],
            enrollment=enrollment if number % 2 else None,
            is_active=number != 3,
            updated_at=START + timedelta(days=number // 2),
        )
        room.participants.set([people.viewer, people.tutors[0], *people.students[2 : 2 + number % 5]])
        rooms.append(room)
    first = rooms[0]
    threads = [MessageThread.objects.create(room=first, title=title) for title in ("Homework", "Trips")]
    senders = [*people.students, people.teachers[0]]
    talk = [
        Message(
            room=first,
            sender=senders[number % len(senders)],
            thread=threads[0] if number % 2 else None,
            message_type="text" if number % 7 else "file",
            text=f"Message {number}",
            created_at=START + timedelta(minutes=number // 3),
        )
        for number in range(60)
    ]
    # Every third room has no message.
    talk += [
        Message(room=room, sender=senders[-number % len(senders)], text="Hello.", created_at=START)
        for number, room in enumerate(rooms[1:])
        for _ in range(number % 3)
    ]
    for message in talk:
        message.save()
    for number in range(8):
        Message.objects.create(
            room=first, sender=senders[number - 3], reply_to=talk[0], text="Yes.", created_at=START
        )
    return first, threads[0], talk[0]


def _materials(people: SimpleNamespace, subject: Subject) -> Material:
    materials = [
        Material.objects.create(
            subject=subject if number % 4 else Subject.objects.get(name="History"),
            created_by=people.teachers[number % 3],
            title=f"Material {number:02}",
            status="draft" if number % 10 == 9 else "published",
            created_at=START + timedelta(days=number // 2),
        )
        for number in range(40)
    ]
    for number, material in enumerate(materials):
        for file in range(number % 3):
            MaterialFile.objects.create(material=material, name=f"{file}.pdf", size=1000 + file)
        for comment in range(7 if number == 1 else 1 + number % 2):
            author = people.students[(number + comment) % MANY]
            MaterialComment.objects.create(material=material, author=author, text=f"Comment {comment}")
        for student in people.students[: number % 6]:
            completed = (number + student.pk) % 2 == 0
            MaterialProgress.objects.create(
                student=student,
                material=material,
                is_completed=completed,
                score=40 + number + student.pk % 7 if completed else None,
            )
    return materials[1]


def _reports(people: SimpleNamespace, submissions: list[AssignmentSubmission]) -> StudentReport:
    reports = []
    for number, student in enumerate(people.students):
        report = StudentReport.objects.create(
            student=student,
            created_by=people.tutors[number % 4],
            title=f"Report {number:02}",
            score=60 + number % 5,
            created_at=START + timedelta(days=number // 12),
        )
        report.assignments.set(submissions[:7] if number == 0 else submissions[number : number + number % 3])
        reports.append(report)
    return reports[0]


def _elements(people: SimpleNamespace) -> Element:
    elements = [
        Element.objects.create(
            created_by=people.teachers[number % 3],
            title=f"Element {number:02}",
            element_type=("text", "quiz")[number % 2],
            difficulty=1 + number % 4,
            is_public=number % 3 == 0,
        )
        for number in range(MANY)
    ]
    return elements[0]


def _lessons(people: SimpleNamespace) -> None:
    for number, student in enumerate(people.students):
        Lesson.objects.create(
            created_by=people.teachers[0],
            tutor=people.tutors[number % 5],
            student=student,
            start_time=START + timedelta(hours=number // 2),
            status="held" if number % 3 else "planned",
        )
