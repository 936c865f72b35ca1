"""Which students may a request ask for?"""

from django_filters import rest_framework as filters

from ..filters import RowFilter
from .models import StudentProfile


class StudentProfileFilters(filters.FilterSet):
    tutor = RowFilter(field_name="tutor_id")
    parent = RowFilter(field_name="parent_id")

    class Meta:
        model = StudentProfile
        fields = ["grade", "tutor", "parent"]
