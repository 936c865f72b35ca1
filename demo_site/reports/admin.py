from django.contrib import admin

from .models import StudentReport, TeacherWeeklyReport, TutorWeeklyReport


@admin.register(StudentReport)
class StudentReportAdmin(admin.ModelAdmin):
    list_display = ["title", "student", "created_by", "score", "created_at"]
    list_select_related = ["student", "created_by"]
    search_fields = ["title", "student__email"]
    date_hierarchy = "created_at"
    autocomplete_fields = ["student", "created_by", "assignments"]


@admin.register(TutorWeeklyReport)
class TutorWeeklyReportAdmin(admin.ModelAdmin):
    list_display = ["tutor", "week_start", "summary"]
    list_select_related = ["tutor"]
    search_fields = ["tutor__email"]
    date_hierarchy = "week_start"
    autocomplete_fields = ["tutor"]


@admin.register(TeacherWeeklyReport)
class TeacherWeeklyReportAdmin(admin.ModelAdmin):
    list_display = ["teacher", "week_start", "summary"]
    list_select_related = ["teacher"]
    search_fields = ["teacher__email"]
    date_hierarchy = "week_start"
    autocomplete_fields = ["teacher"]
