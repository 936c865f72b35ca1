"""Which materials may a request ask for?"""

from django_filters import rest_framework as filters

from ..filters import RowFilter
from .models import Material


class MaterialFilters(filters.FilterSet):
    subject = RowFilter(field_name="subject_id")
    created_by = RowFilter(field_name="created_by_id")

    class Meta:
        model = Material
        fields = ["subject", "created_by"]
