"""Which addresses does the tour ask? Each action of the six viewsets, then the other ways to write an N+1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Max, Min

from ..assignments.models import AssignmentAnswer, AssignmentSubmission
from ..chat.models import Message
from ..materials.models import Material, MaterialComment
from ..reports.models import StudentReport
from .server import RequestFailedError

if TYPE_CHECKING:
    from django.db.models import Model

LAST_OF_SIX = "reports"  # the last endpoint of the six viewsets


@dataclass(frozen=True, slots=True)
class Stop:
    """One address, on both sides.

    Attributes:
        group: The endpoint, or the kind of page.
        action: What is asked of it.
        address: Where, with `{side}` for `naive` or `optimized`.
        signed_in: Whether it is for the demo user only.
    """

    group: str
    action: str
    address: str
    signed_in: bool = False

    def path(self, side: str) -> str:
        return self.address.format(side=side)


def stops() -> list[Stop]:
    """The whole tour.

    Raises:
        RequestFailedError: There are no rows to ask for.
    """
    return [*_six_viewsets(), *_other_lists(), *_other_pages()]


def _six_viewsets() -> list[Stop]:
    # Of single rows, those that have most.
    student = _busiest(AssignmentSubmission, "student__student_profile")
    assignment = _busiest(AssignmentSubmission, "assignment")
    submission = _busiest(AssignmentAnswer, "submission")
    room, thread = _busiest(Message, "room"), _busiest(Message, "thread")
    message, material = _busiest(Message, "reply_to"), _busiest(MaterialComment, "material")
    subject, report = _busiest(Material, "subject"), _busiest(StudentReport.assignments.through, "studentreport")
    return [
        _stop("students", "list", "students/"),
        _stop("students", "one", f"students/{student}/"),
        _stop("students", "stats", "students/stats/"),
        _stop("submissions", "list", "submissions/"),
        _stop("submissions", "one", f"submissions/{submission}/"),
        _stop("submissions", "by assignment", f"submissions/by_assignment/?assignment={assignment}"),
        _stop("messages", "of a room", f"messages/?room={room}"),
        _stop("messages", "one", f"messages/{message}/"),
        _stop("messages", "by thread", f"messages/by_thread/?thread={thread}"),
        _stop("materials", "list", "materials/"),
        _stop("materials", "one", f"materials/{material}/"),
        _stop("materials", "by subject", f"materials/by_subject/?subject={subject}"),
        _stop("chat-rooms", "list", "chat-rooms/"),
        _stop("chat-rooms", "one", f"chat-rooms/{room}/"),
        _stop("chat-rooms", "active", "chat-rooms/active/", signed_in=True),
        _stop("reports", "list", "reports/"),
        _stop("reports", "one", f"reports/{report}/"),
        _stop("reports", "by period", f"reports/by_period/?{_period()}"),
    ]


def _other_lists() -> list[Stop]:
    return [
        _stop("answers", "list", "answers/"),
        _stop("student-progress", "list", "student-progress/"),
        _stop("elements", "list", "elements/"),
    ]


def _other_pages() -> list[Stop]:
    return [
        Stop("template", "catalogue", "/{side}/catalogue/"),
        Stop("async view", "timetable", "/{side}/timetable/"),
        Stop("admin", "submissions", "/{side}/admin/assignments/assignmentsubmission/", signed_in=True),
    ]


def _stop(endpoint: str, action: str, address: str, *, signed_in: bool = False) -> Stop:
    return Stop(endpoint, action, f"/api/{{side}}/{address}", signed_in)


def _busiest(model: type[Model], field: str) -> int:
    """The row that most rows of `model` refer to with `field`."""
    rows = model._default_manager.filter(**{f"{field}__isnull": False})
    counted = rows.values_list(field).annotate(count=Count("pk")).order_by("-count", field)
    found = counted.first()
    if found is None:
        names = model._meta.verbose_name_plural
        raise RequestFailedError(f"The site has no {names}. Run `manage.py seed --replace`.")
    return int(found[0])


def _period() -> str:
    term = StudentReport.objects.aggregate(first=Min("created_at"), last=Max("created_at"))
    return f"from={term['first']:%Y-%m-%d}&to={term['last']:%Y-%m-%d}"
