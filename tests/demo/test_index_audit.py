"""Does the page about the demo site's indexes say what is? Its lists are whole, and its waste is waste."""

from __future__ import annotations

import re

import pytest
from django.db import connection

from nplusone_guard.analysis.existing import indexes_of, models_by_table
from nplusone_guard.analysis.waste import waste_among

from .named_indexes import NAMED_INDEXES
from .test_guides import GUIDES

AUDIT = (GUIDES / "index-audit.md").read_text(encoding="utf-8")
NAMED = {index.name for indexes in NAMED_INDEXES.values() for index in indexes}


def judged(kind):
    """The named indexes of that class on PostgreSQL."""
    _, _, section = AUDIT.partition(f"### On PostgreSQL: {kind} (")
    return set(re.findall(r"^\| `(\w+)` \|", section.partition("###")[0], re.MULTILINE))


def test_each_named_index_has_one_class():
    classes = [judged(kind) for kind in ("redundant", "needed", "no difference", "unused")]
    assert sum(map(len, classes)) == len(NAMED) == 71
    assert set().union(*classes) == NAMED


def test_each_of_the_eleven_recommendations_is_judged():
    section = AUDIT.partition("## The eleven recommendations")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)\(([^)]*)\)`( unique)? \| (.*) \|$", section, re.MULTILINE)
    assert [name for name, *_ in rows] == [
        "User",
        "StudentProfile",
        "StudentProfile",
        "Notification",
        "Assignment",
        "AssignmentSubmission",
        "AssignmentSubmission",
        "ChatRoom",
        "Message",
        "Message",
        "Element",
    ]
    verdicts = {name: verdict for name, _, _, verdict in rows}
    assert "not on the platform" in verdicts["Notification"]
    assert all("do not add another" in verdict for name, verdict in verdicts.items() if name != "Notification")


@pytest.mark.skipif(connection.vendor == "mysql", reason="MariaDB has no index of its own beside a named one")
@pytest.mark.django_db
def test_the_redundant_ones_are_those_that_the_analysis_finds():
    found = waste_among(indexes_of(connection, models_by_table(connection.alias)))
    assert {one.index.name for one in found} & NAMED == judged("redundant")
