"""Is the asynchronous view's N+1 found where it belongs: under ASGI, whose statements run in other threads?"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import AsyncClient

from demo_site.accounts.models import User
from demo_site.scheduling.models import Lesson
from tests.conftest import run

from .written_list import PAGES, require_found

pytestmark = [pytest.mark.urls("demo_site.urls"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def lessons():
    people = [User.objects.create(email=f"{number}@example.org") for number in range(6)]
    for student in people:
        Lesson.objects.create(
            created_by=people[0], tutor=people[0], student=student, start_time=datetime(2026, 1, 5, 9, tzinfo=UTC)
        )


def test_the_timetable_is_found_with_the_line_that_waits(lessons, reports):
    naive = run(AsyncClient().get("/naive/timetable/"))
    assert naive.status_code == 200
    (expected,) = PAGES["{side}/timetable/"]
    require_found(expected, reports[-1].findings)
    assert reports[-1].statements >= 1 + 6  # MariaDB is told the isolation level when it is connected again

    optimized = run(AsyncClient().get("/optimized/timetable/"))
    assert optimized.json() == naive.json()
    assert reports[-1].findings == ()
    assert reports[-1].statements <= 2
