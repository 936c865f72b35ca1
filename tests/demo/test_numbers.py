"""Are the numbers of the optimized side right? Counted again in Python, row by row."""

from __future__ import annotations

import pytest
from django.db.models import Count

from demo_site.accounts.models import StudentProfile
from demo_site.assignments.models import AssignmentAnswer, AssignmentSubmission
from demo_site.chat.models import ChatRoom, Message
from demo_site.materials.models import MaterialProgress
from demo_site.reports.models import StudentReport
from demo_site.subqueries import count_of

pytestmark = pytest.mark.urls("demo_site.urls")


@pytest.fixture
def shown(visit):
    """The rows of a list of the optimized side, by number."""

    def ask(address):
        page = visit("optimized", address, page_size=100).json()
        assert page["count"] == len(page["results"])
        return {row["id"]: row for row in page["results"]}

    return ask


def average(scores):
    known = [score for score in scores if score is not None]
    return pytest.approx(sum(known) / len(known), abs=0.0501) if known else None


def test_the_counts_and_the_last_message_of_each_room(shown):
    rooms = shown("api/{side}/chat-rooms/")
    assert len(rooms) == ChatRoom.objects.count()
    for room in ChatRoom.objects.all():
        messages = sorted(room.messages.all(), key=lambda message: (message.created_at, message.pk))
        row = rooms[room.pk]
        assert row["participant_count"] == len(room.participants.all())
        assert row["message_count"] == len(messages)
        assert row["last_message"] == (
            {
                "id": messages[-1].pk,
                "sender": messages[-1].sender_id,
                "text": messages[-1].text,
                "created_at": messages[-1].created_at.isoformat().replace("+00:00", "Z"),
            }
            if messages
            else None
        )
    counts = {(row["participant_count"] > 1, row["message_count"] > 1) for row in rooms.values()}
    assert (True, True) in counts, "nothing would be multiplied"


def test_a_room_is_shown_with_its_fifty_newest_messages(visit, platform):
    messages = sorted(
        Message.objects.filter(room=platform.room), key=lambda message: (message.created_at, message.pk)
    )
    assert len(messages) > 50
    row = visit("optimized", "api/{side}/chat-rooms/{room}/").json()
    assert [message["id"] for message in row["messages"]] == [message.pk for message in reversed(messages[-50:])]


def test_the_stats_of_each_student(shown):
    stats = shown("api/{side}/students/stats/")
    assert len(stats) == StudentProfile.objects.count()
    for student in StudentProfile.objects.all():
        submissions = list(AssignmentSubmission.objects.filter(student=student.user))
        progress = list(MaterialProgress.objects.filter(student=student.user))
        row = stats[student.pk]
        assert row["submission_count"] == len(submissions)
        assert row["average_score"] == average([submission.score for submission in submissions])
        assert row["completed_materials"] == sum(one.is_completed for one in progress)
    assert {row["average_score"] for row in stats.values()} >= {None, 51.0}


def test_the_progress_in_each_material(shown, platform):
    materials = shown("api/{side}/materials/")
    own = 0
    for number, row in materials.items():
        progress = list(MaterialProgress.objects.filter(material=number))
        assert row["completion_count"] == sum(one.is_completed for one in progress)
        assert row["average_score"] == average([one.score for one in progress])
        (mine,) = [one for one in progress if one.student_id == platform.viewer.pk] or [None]
        assert row["progress"] == (mine and {"is_completed": mine.is_completed, "score": mine.score})
        own += mine is not None
    assert 0 < own < len(materials)


def test_the_correct_answers_of_each_submission(shown):
    submissions = shown("api/{side}/submissions/by_assignment/?assignment={assignment}")
    for number, row in submissions.items():
        answers = AssignmentAnswer.objects.filter(submission=number)
        assert row["correct_answers"] == sum(answer.is_correct is True for answer in answers)
    assert {row["correct_answers"] for row in submissions.values()} >= {0, 8}


def test_the_submissions_of_each_report(shown):
    for number, row in shown("api/{side}/reports/").items():
        assert row["submission_count"] == len(StudentReport.objects.get(pk=number).assignments.all())


def test_two_counts_in_one_query_multiply_each_other(platform):
    """What the optimized side must not do: both joined, each row of the one meets each row of the other."""
    room = ChatRoom.objects.get(pk=platform.room)
    participants, messages = room.participants.count(), room.messages.count()
    assert participants > 1

    def counted(**counts):
        row = ChatRoom.objects.annotate(**counts).get(pk=room.pk)
        return (row.people, row.talk)

    multiplied = counted(people=Count("participants"), talk=Count("messages"))
    assert multiplied == (participants * messages, participants * messages)
    distinct = counted(people=Count("participants", distinct=True), talk=Count("messages", distinct=True))
    assert distinct == (participants, messages)
    through = ChatRoom.participants.through.objects.all()
    subqueries = counted(people=count_of(through, "chatroom"), talk=count_of(Message.objects.all(), "room"))
    assert subqueries == (participants, messages)
