"""How are materials listed in three statements? One for the rows, with all that can be joined or counted there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F, FilteredRelation, Prefetch, Q
from rest_framework import serializers
from rest_framework.decorators import action

from ..accounts.serializers import names_of, rounded
from ..parameters import row_number
from ..subqueries import average_of, count_of
from ..viewsets import OptimizedViewSet, built_once
from .filters import MaterialFilters
from .models import Material, MaterialComment, MaterialFile, MaterialProgress
from .serializers import SUMMED_UP, MaterialCommentSerializer, MaterialFileSerializer, MaterialSerializer

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet
    from rest_framework.request import Request
    from rest_framework.response import Response

    from ..accounts.models import User


class OwnProgressSerializer(serializers.Serializer[Material]):
    """How far the person who asks is, which the query read into the material itself."""

    is_completed = serializers.BooleanField(source="own_is_completed")
    score = serializers.IntegerField(source="own_score")

    def to_representation(self, material: Any) -> dict[str, Any] | None:
        known = getattr(material, "own_is_completed", None) is not None
        return super().to_representation(material) if known else None


class MaterialListSerializer(MaterialSerializer):
    files = MaterialFileSerializer(source="shown_files", many=True)
    progress = OwnProgressSerializer(source="*")  # one serializer for all rows
    completion_count = serializers.IntegerField()
    average_score = serializers.SerializerMethodField()

    class Meta(MaterialSerializer.Meta):
        fields = [*MaterialSerializer.Meta.fields, *SUMMED_UP]
        read_only_fields = fields

    def get_average_score(self, material: Any) -> float | None:
        return rounded(material.average_score)


class MaterialDetailSerializer(MaterialListSerializer):
    comments = MaterialCommentSerializer(many=True)

    class Meta(MaterialListSerializer.Meta):
        fields = [*MaterialListSerializer.Meta.fields, "comments"]
        read_only_fields = fields


@built_once
def published() -> QuerySet[Material]:
    progress = MaterialProgress.objects.all()
    return (
        Material.objects.filter(status=Material.Status.PUBLISHED)
        .select_related("subject", "created_by")
        .only("title", "created_at", "subject__name", *names_of("created_by"))
        .prefetch_related(Prefetch("files", queryset=MaterialFile.objects.order_by("id"), to_attr="shown_files"))
        .annotate(
            completion_count=count_of(progress.filter(is_completed=True), "material"),
            average_score=average_of(progress, "score", "material"),
        )
        .order_by("-created_at", "-id")
    )


@built_once
def published_with_comments() -> QuerySet[Material]:
    comments = MaterialComment.objects.select_related("author").order_by("id")
    return published().prefetch_related(Prefetch("comments", queryset=comments))


def with_progress_of(user: User | AnonymousUser, rows: QuerySet[Material]) -> QuerySet[Material]:
    """A student has one progress in a material at most, so it can be joined."""
    if not user.is_authenticated:
        return rows
    own = FilteredRelation("progress", condition=Q(progress__student=user))
    return rows.annotate(own=own, own_is_completed=F("own__is_completed"), own_score=F("own__score"))


def materials(request: Request) -> QuerySet[Material]:
    return with_progress_of(request.user, published())


def materials_with_comments(request: Request) -> QuerySet[Material]:
    return with_progress_of(request.user, published_with_comments())


def materials_of_subject(request: Request) -> QuerySet[Material]:
    return materials(request).filter(subject_id=row_number(request, "subject"))


class MaterialViewSet(OptimizedViewSet):
    querysets = {"list": materials, "retrieve": materials_with_comments, "by_subject": materials_of_subject}
    serializer_class = MaterialListSerializer
    filterset_class = MaterialFilters
    search_fields = ["title"]
    ordering_fields = ["id", "title", "created_at"]

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Material]]:
        return MaterialDetailSerializer if self.action == "retrieve" else MaterialListSerializer

    @action(detail=False)
    def by_subject(self, request: Request) -> Response:
        return self.list(request)
