"""What does the API say of submissions and answers? The same on the naive and the optimized side.

The `# N+1` marks are explained in `demo_site/accounts/serializers.py`.
"""

from __future__ import annotations

from rest_framework import serializers

from ..serializers import RowSerializer
from .models import AssignmentAnswer, AssignmentSubmission, SubmissionVersion


class AssignmentSubmissionSerializer(RowSerializer[AssignmentSubmission]):
    student_name = serializers.SerializerMethodField()

    class Meta:
        model = AssignmentSubmission
        fields = ["id", "student_name", "assignment", "status", "score", "submitted_at", "graded_at"]
        read_only_fields = fields

    def get_student_name(self, submission: AssignmentSubmission) -> str:
        return submission.student.get_full_name()  # N+1 (2)


class GivenAnswerSerializer(RowSerializer[AssignmentAnswer]):
    question = serializers.CharField(source="question.text")  # N+1 (question)

    class Meta:
        model = AssignmentAnswer
        fields = ["id", "question", "text", "is_correct"]
        read_only_fields = fields


class SubmissionVersionSerializer(RowSerializer[SubmissionVersion]):
    class Meta:
        model = SubmissionVersion
        fields = ["number", "content", "created_at"]
        read_only_fields = fields


class SubmissionDetailSerializer(AssignmentSubmissionSerializer):
    answers = GivenAnswerSerializer(many=True)
    versions = SubmissionVersionSerializer(many=True)

    class Meta(AssignmentSubmissionSerializer.Meta):
        fields = [*AssignmentSubmissionSerializer.Meta.fields, "answers", "versions"]
        read_only_fields = fields


class AssignmentAnswerSerializer(RowSerializer[AssignmentAnswer]):
    assignment_title = serializers.SerializerMethodField()

    class Meta:
        model = AssignmentAnswer
        fields = ["id", "assignment_title", "submission", "question", "text", "is_correct"]
        read_only_fields = fields

    def get_assignment_title(self, answer: AssignmentAnswer) -> str:
        return answer.question.assignment.title  # N+1 (3)
