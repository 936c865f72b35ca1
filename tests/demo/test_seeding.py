"""Does `seed` write the same rows for the same seed, whatever happened before?"""

from __future__ import annotations

import io

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F

from demo_site.accounts.models import User
from demo_site.assignments.models import AssignmentSubmission
from demo_site.chat.models import ChatRoom, Message
from demo_site.knowledge_graph.models import ElementProgress, StudentLessonUnlock
from demo_site.materials.models import MaterialProgress, SubjectEnrollment
from demo_site.reports.models import StudentReport
from demo_site.seeding import demo_user, filling
from demo_site.seeding.management.commands import seed as command
from demo_site.seeding.plan import Plan
from demo_site.seeding.sizes import SIZES
from demo_site.seeding.tables import TABLES

from .named_indexes import NAMED_INDEXES

pytestmark = pytest.mark.usefixtures("cheap_password")


def seed(number=1, size="tiny", **options):
    output = io.StringIO()
    call_command("seed", size=size, seed=number, stdout=output, **options)
    return output.getvalue()


def every_row():
    return {table.name: list(table.model.objects.order_by("pk").values()) for table in TABLES}


@pytest.mark.django_db(transaction=True)
def test_the_same_seed_gives_the_same_rows_and_another_seed_others():
    seed(1)
    first = every_row()
    seed(2, replace=True)
    second = every_row()
    seed(1, replace=True)
    assert every_row() == first
    assert second != first
    assert all(first.values())


@pytest.mark.django_db(transaction=True)
def test_nothing_is_deleted_unless_asked_for():
    User.objects.create_user("somebody@example.org")
    with pytest.raises(CommandError, match=r"rows that no seeding wrote\. Add --replace"):
        seed(1)
    assert User.objects.filter(email="somebody@example.org").exists()
    seed(1, replace=True)
    User.objects.create_user("somebody@example.org")
    with pytest.raises(CommandError, match=r"holds size tiny, seed 1\. Add --replace"):
        seed(2)
    assert User.objects.filter(email="somebody@example.org").exists()
    assert "Deleting" in seed(2, replace=True)
    assert not User.objects.filter(email="somebody@example.org").exists()


@pytest.mark.django_db
def test_a_second_run_writes_nothing():
    seed()
    User.objects.filter(email=demo_user.EMAIL).update(first_name="Changed")
    assert "Already seeded" in seed()
    assert User.objects.filter(first_name="Changed").exists()


@pytest.mark.django_db(transaction=True)
def test_a_stopped_run_goes_on_where_it_was(monkeypatch):
    seed()
    uninterrupted = every_row()
    filling.empty_tables()

    def stop_at_rooms(table, *arguments):
        if table.model is ChatRoom:
            raise KeyboardInterrupt
        return filling.fill_table(table, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(command, "fill_table", stop_at_rooms)
        with pytest.raises(CommandError, match="Stopped with 36 of 41 tables done"):
            seed()
    assert User.objects.exists()
    assert not Message.objects.exists()

    assert "in 5 tables" in seed()  # the rooms and the four after them
    assert every_row() == uninterrupted


@pytest.mark.django_db(transaction=True)
def test_a_table_is_filled_whole_or_not_at_all(monkeypatch):
    monkeypatch.setattr(filling, "BATCH_SIZE", 10)
    monkeypatch.setattr(filling, "COPY_BATCH_SIZE", 10)

    def stop(rows):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        filling.fill_table(TABLES[0], Plan(SIZES["tiny"], 1), "tiny", stop)
    assert not User.objects.exists()


@pytest.mark.django_db
def test_a_row_that_is_added_by_hand_gets_the_next_number():
    seed()
    last = User.objects.order_by("-pk").first().pk
    assert User.objects.create_user("somebody@example.org").pk > last


@pytest.mark.django_db
def test_the_demo_user_can_sign_in_everywhere_and_nobody_else_anywhere(client):
    printed = seed()
    assert f"Sign in as {demo_user.EMAIL}, password {demo_user.PASSWORD}." in printed
    assert printed.splitlines()[-1] == seed().splitlines()[-1]
    assert client.login(username=demo_user.EMAIL, password=demo_user.PASSWORD)
    user = User.objects.get(email=demo_user.EMAIL)
    assert user.is_staff
    assert user.is_superuser
    assert user.chat_rooms.exists()
    others = User.objects.exclude(pk=user.pk)
    assert not any(other.has_usable_password() or other.is_staff for other in others)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL copies")
@pytest.mark.django_db(transaction=True)
def test_copied_rows_are_those_that_would_be_inserted(monkeypatch):
    seed()
    copied = every_row()
    monkeypatch.setattr(filling, "_can_copy", lambda: False)
    seed(replace=True)
    assert every_row() == copied


def test_every_model_of_the_platform_is_seeded():
    models = {
        model for app in NAMED_INDEXES for model in apps.get_app_config(app).get_models(include_auto_created=True)
    }
    by_hand = {User.groups.through, User.user_permissions.through}
    assert models - by_hand == {table.model for table in TABLES}


@pytest.mark.django_db
def test_what_a_student_worked_on_belongs_to_their_subjects():
    seed()
    learned = set(SubjectEnrollment.objects.values_list("student", "subject"))
    for model, subject in (
        (AssignmentSubmission, "assignment__subject"),
        (MaterialProgress, "material__subject"),
        (ElementProgress, "element__lessons__graphs__subject"),
        (StudentLessonUnlock, "lesson__graphs__subject"),
    ):
        assert set(model.objects.values_list("student", subject)) <= learned
    reported = StudentReport.assignments.through.objects
    assert reported.exists()
    assert not reported.exclude(assignmentsubmission__student=F("studentreport__student")).exists()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_progress_bar_knows_how_many_rows_come(table):
    plan = Plan(SIZES["tiny"], 3)
    assert table.row_count(plan) == sum(1 for _ in table.rows(plan))


def test_a_size_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(CommandError, match="no size 'huge', expected one of: tiny, small, large"):
        seed(size="huge")


@pytest.mark.django_db
def test_whoever_writes_in_a_room_takes_part_in_it_and_the_room_knows_when():
    seed()
    for room in ChatRoom.objects.prefetch_related("participants", "messages"):
        participants = {user.pk for user in room.participants.all()}
        assert {message.sender_id for message in room.messages.all()} <= participants
        times = [message.created_at for message in room.messages.all()]
        assert not times or room.updated_at == max(times)
