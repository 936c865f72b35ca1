from django.contrib import admin

from .models import Lesson, TutorAssignment


@admin.register(Lesson)
class LessonAdmin(admin.ModelAdmin):
    list_display = ["start_time", "student", "tutor", "status", "created_by"]
    list_select_related = ["student", "tutor", "created_by"]
    list_filter = ["status"]
    search_fields = ["student__email", "tutor__email"]
    date_hierarchy = "start_time"
    autocomplete_fields = ["created_by", "tutor", "student"]


@admin.register(TutorAssignment)
class TutorAssignmentAdmin(admin.ModelAdmin):
    list_display = ["student", "tutor", "assigned_to"]
    list_select_related = ["student", "tutor", "assigned_to"]
    search_fields = ["student__email", "tutor__email"]
    autocomplete_fields = ["student", "tutor", "assigned_to"]
