"""Who is whose tutor, and which answer belongs to which submission? The references between seeded rows.

Rows have the primary keys 1, 2, 3 … of their table, people in the order demo user, teachers, tutors,
parents, students. So a reference is known before the row it points to is written, nothing is read back, and
the same seed gives the same rows whatever numbers the database would hand out.
"""

from __future__ import annotations

from functools import cached_property
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from .sizes import REPORTS_PER_STUDENT, SUBMISSIONS_PER_REPORT

if TYPE_CHECKING:
    from collections.abc import Callable

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
        self.demo_user = 1
        self.teachers = range(2, 2 + size.teachers)
        self.tutors = range(self.teachers.stop, self.teachers.stop + size.tutors)
        self.parents = range(self.tutors.stop, self.tutors.stop + size.parents)
        self.students = range(self.parents.stop, self.parents.stop + size.students)
        self.subjects = range(1, 1 + size.subjects)
        self.assignments = range(1, 1 + size.subjects * size.assignments_per_subject)
        self.questions = range(1, 1 + len(self.assignments) * size.questions_per_assignment)
        self.materials = range(1, 1 + size.subjects * size.materials_per_subject)
        self.lessons = range(1, 1 + size.subjects * size.lessons_per_subject)
        self.elements = range(1, 1 + len(self.lessons) * size.elements_per_lesson)
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

    def subject_of_material(self, material: int) -> int:
        return self.subjects[(material - 1) // self.size.materials_per_subject]

    def assignments_of(self, subject: int) -> range:
        return _block(subject, self.size.assignments_per_subject)

    def questions_of(self, assignment: int) -> range:
        return _block(assignment, self.size.questions_per_assignment)

    def materials_of(self, subject: int) -> range:
        return _block(subject, self.size.materials_per_subject)

    def lessons_of(self, subject: int) -> range:
        return _block(subject, self.size.lessons_per_subject)

    def elements_of(self, subject: int) -> range:
        return _block(subject, self.size.lessons_per_subject * self.size.elements_per_lesson)

    def threads_of(self, room: int) -> range:
        return _block(room, self.size.threads_per_room)

    @cached_property
    def started_materials(self) -> list[tuple[int, int]]:
        """Pairs of a student and a material of one of their subjects."""
        return self._pairs("started materials", self.materials_of, self.size.materials_per_student)

    @cached_property
    def started_elements(self) -> list[tuple[int, int]]:
        """Pairs of a student and an element of one of their subjects."""
        return self._pairs("started elements", self.elements_of, self.size.elements_per_student)

    @cached_property
    def lessons_taken(self) -> list[int]:
        """How many lessons each student took with a tutor, in the order of the students."""
        random, most = self.random("lessons taken"), self.size.meetings_per_student
        return [random.randint(most // 2, most) for _ in self.students]

    @cached_property
    def reported_submissions(self) -> list[tuple[int, int]]:
        """Pairs of a report and a submission of the student that it is about."""
        random = self.random("reported submissions")
        handed_in: dict[int, list[int]] = {student: [] for student in self.students}
        for number, submission in enumerate(self.submissions, 1):
            handed_in[submission.student].append(number)
        return [
            (report, submission)
            for report in range(1, 1 + REPORTS_PER_STUDENT * len(self.students))
            for own in [handed_in[self.students[(report - 1) // REPORTS_PER_STUDENT]]]
            for submission in sorted(random.sample(own, min(SUBMISSIONS_PER_REPORT, len(own))))
        ]

    def _pairs(self, purpose: str, rows_of: Callable[[int], range], most: int) -> list[tuple[int, int]]:
        """Between half of `most` and all of it for each student, in no order of students."""
        random = self.random(purpose)
        choices: dict[int, list[int]] = {student: [] for student in self.students}
        for enrollment in self.enrollments:
            choices[enrollment.student].extend(rows_of(enrollment.subject))
        pairs = [
            (student, row)
            for student, rows in choices.items()
            for row in random.sample(rows, random.randint(most // 2, most))
        ]
        random.shuffle(pairs)
        return pairs

    def _plan_enrollments(self) -> list[Enrollment]:
        random = self.random("enrollments")
        return [
            Enrollment(student, subject, self.teacher_of(subject))
            for student in self.students
            for subject in sorted(random.sample(self.subjects, self.size.subjects_per_student))
        ]

    def _plan_submissions(self) -> list[Submission]:
        pairs = self._pairs("submissions", self.assignments_of, self.size.submissions_per_student)
        random = self.random("submission versions")
        return [Submission(student, assignment, random.choice((1, 1, 2, 3))) for student, assignment in pairs]

    def _plan_rooms(self) -> list[Room]:
        random = self.random("rooms")
        rooms = []
        for room in range(1, 1 + self.size.rooms):
            number = random.randint(1, len(self.enrollments))
            student, _subject, teacher = self.enrollments[number - 1]
            classmates = random.sample(self.students, random.randint(1, 8))
            # Whoever signs in as the demo user is to see some rooms of their own.
            demo_user = [self.demo_user] if room % 10 == 0 else []
            people = dict.fromkeys((student, teacher, self.tutor_of[student], *classmates, *demo_user))
            rooms.append(Room(number, tuple(people)))
        return rooms


def _block(number: int, size: int) -> range:
    """The numbers of the rows that belong to row `number`, where each has `size` of them."""
    first = 1 + (number - 1) * size
    return range(first, first + size)
