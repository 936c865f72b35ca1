"""Which reports may a request ask for?"""

from django_filters import rest_framework as filters

from ..filters import RowFilter
from .models import StudentReport


class StudentReportFilters(filters.FilterSet):
    student = RowFilter(field_name="student_id")
    created_by = RowFilter(field_name="created_by_id")

    class Meta:
        model = StudentReport
        fields = ["student", "created_by"]
