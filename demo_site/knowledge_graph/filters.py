"""Which elements may a request ask for?"""

from django_filters import rest_framework as filters

from ..filters import RowFilter
from .models import Element


class ElementFilters(filters.FilterSet):
    created_by = RowFilter(field_name="created_by_id")

    class Meta:
        model = Element
        fields = ["element_type", "difficulty", "is_public", "created_by"]
