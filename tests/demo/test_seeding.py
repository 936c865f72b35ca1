"""Does `seed` write the same rows for the same seed, whatever happened before?"""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from demo_site.accounts.models import User
from demo_site.chat.models import ChatRoom, Message
from demo_site.seeding import filling
from demo_site.seeding.management.commands import seed as command
from demo_site.seeding.plan import Plan
from demo_site.seeding.rows import ADMINISTRATOR_EMAIL, ADMINISTRATOR_PASSWORD, TABLES

from .conftest import TINY

pytestmark = pytest.mark.usefixtures("tiny")


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
    User.objects.filter(email=ADMINISTRATOR_EMAIL).update(first_name="Changed")
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
        with pytest.raises(KeyboardInterrupt):
            seed()
    assert User.objects.exists()
    assert not Message.objects.exists()

    assert "in 5 tables" in seed()  # the rooms and the four after them
    assert every_row() == uninterrupted


@pytest.mark.django_db(transaction=True)
def test_a_table_is_filled_whole_or_not_at_all(monkeypatch):
    monkeypatch.setattr(filling, "BATCH_SIZE", 10)

    def stop(rows):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        filling.fill_table(TABLES[0], Plan(TINY, 1), "tiny", stop)
    assert not User.objects.exists()


@pytest.mark.django_db
def test_a_row_that_is_added_by_hand_gets_the_next_number():
    seed()
    last = User.objects.order_by("-pk").first().pk
    assert User.objects.create_user("somebody@example.org").pk > last


@pytest.mark.django_db
def test_the_administrator_can_sign_in_and_nobody_else():
    seed()
    administrator = User.objects.get(email=ADMINISTRATOR_EMAIL)
    assert administrator.check_password(ADMINISTRATOR_PASSWORD)
    assert administrator.is_superuser
    others = User.objects.exclude(pk=administrator.pk)
    assert not any(user.has_usable_password() or user.is_staff for user in others)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_progress_bar_knows_how_many_rows_come(table):
    plan = Plan(TINY, 3)
    assert table.row_count(plan) == sum(1 for _ in table.rows(plan))


def test_a_size_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(CommandError, match="no size 'huge' yet, expected one of: small"):
        seed(size="huge")


@pytest.mark.django_db
def test_whoever_writes_in_a_room_takes_part_in_it_and_the_room_knows_when():
    seed()
    for room in ChatRoom.objects.prefetch_related("participants", "messages"):
        participants = {user.pk for user in room.participants.all()}
        assert {message.sender_id for message in room.messages.all()} <= participants
        times = [message.created_at for message in room.messages.all()]
        assert not times or room.updated_at == max(times)
