from django.contrib import admin

from .models import (
    Assignment,
    AssignmentAnswer,
    AssignmentHistory,
    AssignmentQuestion,
    AssignmentSubmission,
    PeerReviewAssignment,
    SubmissionVersion,
)

admin.site.register(
    [
        Assignment,
        AssignmentQuestion,
        AssignmentSubmission,
        SubmissionVersion,
        AssignmentAnswer,
        AssignmentHistory,
        PeerReviewAssignment,
    ]
)
