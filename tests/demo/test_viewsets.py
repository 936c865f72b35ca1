"""Does `OptimizedViewSet` say what is wrong with its mapping of actions to querysets?"""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from rest_framework.decorators import action
from rest_framework.test import APIRequestFactory

from demo_site.api_urls import NAIVE, OPTIMIZED
from demo_site.knowledge_graph.models import Element
from demo_site.knowledge_graph.serializers import ElementSerializer
from demo_site.viewsets import OptimizedViewSet


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
