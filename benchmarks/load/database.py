"""Which rows are asked for? A database of the benchmark's own, made and seeded when it is missing."""

from __future__ import annotations

import os
from random import Random
from typing import TYPE_CHECKING, Any

from .scenario import Rows

if TYPE_CHECKING:
    from django.db.models import QuerySet

SEED = 1
SAMPLED = 50
"""Rows of each table that are asked for; few enough to be asked more than once."""


def name_for(size: str) -> str:
    """The database of a size; that of the large one is worth keeping."""
    return "nplusone_load" if size == "large" else f"nplusone_load_{size}"


def environment(database: str, name: str) -> dict[str, str]:
    """What a process must have in its environment to be the site on that database."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "benchmarks.load.settings",
        "DEMO_DATABASE": database,
        "DEMO_DATABASE_NAME": name,
    }


def prepare(size: str) -> None:
    """Create the database of Django's settings if it is missing, and fill it unless it is full."""
    from django.core.management import call_command  # noqa: PLC0415 - Django is set up by the caller

    _run_beside('CREATE DATABASE "{}"', unless_there=True)
    call_command("migrate", verbosity=0)
    call_command("seed", size=size, seed=SEED)


def drop() -> None:
    """Delete the database of Django's settings."""
    from django.db import connection  # noqa: PLC0415 - Django is set up by the caller

    connection.close()
    _run_beside('DROP DATABASE IF EXISTS "{}"')


def version() -> str:
    """Which database it is."""
    from django.db import connection  # noqa: PLC0415 - Django is set up by the caller

    return f"{connection.display_name} {'.'.join(str(part) for part in connection.get_database_version())}"


def _run_beside(statement: str, *, unless_there: bool = False) -> None:
    """Run a statement about the database, from the one that every PostgreSQL has. SQLite needs none."""
    from django.db import connection  # noqa: PLC0415 - Django is set up by the caller

    if connection.vendor != "postgresql":
        return
    name = connection.settings_dict["NAME"]
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not (unless_there and cursor.fetchone()):
            cursor.execute(statement.format(name))


def sample(seed: int) -> Rows:
    """Rows by chance, the same for the same seed."""
    from demo_site.accounts.models import StudentProfile  # noqa: PLC0415 - Django is set up by the caller
    from demo_site.assignments.models import AssignmentSubmission  # noqa: PLC0415
    from demo_site.chat.models import ChatRoom, Message  # noqa: PLC0415
    from demo_site.materials.models import Material  # noqa: PLC0415
    from demo_site.reports.models import StudentReport  # noqa: PLC0415

    random = Random(seed)
    return Rows(
        students=_numbers(StudentProfile.objects.all(), random),
        submissions=_numbers(AssignmentSubmission.objects.all(), random),
        messages=_numbers(Message.objects.all(), random),
        materials=_numbers(Material.objects.filter(status=Material.Status.PUBLISHED), random),
        rooms=_numbers(ChatRoom.objects.all(), random),
        reports=_numbers(StudentReport.objects.all(), random),
    )


def _numbers(rows: QuerySet[Any], random: Random) -> list[int]:
    from django.db.models import Max, Min  # noqa: PLC0415 - Django is set up by the caller

    ends = rows.aggregate(first=Min("pk"), last=Max("pk"))
    # Asked for by number: to skip to the five hundred thousandth of a million messages takes the database long.
    drawn = [random.randint(ends["first"], ends["last"]) for _ in range(SAMPLED * 4)]
    there = set(rows.filter(pk__in=drawn).values_list("pk", flat=True))
    return [number for number in dict.fromkeys(drawn) if number in there][:SAMPLED]
