"""How are submissions and answers listed without statements per row? What they refer to is joined."""

from ..viewsets import ReadOnlyViewSet
from .models import AssignmentAnswer, AssignmentSubmission
from .serializers import AssignmentAnswerSerializer, AssignmentSubmissionSerializer


class AssignmentSubmissionViewSet(ReadOnlyViewSet):
    queryset = AssignmentSubmission.objects.select_related("student").order_by("-submitted_at", "-id")
    serializer_class = AssignmentSubmissionSerializer


class AssignmentAnswerViewSet(ReadOnlyViewSet):
    queryset = AssignmentAnswer.objects.select_related("question__assignment").order_by("id")
    serializer_class = AssignmentAnswerSerializer
