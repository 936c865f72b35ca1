"""Does the guard find the N+1 queries of the naive side by itself, and nothing on the optimized side?

With its default settings, as in production: a request is a scope, and five repetitions are a finding.
"""

from __future__ import annotations

import pytest

from demo_site.api_urls import NAIVE, OPTIMIZED
from demo_site.reports.models import TutorWeeklyReport
from demo_site.reports.tasks import write_tutor_reports_naive, write_tutor_reports_optimized

from .rows import MONDAY
from .written_list import ADDRESSES, LISTS, TASK, require_found

pytestmark = pytest.mark.urls("demo_site.urls")

SEVEN = {
    "1": "accounts.StudentProfile.user",
    "2": "assignments.AssignmentSubmission.student",
    "3": "assignments.AssignmentAnswer.question",
    "4": "chat.ChatRoom.participants",
    "5": "chat.Message.sender",
    "6": "accounts.User.assignment_submissions",
    "7": "knowledge_graph.Element.created_by",
}


def each_expected(findings, **address):
    """A case for each of `findings`."""
    return [
        pytest.param(*address.values(), expected, id="-".join([*address.values(), expected.mark]))
        for expected in findings
    ]


EACH_EXPECTED = [
    case for address, findings in ADDRESSES.items() for case in each_expected(findings, address=address)
]


def first_hops(expected):
    return sorted((finding.kind, finding.label) for finding in expected)


def test_every_endpoint_and_action_is_in_the_list():
    for endpoint, viewset in NAIVE.items():
        actions = {action.url_path for action in viewset.get_extra_actions()}
        assert actions == {action.url_path for action in OPTIMIZED[endpoint].get_extra_actions()}
        for path in ("", "{", *(f"{action}/" for action in actions)):
            address = f"api/{{side}}/{endpoint}/{path}"
            assert any(written.startswith(address) for written in ADDRESSES), address


def test_the_seven_are_in_the_list():
    listed = {(expected.mark, expected.label) for findings in LISTS.values() for expected in findings}
    assert set(SEVEN.items()) <= listed


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_naive_side_has_the_findings_of_the_list_and_no_other(visit, reports, address):
    visit("naive", address)
    assert first_hops(reports[-1].findings) == first_hops(ADDRESSES[address])


@pytest.mark.parametrize(("address", "expected"), EACH_EXPECTED)
def test_a_finding_has_its_place_and_its_fix(visit, reports, address, expected):
    visit("naive", address)
    require_found(expected, reports[-1].findings)


def each_page():
    pages = [(address, {}) for address in ADDRESSES]
    pages += [(address, {"page_size": 100}) for address in LISTS]
    # Only a few of the reports are of the period.
    return pages + [(address, {"page": 2}) for address in LISTS if "by_period" not in address]


@pytest.mark.parametrize(("address", "page"), each_page())
def test_the_optimized_side_is_fine(visit, reports, address, page):
    visit("optimized", address, **page)
    assert reports[-1].findings == ()


@pytest.fixture
def task_report(platform, reports):
    """Runs a task, and gives the guard's report and what the task wrote."""

    def run(task):
        assert task(MONDAY) == 12
        (report,) = reports
        reports.clear()
        assert report.scope_kind == "task"
        written = TutorWeeklyReport.objects.order_by("tutor").values_list("tutor", "week_start", "summary")
        return report, list(written)

    return run


def test_the_task_has_the_findings_of_the_list_and_no_other(task_report):
    report, _written = task_report(write_tutor_reports_naive)
    assert first_hops(report.findings) == first_hops(TASK)


@pytest.mark.parametrize("expected", each_expected(TASK))
def test_a_finding_of_the_task_has_its_place_and_its_fix(task_report, expected):
    report, _written = task_report(write_tutor_reports_naive)
    require_found(expected, report.findings)


def test_the_optimized_task_writes_the_same_and_is_fine(task_report):
    naive, written_naively = task_report(write_tutor_reports_naive)
    optimized, written = task_report(write_tutor_reports_optimized)
    assert optimized.findings == ()
    assert written == written_naively
    assert {summary for _tutor, _week, summary in written} >= {"0 lessons held.", "3 lessons held."}
    assert optimized.statements <= 3
    assert naive.statements == 2 + 2 * 12
