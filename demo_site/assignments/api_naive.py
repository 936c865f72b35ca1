"""How does a hurried team list submissions and answers? With one or two statements per row."""

from ..viewsets import ReadOnlyViewSet
from .models import AssignmentAnswer, AssignmentSubmission
from .serializers import AssignmentAnswerSerializer, AssignmentSubmissionSerializer


class AssignmentSubmissionViewSet(ReadOnlyViewSet):
    queryset = AssignmentSubmission.objects.order_by("-submitted_at", "-id")
    serializer_class = AssignmentSubmissionSerializer


class AssignmentAnswerViewSet(ReadOnlyViewSet):
    queryset = AssignmentAnswer.objects.order_by("id")
    serializer_class = AssignmentAnswerSerializer
