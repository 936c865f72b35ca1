"""What does the API say of a report? The same on the naive and the optimized side.

The `# N+1` marks are explained in `demo_site/accounts/serializers.py`.
"""

from __future__ import annotations

from rest_framework import serializers

from ..assignments.models import AssignmentSubmission
from ..serializers import RowSerializer
from .models import StudentReport


class StudentReportSerializer(RowSerializer[StudentReport]):
    student_name = serializers.CharField(source="student.full_name")  # N+1 (report student)
    author = serializers.CharField(source="created_by.full_name")  # N+1 (report author)

    class Meta:
        model = StudentReport
        fields = ["id", "student_name", "author", "title", "score", "created_at"]
        read_only_fields = fields


class ReportedSubmissionSerializer(RowSerializer[AssignmentSubmission]):
    assignment = serializers.CharField(source="assignment.title")  # N+1 (reported assignment)

    class Meta:
        model = AssignmentSubmission
        fields = ["id", "assignment", "status", "score"]
        read_only_fields = fields
