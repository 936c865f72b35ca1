"""Who is whose tutor, and which answer belongs to which submission? The references between seeded rows.

Rows have the primary keys 1, 2, 3 … of their table, people in the order administrator, teachers, tutors,
parents, students. So a reference is known before the row it points to is written, nothing is read back, and
the same seed gives the same rows whatever numbers the database would hand out.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .sizes import Size


class Enrollment(NamedTuple):
    student: int
    subject: int
    teacher: int


class Submission(NamedTuple):
    student: int
    assignment: int
    versions: int


class Room(NamedTuple):
    enrollment: int
    participants: tuple[int, ...]


class Plan:
    """The references of one size and seed."""

    def __init__(self, size: Size, seed: int) -> None:
        self.size = size
        self.seed = seed
        self.administrator = 1
        self.teachers = range(2, 2 + size.teachers)
        self.tutors = range(self.teachers.stop, self.teachers.stop + size.tutors)
        self.parents = range(self.tutors.stop, self.tutors.stop + size.parents)
        self.students = range(self.parents.stop, self.parents.stop + size.students)
        self.subjects = range(1, 1 + size.subjects)
        self.assignments = range(1, 1 + size.subjects * size.assignments_per_subject)
        self.questions = range(1, 1 + len(self.assignments) * size.questions_per_assignment)
        self.threads = range(1, 1 + size.rooms * size.threads_per_room)
        self.messages = range(1, 1 + size.messages)

        random = self.random("tutor and parent")
        self.tutor_of = {student: random.choice(self.tutors) for student in self.students}
        self.parent_of = {student: random.choice(self.parents) for student in self.students}
        self.enrollments = self._plan_enrollments()
        self.submissions = self._plan_submissions()
        self.rooms = self._plan_rooms()
        self.message_rooms = self.random("message rooms").choices(range(1, 1 + size.rooms), k=size.messages)

    def random(self, purpose: str) -> Random:
        """Random numbers of their own for each purpose: one more draw here changes no other table."""
        return Random(f"{self.seed} {purpose}")

    def teacher_of(self, subject: int) -> int:
        return self.teachers[subject % len(self.teachers)]

    def subject_of(self, assignment: int) -> int:
        return self.subjects[(assignment - 1) // self.size.assignments_per_subject]

    def assignments_of(self, subject: int) -> range:
        first = 1 + (subject - 1) * self.size.assignments_per_subject
        return range(first, first + self.size.assignments_per_subject)

    def questions_of(self, assignment: int) -> range:
        first = 1 + (assignment - 1) * self.size.questions_per_assignment
        return range(first, first + self.size.questions_per_assignment)

    def threads_of(self, room: int) -> range:
        first = 1 + (room - 1) * self.size.threads_per_room
        return range(first, first + self.size.threads_per_room)

    def _plan_enrollments(self) -> list[Enrollment]:
        random = self.random("enrollments")
        return [
            Enrollment(student, subject, self.teacher_of(subject))
            for student in self.students
            for subject in sorted(random.sample(self.subjects, self.size.subjects_per_student))
        ]

    def _plan_submissions(self) -> list[Submission]:
        random = self.random("submissions")
        wanted: dict[int, list[int]] = {}
        for enrollment in self.enrollments:
            wanted.setdefault(enrollment.student, []).extend(self.assignments_of(enrollment.subject))
        # Between half and all of the usual number: a table where everybody has eight proves little.
        most = self.size.submissions_per_student
        submissions = [
            Submission(student, assignment, random.choice((1, 1, 2, 3)))
            for student, assignments in wanted.items()
            for assignment in random.sample(assignments, random.randint(most // 2, most))
        ]
        random.shuffle(submissions)  # people do not hand in one after another
        return submissions

    def _plan_rooms(self) -> list[Room]:
        random = self.random("rooms")
        rooms = []
        for _ in range(self.size.rooms):
            number = random.randint(1, len(self.enrollments))
            student, _subject, teacher = self.enrollments[number - 1]
            classmates = random.sample(self.students, random.randint(1, 8))
            people = dict.fromkeys((student, teacher, self.tutor_of[student], *classmates))
            rooms.append(Room(number, tuple(people)))
        return rooms
