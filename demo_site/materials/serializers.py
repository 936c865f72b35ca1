"""What does the API say of a material? The same on the naive and the optimized side.

The `# N+1` marks are explained in `demo_site/accounts/serializers.py`.
"""

from __future__ import annotations

from rest_framework import serializers

from ..serializers import RowSerializer
from .models import Material, MaterialComment, MaterialFile

SUMMED_UP = ["progress", "completion_count", "average_score"]


class MaterialFileSerializer(RowSerializer[MaterialFile]):
    class Meta:
        model = MaterialFile
        fields = ["id", "name", "size"]
        read_only_fields = fields


class MaterialCommentSerializer(RowSerializer[MaterialComment]):
    author = serializers.CharField(source="author.full_name")  # N+1 (comment author)

    class Meta:
        model = MaterialComment
        fields = ["id", "author", "text", "created_at"]
        read_only_fields = fields


class MaterialSerializer(RowSerializer[Material]):
    subject_name = serializers.CharField(source="subject.name")  # N+1 (subject)
    author = serializers.CharField(source="created_by.full_name")  # N+1 (material author)
    files = MaterialFileSerializer(many=True)  # N+1 (files)

    class Meta:
        model = Material
        fields = ["id", "title", "subject", "subject_name", "author", "created_at", "files"]
        read_only_fields = fields


class ProgressSerializer(serializers.Serializer[object]):
    """How far the person who asks is with a material."""

    is_completed = serializers.BooleanField()
    score = serializers.IntegerField()
