"""Who is on the platform? People with a role each, and the profile that goes with it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.core.validators import MaxValueValidator
from django.db import models


class UserManager(BaseUserManager["User"]):
    """Makes users that are known by their email address."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, **fields, is_staff=True, is_superuser=True)


class User(AbstractUser):
    class Role(models.TextChoices):
        STUDENT = "student"
        TEACHER = "teacher"
        TUTOR = "tutor"
        PARENT = "parent"

    username = None  # type: ignore[assignment]  # people sign in with their email address
    email = models.EmailField(unique=True)
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.STUDENT)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = UserManager()

    class Meta:
        indexes = [models.Index(fields=["email"], name="user_email_idx")]

    def __str__(self) -> str:
        return self.email

    @property
    def full_name(self) -> str:
        """What `get_full_name()` says, for serializers: they look at a method's signature before each call."""
        return self.get_full_name()


class StudentProfile(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="student_profile")
    tutor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="tutored"
    )
    parent = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="children"
    )
    grade = models.PositiveSmallIntegerField()
    progress_percentage = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(100)])
    avatar = models.URLField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["tutor"], name="student_tutor_idx"),
            models.Index(fields=["parent"], name="student_parent_idx"),
            models.Index(fields=["user"], name="student_user_idx"),
        ]

    def __str__(self) -> str:
        return f"student {self.user_id}"


class TeacherProfile(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="teacher_profile")
    bio = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"teacher {self.user_id}"


class TutorProfile(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tutor_profile")
    specialization = models.CharField(max_length=100, blank=True)

    def __str__(self) -> str:
        return f"tutor {self.user_id}"


class ParentProfile(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="parent_profile")
    phone = models.CharField(max_length=20, blank=True)

    def __str__(self) -> str:
        return f"parent {self.user_id}"
