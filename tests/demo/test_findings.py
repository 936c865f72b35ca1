"""Does the guard find the N+1 queries of the naive side by itself, and nothing on the optimized side?"""

from __future__ import annotations

import pytest

from demo_site.api_urls import ENDPOINTS
from tests.conftest import line_of

pytestmark = [pytest.mark.urls("demo_site.api_urls"), pytest.mark.usefixtures("seeded")]

EXPECTED = {
    "students": ("demo_site/accounts/serializers.py", "N+1 (1)", {"accounts.StudentProfile.user"}),
    "submissions": (
        "demo_site/assignments/serializers.py",
        "N+1 (2)",
        {"assignments.AssignmentSubmission.student"},
    ),
    "answers": (
        "demo_site/assignments/serializers.py",
        "N+1 (3)",
        {"assignments.AssignmentAnswer.question"},
    ),
    "chat-rooms": ("demo_site/chat/api_naive.py", "N+1 (4)", {"chat.ChatRoom.participants"}),
    "messages": (
        "demo_site/chat/serializers.py",
        "N+1 (5)",
        {"chat.Message.sender"},
    ),
    "student-progress": (
        "demo_site/accounts/api_naive.py",
        "N+1 (6)",
        {"accounts.User.assignment_submissions"},
    ),
}

SUGGESTED = {
    "accounts.StudentProfile.user": 'select_related("user")',
    "assignments.AssignmentSubmission.student": 'select_related("student")',
    "assignments.AssignmentAnswer.question": 'select_related("question__assignment")',
    "chat.ChatRoom.participants": 'Count("participants"',
    "chat.Message.sender": 'select_related("sender__student_profile")',
    "accounts.User.assignment_submissions": 'Count("assignment_submissions"',
}


def findings_of(client, reports, address):
    assert client.get(address).status_code == 200
    return reports[-1].findings


def test_every_endpoint_is_expected_to_have_something():
    assert set(EXPECTED) == set(ENDPOINTS)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_naive_list_is_found_with_its_relation_and_line(client, reports, endpoint):
    path, mark, labels = EXPECTED[endpoint]
    findings = findings_of(client, reports, f"/api/naive/{endpoint}/")
    assert {finding.label for finding in findings} == labels
    for finding in findings:
        assert finding.kind == "n_plus_one"
        assert str(finding.culprit) == f"{path}:{line_of(path, mark)}"
        assert finding.count == 20 * (1 + len(finding.through))
        assert SUGGESTED[finding.label] in finding.suggestion


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("query", ["", "?page=2", "?page_size=100"])
def test_an_optimized_list_is_fine(client, reports, endpoint, query):
    assert findings_of(client, reports, f"/api/optimized/{endpoint}/{query}") == ()


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("side", ["naive", "optimized"])
def test_a_single_row_is_fine_on_both_sides(client, reports, endpoint, side):
    (number,) = {row["id"] for row in client.get(f"/api/optimized/{endpoint}/").json()["results"][:1]}
    assert findings_of(client, reports, f"/api/{side}/{endpoint}/{number}/") == ()
