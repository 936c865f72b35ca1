"""What does the API say of an element? The same on the naive and the optimized side.

The `# N+1` marks are explained in `demo_site/accounts/serializers.py`.
"""

from __future__ import annotations

from rest_framework import serializers

from ..serializers import RowSerializer
from .models import Element


class ElementSerializer(RowSerializer[Element]):
    author = serializers.SerializerMethodField()

    class Meta:
        model = Element
        fields = ["id", "title", "author", "element_type", "difficulty", "is_public"]
        read_only_fields = fields

    def get_author(self, element: Element) -> str:
        return element.created_by.get_full_name()  # N+1 (7)
