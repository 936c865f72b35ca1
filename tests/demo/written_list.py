"""What must the guard say of each address of the demo site? Written by hand, from the code of the naive side.

The line of a culprit is the one that ends with a mark, as in `# N+1 (5)`; the seven that the demo site was ordered
with have a number. A chain such as `message.sender.student_profile` is one finding.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent


class Expected(NamedTuple):
    """One finding.

    Attributes:
        label: What is repeated.
        mark: What stands behind the line that is the culprit.
        fix: What the suggestion has in it.
        through: The labels of what is loaded further on from there.
        named: How the culprit is called, where it is declared rather than run: the beginning of its name.
    """

    label: str
    mark: str
    fix: tuple[str, ...]
    through: tuple[str, ...] = ()
    named: str = ""
    kind: str = "n_plus_one"


@cache
def place_of_mark(mark: str) -> str:
    """The `path:line` in the demo site that ends with `# N+1 (mark)`, or `{# N+1 (mark) #}` in a template."""
    endings = (f"# N+1 ({mark})", f"{{# N+1 ({mark}) #}}")
    files = [path for ending in ("py", "html") for path in (ROOT / "demo_site").rglob(f"*.{ending}")]
    (place,) = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in files
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if line.endswith(endings)
    ]
    return place


def require_found(expected: Expected, findings) -> None:
    """Fail unless one of `findings` is `expected`, with all that is to be said of it."""
    place = place_of_mark(expected.mark)
    at_place = [finding for finding in findings if str(finding.culprit) == place]
    assert [finding.label for finding in at_place] == [expected.label]
    (finding,) = at_place
    assert finding.kind == expected.kind
    assert finding.through == expected.through
    for fragment in expected.fix:
        assert fragment in finding.suggestion
    if expected.named:
        assert finding.culprit.name.startswith(expected.named)


SENDERS = Expected(
    "chat.Message.sender",
    "5",
    ('select_related("sender__student_profile")',),
    through=("accounts.User.student_profile",),
)
STUDENT = Expected("assignments.AssignmentSubmission.student", "2", ("select_related(", '"student"'))
ROOMS = [
    Expected("chat.ChatRoom.participants", "4", ("annotate(", 'Count("participants"')),
    Expected("chat.ChatRoom.messages", "message count", ("annotate(", 'Count("messages"')),
    Expected("chat.ChatRoom.messages", "last message", ("prefetch_related(", 'Prefetch("messages", queryset=')),
]
MATERIALS = [
    Expected(
        "materials.Material.subject",
        "subject",
        ("select_related(", '"subject"'),
        named="MaterialListSerializer.subject_name",
    ),
    Expected(
        "materials.Material.created_by",
        "material author",
        ("select_related(", '"created_by"'),
        named="MaterialListSerializer.author",
    ),
    Expected(
        "materials.Material.files",
        "files",
        ("prefetch_related(", '"files"'),
        named="MaterialListSerializer.files",
    ),
    Expected("materials.Material.progress", "completions", ('Count("progress", filter=',)),
    Expected("materials.Material.progress", "average score", ("annotate(", '"progress__')),
]
OWN_PROGRESS = Expected(
    "materials.Material.progress", "own progress", ("prefetch_related(", 'Prefetch("progress", queryset=')
)
REPORTS = [
    Expected(
        "reports.StudentReport.student",
        "report student",
        ("select_related(", '"student"'),
        named="StudentReportListSerializer.student_name",
    ),
    Expected(
        "reports.StudentReport.created_by",
        "report author",
        ("select_related(", '"created_by"'),
        named="StudentReportListSerializer.author",
    ),
    Expected("reports.StudentReport.assignments", "reported submissions", ("prefetch_related(", '"assignments"')),
]

LISTS: dict[str, list[Expected]] = {
    "api/{side}/students/": [Expected("accounts.StudentProfile.user", "1", ('select_related("user")',))],
    "api/{side}/students/stats/": [
        Expected(
            "accounts.StudentProfile.user",
            "stats: user",
            ('Count("user__assignment_submissions"', 'Count("user__material_progress", filter='),
            through=("accounts.User.assignment_submissions", "accounts.User.material_progress"),
        ),
    ],
    "api/{side}/submissions/": [STUDENT],
    "api/{side}/submissions/by_assignment/?assignment={assignment}": [
        STUDENT,
        Expected(
            "assignments.AssignmentSubmission.answers",
            "correct answers",
            ('Count("answers", filter=',),
        ),
    ],
    "api/{side}/messages/": [SENDERS],
    "api/{side}/messages/?room={room}": [SENDERS],
    "api/{side}/messages/by_thread/?thread={thread}": [SENDERS],
    "api/{side}/materials/": [*MATERIALS, OWN_PROGRESS],
    "api/{side}/materials/by_subject/?subject={subject}": [*MATERIALS, OWN_PROGRESS],
    "api/{side}/chat-rooms/": ROOMS,
    "api/{side}/chat-rooms/active/": ROOMS,
    "api/{side}/reports/": REPORTS,
    "api/{side}/reports/by_period/?from=2026-01-05&to=2026-01-06": REPORTS,
    "api/{side}/answers/": [
        Expected(
            "assignments.AssignmentAnswer.question",
            "3",
            ('select_related("question__assignment")',),
            through=("assignments.AssignmentQuestion.assignment",),
        )
    ],
    "api/{side}/student-progress/": [
        Expected("accounts.User.assignment_submissions", "6", ('Count("assignment_submissions"',))
    ],
    "api/{side}/elements/": [
        Expected("knowledge_graph.Element.created_by", "7", ('select_related("created_by")',))
    ],
}

DETAILS: dict[str, list[Expected]] = {
    "api/{side}/students/{student}/": [],
    "api/{side}/submissions/{submission}/": [
        Expected(
            "assignments.AssignmentAnswer.question",
            "question",
            ('question")',),
            named="SubmissionDetailSerializer.answers.question",
        )
    ],
    "api/{side}/messages/{message}/": [SENDERS],
    "api/{side}/materials/{material}/": [
        Expected(
            "materials.MaterialComment.author",
            "comment author",
            ('author")',),
            named="MaterialDetailSerializer.comments.author",
        )
    ],
    "api/{side}/chat-rooms/{room}/": [SENDERS],
    "api/{side}/reports/{report}/": [
        Expected(
            "assignments.AssignmentSubmission.assignment",
            "reported assignment",
            ('select_related("assignment")',),
            named="ReportedSubmissionSerializer.assignment",
        )
    ],
    "api/{side}/answers/{answer}/": [],
    "api/{side}/student-progress/{user}/": [],
    "api/{side}/elements/{element}/": [],
}

PAGES: dict[str, list[Expected]] = {
    "{side}/catalogue/": [
        Expected(
            "materials.Material.created_by",
            "catalogue: author",
            ('select_related("created_by")',),
            named="{{ material.created_by.get_full_name }}",
        ),
        Expected(
            "materials.Material.comments",
            "catalogue: comments",
            ('prefetch_related("comments__author")',),
            through=("materials.MaterialComment.author",),
            named="{% for comment in material.comments.all %}",
        ),
    ],
    "{side}/timetable/": [Expected("accounts.User.objects.get()", "timetable", ("User.objects.in_bulk(",))],
    "{side}/admin/assignments/assignmentsubmission/": [
        Expected(
            "assignments.AssignmentSubmission.student",
            "admin: student",
            ("select_related(", '"student"'),
            named='NaiveSubmissionAdmin.list_display["student__email"]',
        ),
        Expected(
            "assignments.AssignmentSubmission.assignment",
            "admin: assignment",
            ("select_related(", '"assignment"'),
            named='NaiveSubmissionAdmin.list_display["assignment__title"]',
        ),
    ],
}

TASK = [
    Expected("accounts.User.given_lessons", "task: lessons", ('Count("given_lessons", filter=',)),
    Expected(
        "reports.TutorWeeklyReport.objects.create()",
        "task: writes",
        ("TutorWeeklyReport.objects.bulk_create(",),
        kind="write_in_loop",
    ),
]

ADDRESSES = {**LISTS, **DETAILS, **PAGES}
