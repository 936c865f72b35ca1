"""Which submissions and answers may a request ask for?"""

from django_filters import rest_framework as filters

from ..filters import RowFilter
from .models import AssignmentAnswer, AssignmentSubmission


class AssignmentSubmissionFilters(filters.FilterSet):
    student = RowFilter(field_name="student_id")
    assignment = RowFilter(field_name="assignment_id")

    class Meta:
        model = AssignmentSubmission
        fields = ["status", "student", "assignment"]


class AssignmentAnswerFilters(filters.FilterSet):
    submission = RowFilter(field_name="submission_id")

    class Meta:
        model = AssignmentAnswer
        fields = ["is_correct", "submission"]
