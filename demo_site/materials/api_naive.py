"""How does a hurried team list materials? With a statement for everything that is shown beside the title."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Avg
from rest_framework import serializers
from rest_framework.decorators import action

from ..accounts.serializers import rounded
from ..parameters import row_number
from ..viewsets import ReadOnlyViewSet
from .filters import MaterialFilters
from .models import Material
from .serializers import SUMMED_UP, MaterialCommentSerializer, MaterialSerializer, ProgressSerializer

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.response import Response


class MaterialListSerializer(MaterialSerializer):
    progress = serializers.SerializerMethodField()
    completion_count = serializers.SerializerMethodField()
    average_score = serializers.SerializerMethodField()

    class Meta(MaterialSerializer.Meta):
        fields = [*MaterialSerializer.Meta.fields, *SUMMED_UP]
        read_only_fields = fields

    def get_progress(self, material: Material) -> dict[str, Any] | None:
        user = self.context["request"].user
        if not user.is_authenticated:
            return None
        progress = material.progress.filter(student=user).first()  # N+1 (own progress)
        return None if progress is None else ProgressSerializer(progress).data

    def get_completion_count(self, material: Material) -> int:
        return material.progress.filter(is_completed=True).count()  # N+1 (completions)

    def get_average_score(self, material: Material) -> float | None:
        return rounded(material.progress.aggregate(average=Avg("score"))["average"])  # N+1 (average score)


class MaterialDetailSerializer(MaterialListSerializer):
    comments = MaterialCommentSerializer(many=True)

    class Meta(MaterialListSerializer.Meta):
        fields = [*MaterialListSerializer.Meta.fields, "comments"]
        read_only_fields = fields


class MaterialViewSet(ReadOnlyViewSet):
    queryset = Material.objects.filter(status=Material.Status.PUBLISHED).order_by("-created_at", "-id")
    serializer_class = MaterialListSerializer
    filterset_class = MaterialFilters
    search_fields = ["title"]
    ordering_fields = ["id", "title", "created_at"]

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Material]]:
        return MaterialDetailSerializer if self.action == "retrieve" else MaterialListSerializer

    @action(detail=False)
    def by_subject(self, request: Request) -> Response:
        return self.respond_with(self.get_queryset().filter(subject_id=row_number(request, "subject")))
