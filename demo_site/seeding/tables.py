"""Which tables are seeded, in which order, and how many rows does each get?"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..accounts import models as accounts_models
from ..assignments import models as assignments_models
from ..chat import models as chat_models
from ..knowledge_graph import models as graph_models
from ..materials import models as materials_models
from ..payments.models import Payment
from ..reports import models as reports_models
from ..scheduling import models as scheduling_models
from .rows import accounts, assignments, chat, knowledge_graph, materials, payments, reports, scheduling
from .rows.term import WEEK_STARTS
from .sizes import (
    CHANGES_PER_ASSIGNMENT,
    COMMENTS_PER_MATERIAL,
    FILES_PER_MATERIAL,
    PAYMENTS_PER_STUDENT,
    REPORTS_PER_STUDENT,
    UNLOCKS_PER_ENROLLMENT,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.db.models import Model

    from .plan import Plan


class Table(NamedTuple):
    """A table, the generator of its rows, and how many those are (known beforehand, for the progress bar)."""

    model: type[Model]
    rows: Callable[[Plan], Iterator[Model]]
    row_count: Callable[[Plan], int]

    @property
    def name(self) -> str:
        return self.model._meta.db_table


_ACCOUNTS = (
    Table(accounts_models.User, accounts.users, lambda plan: plan.students.stop - 1),
    Table(accounts_models.TeacherProfile, accounts.teacher_profiles, lambda plan: len(plan.teachers)),
    Table(accounts_models.TutorProfile, accounts.tutor_profiles, lambda plan: len(plan.tutors)),
    Table(accounts_models.ParentProfile, accounts.parent_profiles, lambda plan: len(plan.parents)),
    Table(accounts_models.StudentProfile, accounts.student_profiles, lambda plan: len(plan.students)),
)
_MATERIALS = (
    Table(materials_models.Subject, materials.subjects, lambda plan: len(plan.subjects)),
    Table(materials_models.SubjectEnrollment, materials.enrollments, lambda plan: len(plan.enrollments)),
    Table(materials_models.Material, materials.materials, lambda plan: len(plan.materials)),
    Table(
        materials_models.MaterialFile,
        materials.files,
        lambda plan: FILES_PER_MATERIAL * len(plan.materials),
    ),
    Table(
        materials_models.MaterialComment,
        materials.comments,
        lambda plan: COMMENTS_PER_MATERIAL * len(plan.materials),
    ),
    Table(materials_models.MaterialProgress, materials.progress, lambda plan: len(plan.started_materials)),
    Table(
        materials_models.MaterialSubmission,
        materials.submissions,
        lambda plan: len(plan.started_materials[::3]),
    ),
    Table(materials_models.MaterialDownloadLog, materials.downloads, lambda plan: len(plan.started_materials)),
)
_ASSIGNMENTS = (
    Table(assignments_models.Assignment, assignments.assignments, lambda plan: len(plan.assignments)),
    Table(assignments_models.AssignmentQuestion, assignments.questions, lambda plan: len(plan.questions)),
    Table(assignments_models.AssignmentSubmission, assignments.submissions, lambda plan: len(plan.submissions)),
    Table(
        assignments_models.SubmissionVersion,
        assignments.versions,
        lambda plan: sum(submission.versions for submission in plan.submissions),
    ),
    Table(
        assignments_models.AssignmentAnswer,
        assignments.answers,
        lambda plan: len(plan.submissions) * plan.size.questions_per_assignment,
    ),
    Table(
        assignments_models.AssignmentHistory,
        assignments.history,
        lambda plan: CHANGES_PER_ASSIGNMENT * len(plan.assignments),
    ),
    Table(
        assignments_models.PeerReviewAssignment,
        assignments.peer_reviews,
        lambda plan: len(plan.submissions[::4]),
    ),
)
_KNOWLEDGE_GRAPH = (
    Table(graph_models.Element, knowledge_graph.elements, lambda plan: len(plan.elements)),
    Table(graph_models.ElementFile, knowledge_graph.files, lambda plan: len(plan.elements[::2])),
    Table(graph_models.Lesson, knowledge_graph.lessons, lambda plan: len(plan.lessons)),
    Table(graph_models.Lesson.elements.through, knowledge_graph.lesson_elements, lambda plan: len(plan.elements)),
    Table(graph_models.Graph, knowledge_graph.graphs, lambda plan: len(plan.subjects)),
    Table(graph_models.GraphLesson, knowledge_graph.graph_lessons, lambda plan: len(plan.lessons)),
    Table(
        graph_models.Dependency,
        knowledge_graph.dependencies,
        lambda plan: len(plan.lessons) - len(plan.subjects),
    ),
    Table(graph_models.ElementProgress, knowledge_graph.progress, lambda plan: len(plan.started_elements)),
    Table(
        graph_models.StudentLessonUnlock,
        knowledge_graph.unlocks,
        lambda plan: UNLOCKS_PER_ENROLLMENT * len(plan.enrollments),
    ),
)
_PAYMENTS = (Table(Payment, payments.payments, lambda plan: PAYMENTS_PER_STUDENT * len(plan.students)),)
_REPORTS = (
    Table(
        reports_models.StudentReport,
        reports.student_reports,
        lambda plan: REPORTS_PER_STUDENT * len(plan.students),
    ),
    Table(
        reports_models.StudentReport.assignments.through,
        reports.reported_submissions,
        lambda plan: len(plan.reported_submissions),
    ),
    Table(
        reports_models.TutorWeeklyReport,
        reports.tutor_reports,
        lambda plan: len(WEEK_STARTS) * len(plan.tutors),
    ),
    Table(
        reports_models.TeacherWeeklyReport,
        reports.teacher_reports,
        lambda plan: len(WEEK_STARTS) * len(plan.teachers),
    ),
)
_SCHEDULING = (
    Table(scheduling_models.Lesson, scheduling.lessons, lambda plan: sum(plan.lessons_taken)),
    Table(scheduling_models.TutorAssignment, scheduling.tutor_assignments, lambda plan: len(plan.students)),
)
_CHAT = (
    Table(chat_models.ChatRoom, chat.rooms, lambda plan: len(plan.rooms)),
    Table(
        chat_models.ChatRoom.participants.through,
        chat.participants,
        lambda plan: sum(len(room.participants) for room in plan.rooms),
    ),
    Table(chat_models.MessageThread, chat.threads, lambda plan: len(plan.threads)),
    Table(chat_models.Message, chat.messages, lambda plan: len(plan.messages)),
    Table(chat_models.PendingMessage, chat.pending_messages, lambda plan: len(plan.messages[::10])),
)
TABLES = (  # a table stands after those that it refers to
    *_ACCOUNTS,
    *_MATERIALS,
    *_ASSIGNMENTS,
    *_KNOWLEDGE_GRAPH,
    *_PAYMENTS,
    *_REPORTS,
    *_SCHEDULING,
    *_CHAT,
)
