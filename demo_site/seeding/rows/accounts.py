"""Who is on the platform? The account to sign in with, and people without a password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password

from ...accounts.models import ParentProfile, StudentProfile, TeacherProfile, TutorProfile, User
from .. import demo_user
from ..words import FIRST_NAMES, LAST_NAMES, SENTENCES, SUBJECTS
from .term import TERM_START

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..plan import Plan


def users(plan: Plan) -> Iterator[User]:
    random = plan.random("users")
    yield User(
        id=plan.demo_user,
        email=demo_user.EMAIL,
        # A random salt would make every run's row another.
        password=make_password(demo_user.PASSWORD, salt="demo"),
        first_name="Dee",
        last_name="Demo",
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
