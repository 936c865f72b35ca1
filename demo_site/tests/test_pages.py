"""Does every page answer? Those that were fixed have a budget as well, which is recorded beside the baseline."""

from __future__ import annotations

import pytest

PAGES = [
    "students: list",
    "students: one",
    "students: stats",
    "submissions: list",
    "submissions: one",
    "submissions: by assignment",
    "messages: of a room",
    "messages: one",
    "messages: by thread",
    "materials: list",
    "materials: one",
    "materials: by subject",
    "chat-rooms: list",
    "chat-rooms: one",
    "chat-rooms: active",
    "reports: list",
    "reports: one",
    "reports: by period",
    "answers: list",
    "student-progress: list",
    "elements: list",
    "template: catalogue",
    "async view: timetable",
    "admin: submissions",
]


@pytest.mark.parametrize("page", PAGES)
def test_page_as_it_was_written(visit, page):
    visit(page, "naive")


@pytest.mark.parametrize("page", PAGES)
def test_page_as_it_was_fixed(visit, page, assert_max_queries):
    with assert_max_queries():
        visit(page, "optimized")
