"""What is learned after what? Lessons in graphs, made of elements, unlocked one by one."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class Element(models.Model):
    """The smallest thing to learn: a text, an exercise, a video."""

    class Type(models.TextChoices):
        TEXT = "text"
        EXERCISE = "exercise"
        QUIZ = "quiz"
        VIDEO = "video"

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="created_elements"
    )
    title = models.CharField(max_length=200)
    content = models.TextField(blank=True)
    element_type = models.CharField(max_length=10, choices=Type.choices, default=Type.TEXT)
    difficulty = models.PositiveSmallIntegerField(default=1, help_text="From 1, easy, to 10.")
    is_public = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["created_by"], name="element_created_by_idx"),
            models.Index(fields=["is_public"], name="element_is_public_idx"),
            models.Index(fields=["element_type"], name="element_type_idx"),
            models.Index(fields=["difficulty"], name="element_difficulty_idx"),
        ]

    def __str__(self) -> str:
        return self.title


class ElementFile(models.Model):
    element = models.ForeignKey(Element, on_delete=models.CASCADE, related_name="files")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="uploaded_element_files"
    )
    name = models.CharField(max_length=200)
    size = models.PositiveIntegerField(help_text="In bytes.")
    uploaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["uploaded_by"], name="elementfile_uploaded_by_idx"),
            models.Index(fields=["element", "-uploaded_at"], name="elementfile_element_date_idx"),
        ]

    def __str__(self) -> str:
        return self.name


class ElementProgress(models.Model):
    student = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="element_progress"
    )
    element = models.ForeignKey(Element, on_delete=models.CASCADE, related_name="progress")
    is_completed = models.BooleanField(default=False)
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "element progress"
        constraints = [
            models.UniqueConstraint(fields=["student", "element"], name="one_progress_per_element"),
        ]
        indexes = [
            models.Index(fields=["is_completed"], name="elementprogress_completed_idx"),
            models.Index(fields=["student", "element"], name="elemprog_student_element_idx"),
            models.Index(fields=["-created_at"], name="elementprogress_created_at_idx"),
        ]

    def __str__(self) -> str:
        return f"student {self.student_id} in element {self.element_id}"


class Lesson(models.Model):
    title = models.CharField(max_length=200)
    elements = models.ManyToManyField(Element, related_name="lessons")

    def __str__(self) -> str:
        return self.title


class Graph(models.Model):
    """The way through a subject."""

    subject = models.ForeignKey("materials.Subject", on_delete=models.CASCADE, related_name="graphs")
    title = models.CharField(max_length=200)
    lessons = models.ManyToManyField(Lesson, through="GraphLesson", related_name="graphs")

    def __str__(self) -> str:
        return self.title


class GraphLesson(models.Model):
    graph = models.ForeignKey(Graph, on_delete=models.CASCADE, related_name="graph_lessons")
    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="graph_lessons")
    order = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["graph", "lesson"], name="one_place_per_lesson"),
        ]
        indexes = [models.Index(fields=["graph"], name="graphlesson_graph_idx")]

    def __str__(self) -> str:
        return f"lesson {self.lesson_id}, number {self.order} of graph {self.graph_id}"


class Dependency(models.Model):
    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="dependencies")
    required_lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="required_by")

    class Meta:
        verbose_name_plural = "dependencies"
        constraints = [
            models.UniqueConstraint(fields=["lesson", "required_lesson"], name="one_dependency_per_pair"),
        ]
        indexes = [
            models.Index(fields=["lesson"], name="dependency_lesson_idx"),
            models.Index(fields=["required_lesson"], name="dependency_required_idx"),
        ]

    def __str__(self) -> str:
        return f"lesson {self.lesson_id} after lesson {self.required_lesson_id}"


class StudentLessonUnlock(models.Model):
    student = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="lesson_unlocks")
    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="unlocks")
    is_unlocked = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["student", "lesson"], name="one_unlock_per_lesson"),
        ]
        indexes = [
            models.Index(fields=["student", "lesson"], name="unlock_student_lesson_idx"),
            models.Index(fields=["is_unlocked"], name="unlock_is_unlocked_idx"),
        ]

    def __str__(self) -> str:
        return f"lesson {self.lesson_id} for student {self.student_id}"
