"""Does `OptimizedViewSet` say what is wrong with its mapping of actions to querysets?"""

from __future__ import annotations

from unittest import mock

import pytest
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from rest_framework.decorators import action
from rest_framework.test import APIRequestFactory

from demo_site.accounts.models import User
from demo_site.api_urls import NAIVE, OPTIMIZED
from demo_site.knowledge_graph.models import Element
from demo_site.knowledge_graph.serializers import ElementSerializer
from demo_site.serializers import RowSerializer
from demo_site.viewsets import OptimizedViewSet, built_once


def elements(request):
    return Element.objects.order_by("id")


class ElementViewSet(OptimizedViewSet):
    serializer_class = ElementSerializer

    @action(detail=False)
    def by_author(self, request):
        return self.list(request)


def test_an_action_without_a_queryset_is_an_error_with_the_nearest_name():
    with pytest.raises(ImproperlyConfigured) as caught:

        class Misspelt(ElementViewSet):
            querysets = {"list": elements, "retrieve": elements, "by_autor": elements}

    assert str(caught.value) == (
        "Misspelt has no queryset for its action 'by_author': add it to Misspelt.querysets"
        " (did you mean 'by_autor'?)."
    )


def test_an_action_without_a_queryset_and_nothing_like_it_is_an_error_without_a_guess():
    with pytest.raises(ImproperlyConfigured, match=r"action 'by_author': add it to Forgotten.querysets\.$"):

        class Forgotten(ElementViewSet):
            querysets = {"list": elements, "retrieve": elements}


def test_a_queryset_without_an_action_is_an_error_with_the_nearest_name():
    every = dict.fromkeys(("list", "retrieve", "by_author"), elements)
    with pytest.raises(
        ImproperlyConfigured, match=r"has 'by_authors', .* no such action \(did you mean 'by_author'\?\)"
    ):

        class Superfluous(ElementViewSet):
            querysets = {**every, "by_authors": elements}


def test_a_viewset_without_any_queryset_says_so_when_it_is_asked():
    view = ElementViewSet.as_view({"get": "list"})
    with pytest.raises(ImproperlyConfigured, match=r"no queryset for its action 'list'"):
        view(APIRequestFactory().get("/"))


def test_an_action_gets_its_own_queryset_with_the_request(db):
    asked = []

    def by_author(request):
        asked.append(request.query_params["author"])
        return elements(request)

    class Good(ElementViewSet):
        querysets = {"list": elements, "retrieve": elements, "by_author": by_author}

    response = Good.as_view({"get": "by_author"})(APIRequestFactory().get("/", {"author": "7"}))
    assert response.status_code == 200
    assert asked == ["7"]


def test_every_optimized_endpoint_is_an_optimized_viewset():
    assert list(NAIVE) == list(OPTIMIZED)
    for endpoint in NAIVE:
        assert issubclass(OPTIMIZED[endpoint], OptimizedViewSet)
        assert not issubclass(NAIVE[endpoint], OptimizedViewSet)


@pytest.mark.urls("demo_site.urls")
@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_what_an_endpoint_can_do_may_be_asked_for(client, db, accept):
    for endpoint in OPTIMIZED:
        assert client.options(f"/api/optimized/{endpoint}/", HTTP_ACCEPT=accept).status_code == 200


def test_a_queryset_that_is_built_once_is_asked_anew_each_time(db):
    built = []

    @built_once
    def public_elements():
        built.append("once")
        return Element.objects.filter(is_public=True)

    assert built == []
    first, second = public_elements(APIRequestFactory().get("/")), public_elements()
    assert built == ["once"]
    assert list(first) == []
    author = User.objects.create(email="author@example.org")
    Element.objects.create(created_by=author, title="New", is_public=True)
    assert [element.title for element in second] == ["New"]
    assert [element.title for element in public_elements()] == ["New"]


def test_the_fields_of_a_serializer_are_worked_out_once_and_are_its_own():
    class TitleSerializer(ElementSerializer):
        class Meta(ElementSerializer.Meta):
            fields = ["id", "title"]

    with mock.patch.object(TitleSerializer, "build_field", autospec=True, side_effect=RowSerializer.build_field):
        first, second = TitleSerializer().fields, TitleSerializer().fields
        assert TitleSerializer.build_field.call_count == 2
    assert list(first) == list(second) == ["id", "title"]
    assert first["title"] is not second["title"]
    assert list(ElementSerializer().fields) == ElementSerializer.Meta.fields


def test_rows_are_counted_once_a_minute(db, assert_max_queries):
    author = User.objects.create(email="author@example.org")
    Element.objects.create(created_by=author, title="Earlier")
    listed = OPTIMIZED["elements"].as_view({"get": "list"})

    def count(budget, **query):
        with assert_max_queries(budget):
            return listed(APIRequestFactory().get("/", query)).data["count"]

    assert count(2) == 1
    Element.objects.create(created_by=author, title="Later")
    assert count(1) == 1
    assert count(2, search="e") == 2  # counted for itself
    cache.clear()
    assert count(2) == 2
