"""Do both sides of the API say the same, and does the optimized one stay with a few statements?"""

from __future__ import annotations

import pytest

from demo_site.api_urls import ENDPOINTS
from demo_site.chat.models import ChatRoom

pytestmark = [pytest.mark.urls("demo_site.api_urls"), pytest.mark.usefixtures("seeded")]


def page_of(client, side, endpoint, **query):
    response = client.get(f"/api/{side}/{endpoint}/", query)
    assert response.status_code == 200, response.content
    page = response.json()
    for link in ("next", "previous"):
        page[link] = page[link] and page[link].replace(f"/api/{side}/", "/api/…/")
    return page


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("query", [{}, {"page": 2}, {"page_size": 7}], ids=["first", "second", "short"])
def test_both_sides_return_the_same_page(client, endpoint, query):
    naive = page_of(client, "naive", endpoint, **query)
    assert naive["results"]
    assert naive == page_of(client, "optimized", endpoint, **query)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_both_sides_return_the_same_single_row(client, endpoint):
    number = page_of(client, "naive", endpoint)["results"][-1]["id"]
    naive = client.get(f"/api/naive/{endpoint}/{number}/")
    assert naive.status_code == 200
    assert naive.json() == client.get(f"/api/optimized/{endpoint}/{number}/").json()


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("page_size", [20, 100])
def test_an_optimized_list_takes_at_most_four_statements(
    client, endpoint, page_size, django_assert_max_num_queries
):
    with django_assert_max_num_queries(4):
        page_of(client, "optimized", endpoint, page_size=page_size)


@pytest.mark.parametrize("side", ["naive", "optimized"])
def test_messages_can_be_asked_for_by_room(client, side):
    room = ChatRoom.objects.filter(messages__isnull=False).first()
    page = page_of(client, side, "messages", room=room.pk)
    assert page["count"] == room.messages.count()
    assert {message["room"] for message in page["results"]} == {room.pk}


@pytest.mark.parametrize("side", ["naive", "optimized"])
def test_a_room_that_is_no_number_is_a_bad_request(client, side):
    assert client.get(f"/api/{side}/messages/", {"room": "lounge"}).status_code == 400


@pytest.mark.parametrize("side", ["naive", "optimized"])
def test_a_teacher_who_writes_has_no_avatar(client, side):
    avatars = {message["sender_avatar"] for message in page_of(client, side, "messages", page_size=100)["results"]}
    assert "" in avatars
    assert len(avatars) > 1
