"""The catalogue of materials as a page: one template, whose loop costs what the view did not load."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render

from .models import Material

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

TEMPLATE = "materials/catalogue.html"
SHOWN = 20


def naive_catalogue(request: HttpRequest) -> HttpResponse:
    return render(request, TEMPLATE, {"materials": _newest()[:SHOWN]})


def optimized_catalogue(request: HttpRequest) -> HttpResponse:
    materials = _newest().select_related("created_by").prefetch_related("comments__author")
    return render(request, TEMPLATE, {"materials": materials[:SHOWN]})


def _newest() -> QuerySet[Material]:
    return Material.objects.filter(status=Material.Status.PUBLISHED).order_by("-created_at", "-id")
