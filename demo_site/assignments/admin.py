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


class AssignmentQuestionInline(admin.TabularInline):
    model = AssignmentQuestion
    extra = 1


@admin.register(Assignment)
class AssignmentAdmin(admin.ModelAdmin):
    list_display = ["title", "subject", "author", "due_date", "max_score"]
    list_select_related = ["subject", "author"]
    list_filter = ["subject"]
    search_fields = ["title"]
    date_hierarchy = "due_date"
    autocomplete_fields = ["subject", "author"]
    inlines = [AssignmentQuestionInline]


@admin.register(AssignmentQuestion)
class AssignmentQuestionAdmin(admin.ModelAdmin):
    list_display = ["assignment", "order", "text"]
    list_select_related = ["assignment"]
    search_fields = ["text", "assignment__title"]
    autocomplete_fields = ["assignment"]


@admin.register(AssignmentSubmission)
class AssignmentSubmissionAdmin(admin.ModelAdmin):
    list_display = ["id", "student", "assignment", "status", "score", "submitted_at", "graded_at"]
    list_select_related = ["student", "assignment"]
    list_filter = ["status"]
    search_fields = ["student__email", "assignment__title"]
    date_hierarchy = "submitted_at"
    autocomplete_fields = ["student", "assignment"]


@admin.register(SubmissionVersion)
class SubmissionVersionAdmin(admin.ModelAdmin):
    list_display = ["submission", "number", "created_at"]
    list_select_related = ["submission"]
    search_fields = ["submission__student__email"]
    date_hierarchy = "created_at"
    autocomplete_fields = ["submission"]


@admin.register(AssignmentAnswer)
class AssignmentAnswerAdmin(admin.ModelAdmin):
    list_display = ["submission", "question", "is_correct"]
    list_select_related = ["submission", "question"]
    list_filter = ["is_correct"]
    search_fields = ["submission__student__email", "text"]
    autocomplete_fields = ["submission", "question"]


@admin.register(AssignmentHistory)
class AssignmentHistoryAdmin(admin.ModelAdmin):
    list_display = ["assignment", "change", "changed_by", "change_time"]
    list_select_related = ["assignment", "changed_by"]
    search_fields = ["assignment__title", "changed_by__email"]
    date_hierarchy = "change_time"
    autocomplete_fields = ["assignment", "changed_by"]


@admin.register(PeerReviewAssignment)
class PeerReviewAssignmentAdmin(admin.ModelAdmin):
    list_display = ["submission", "reviewer", "status"]
    list_select_related = ["submission", "reviewer"]
    list_filter = ["status"]
    search_fields = ["reviewer__email"]
    autocomplete_fields = ["submission", "reviewer"]
