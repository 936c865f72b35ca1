"""Do both sides say the same, and does the optimized one stay with a few statements?"""

from __future__ import annotations

import pytest

from .written_list import ADDRESSES, DETAILS, LISTS

pytestmark = pytest.mark.urls("demo_site.urls")

JSON = [address for address in ADDRESSES if not address.endswith(("catalogue/", "assignmentsubmission/"))]

ASKED = {
    "api/{side}/students/": [
        "grade=6",
        "tutor={tutor}",
        "parent={parent}",
        "search=student1@",
        "search=number 03",
        "ordering=-grade",
        "ordering=progress_percentage",
    ],
    "api/{side}/students/stats/": ["grade=6", "search=number 03", "ordering=-id"],
    "api/{side}/submissions/": [
        "status=graded",
        "student={user}",
        "assignment={assignment}",
        "search=number 03",
        "ordering=score",
        "ordering=-score",
        "ordering=submitted_at",
    ],
    "api/{side}/submissions/by_assignment/?assignment={assignment}": ["status=graded", "ordering=-score"],
    "api/{side}/messages/": ["room={room}", "sender={user}", "message_type=text", "ordering=created_at"],
    "api/{side}/messages/by_thread/?thread={thread}": ["sender={user}", "ordering=created_at"],
    "api/{side}/materials/": [
        "subject={subject}",
        "created_by={teacher}",
        "search=material 2",
        "ordering=title",
        "ordering=-created_at",
    ],
    "api/{side}/materials/by_subject/?subject={subject}": ["search=material 2", "ordering=-title"],
    "api/{side}/chat-rooms/": [
        "is_active=false",
        "created_by={teacher}",
        "search=room 1",
        "ordering=updated_at",
        "ordering=-name",
    ],
    "api/{side}/chat-rooms/active/": ["search=room 1", "ordering=name"],
    "api/{side}/reports/": [
        "student={user}",
        "created_by={tutor}",
        "search=report 0",
        "ordering=score",
        "ordering=-score,created_at",
    ],
    "api/{side}/reports/by_period/?from=2026-01-05&to=2026-01-06": ["search=report 0", "ordering=-score"],
    "api/{side}/answers/": ["submission={submission}", "is_correct=true", "ordering=-id"],
    "api/{side}/student-progress/": ["search=number 1", "ordering=-last_name"],
    "api/{side}/elements/": [
        "element_type=quiz",
        "difficulty=2",
        "is_public=true",
        "created_by={teacher}",
        "search=element 1",
        "ordering=-difficulty",
    ],
}
"""What a list is asked for, beside its pages. The filters keep some rows and leave out others."""

REFUSED = [
    "students/?grade=high",
    "students/?tutor=nobody",
    "submissions/?status=lost",
    "submissions/by_assignment/",
    "submissions/by_assignment/?assignment=first",
    "messages/?room=lounge",
    "messages/?room=99999999999999999999",
    "messages/by_thread/?thread=-1",
    "materials/by_subject/?subject=99999999999999999999",
    "reports/by_period/",
    "reports/by_period/?from=2026-01-01",
    "reports/by_period/?from=2026-01-01&to=2026-02-30",
]


def each_question():
    return [(address, question) for address, questions in ASKED.items() for question in questions]


def said_by(visit, side, address, **query):
    said = visit(side, address, **query).json()
    for link in ("next", "previous"):
        if said.get(link):
            said[link] = said[link].replace(f"/api/{side}/", "/api/…/")
    return said


@pytest.mark.parametrize("address", JSON)
def test_both_sides_say_the_same(visit, address):
    naive = said_by(visit, "naive", address)
    assert naive
    assert naive == said_by(visit, "optimized", address)


@pytest.mark.parametrize("address", [address for address in JSON if "active" not in address])
def test_both_sides_say_the_same_to_who_has_not_signed_in(visit, client, address):
    client.logout()
    assert said_by(visit, "naive", address) == said_by(visit, "optimized", address)


@pytest.mark.parametrize("query", [{"page": 2, "page_size": 7}, {"page_size": 7}, {"page_size": 100}], ids=str)
@pytest.mark.parametrize("address", LISTS)
def test_both_sides_return_the_same_page(visit, address, query):
    naive = said_by(visit, "naive", address, **query)
    assert naive["results"]
    assert naive == said_by(visit, "optimized", address, **query)


@pytest.mark.parametrize(("address", "question"), each_question())
def test_both_sides_filter_and_order_alike(visit, platform, address, question):
    query = dict([question.format(**vars(platform)).split("=")], page_size=100)
    naive = said_by(visit, "naive", address, **query)
    assert naive == said_by(visit, "optimized", address, **query)
    everything = said_by(visit, "naive", address, page_size=100)
    if question.startswith("ordering"):
        field = question.partition("=")[2].partition(",")[0]
        values = [row[field.lstrip("-")] for row in naive["results"]]
        known = [value for value in values if value is not None]  # databases differ in where nothing goes
        assert known == sorted(known, reverse=field.startswith("-"))
        assert naive["count"] == everything["count"]
    else:
        assert 0 < naive["count"] < everything["count"]


@pytest.mark.parametrize("question", REFUSED)
@pytest.mark.parametrize("side", ["naive", "optimized"])
def test_what_cannot_be_meant_is_a_bad_request(client, platform, side, question):
    assert client.get(f"/api/{side}/{question}").status_code == 400


@pytest.mark.parametrize("side", ["naive", "optimized"])
def test_a_row_that_is_not_there_is_not_found(client, platform, side):
    for number in ("0", "99999999999999999999", "first"):
        assert client.get(f"/api/{side}/materials/{number}/").status_code == 404


@pytest.mark.parametrize("side", ["naive", "optimized"])
def test_a_row_that_a_filter_leaves_out_is_not_found(client, visit, platform, side):
    address = "api/{side}/students/{student}/"
    grade = said_by(visit, side, address)["grade"]
    assert said_by(visit, side, address, grade=grade)["grade"] == grade
    path = f"/{address.format(side=side, student=platform.student)}"
    assert client.get(path, {"grade": grade + 1}).status_code == 404


@pytest.mark.parametrize("side", ["naive", "optimized"])
def test_active_rooms_are_for_those_who_signed_in(client, visit, platform, side):
    assert client.get(f"/api/{side}/chat-rooms/").status_code == 200
    rooms = said_by(visit, side, "api/{side}/chat-rooms/active/", page_size=100)["results"]
    assert len(rooms) == 23
    assert all(room["is_active"] for room in rooms)
    client.logout()
    assert client.get(f"/api/{side}/chat-rooms/active/").status_code == 403


@pytest.mark.parametrize("side", ["naive", "optimized"])
def test_a_period_has_both_its_first_and_its_last_day(visit, side):
    for first, last, count in (("05", "05", 12), ("05", "06", 24), ("06", "09", 12), ("07", "09", 0)):
        period = f"?from=2026-01-{first}&to=2026-01-{last}"
        assert said_by(visit, side, f"api/{{side}}/reports/by_period/{period}")["count"] == count


@pytest.mark.parametrize("side", ["naive", "optimized"])
def test_a_draft_is_not_shown(client, visit, platform, side):
    shown = said_by(visit, side, "api/{side}/materials/", page_size=100)["results"]
    assert len(shown) == 36
    assert client.get(f"/api/{side}/materials/{platform.draft}/").status_code == 404


@pytest.mark.parametrize("side", ["naive", "optimized"])
def test_a_teacher_who_writes_has_no_avatar(visit, side):
    page = said_by(visit, side, "api/{side}/messages/", page_size=100)
    avatars = {message["sender_avatar"] for message in page["results"]}
    assert "" in avatars
    assert len(avatars) > 1


@pytest.mark.parametrize("page_size", [20, 100])
@pytest.mark.parametrize("address", LISTS)
def test_an_optimized_list_takes_at_most_four_statements(visit, assert_max_queries, address, page_size):
    with assert_max_queries(4):
        visit("optimized", address, page_size=page_size)


@pytest.mark.parametrize("address", DETAILS)
def test_an_optimized_row_takes_at_most_five_statements(visit, assert_max_queries, address):
    with assert_max_queries(5):
        visit("optimized", address)


@pytest.mark.parametrize("address", LISTS)
def test_an_optimized_list_takes_a_tenth_of_the_statements(visit, client, reports, address):
    if "active" not in address:
        client.logout()  # who is signed in costs both sides one more
    for side in ("naive", "optimized"):
        assert len(said_by(visit, side, address)["results"]) == 20
    naive, optimized = (report.statements for report in reports)
    assert optimized <= naive / 10


@pytest.mark.parametrize("address", ["{side}/catalogue/", "{side}/admin/assignments/assignmentsubmission/"])
def test_both_pages_show_the_same(visit, reports, address):
    naive, optimized = (visit(side, address) for side in ("naive", "optimized"))
    assert rows_of(naive) == rows_of(optimized)
    assert reports[-1].statements <= 4


def rows_of(page):
    """What is shown of each row, without tokens and addresses of the page around it."""
    text = page.content.decode()
    start, end = ("<h1>", "</body>") if "<tbody>" not in text else ("<tbody>", "</tbody>")
    return text[text.index(start) : text.index(end)].replace("/naive/", "/optimized/")


@pytest.mark.parametrize("address", ["api/{side}/", *LISTS, *DETAILS])
def test_a_browser_is_shown_the_optimized_side_without_a_statement_more(client, visit, reports, address):
    client.defaults["HTTP_ACCEPT"] = "text/html"
    assert "text/html" in visit("optimized", address)["Content-Type"]
    assert reports[-1].statements <= 5
    assert reports[-1].findings == ()
