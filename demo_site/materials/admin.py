from django.contrib import admin

from .models import (
    Material,
    MaterialComment,
    MaterialDownloadLog,
    MaterialFile,
    MaterialProgress,
    MaterialSubmission,
    Subject,
    SubjectEnrollment,
)


@admin.register(Subject)
class SubjectAdmin(admin.ModelAdmin):
    list_display = ["name"]
    search_fields = ["name"]


@admin.register(SubjectEnrollment)
class SubjectEnrollmentAdmin(admin.ModelAdmin):
    list_display = ["student", "subject", "teacher"]
    list_select_related = ["student", "subject", "teacher"]
    list_filter = ["subject"]
    search_fields = ["student__email", "teacher__email"]
    autocomplete_fields = ["student", "subject", "teacher"]


class MaterialFileInline(admin.TabularInline):
    model = MaterialFile
    extra = 1


@admin.register(Material)
class MaterialAdmin(admin.ModelAdmin):
    list_display = ["title", "subject", "created_by", "status", "created_at"]
    list_select_related = ["subject", "created_by"]
    list_filter = ["status", "subject"]
    search_fields = ["title"]
    date_hierarchy = "created_at"
    autocomplete_fields = ["subject", "created_by"]
    inlines = [MaterialFileInline]


@admin.register(MaterialFile)
class MaterialFileAdmin(admin.ModelAdmin):
    list_display = ["name", "size", "material"]
    list_select_related = ["material"]
    search_fields = ["name", "material__title"]
    autocomplete_fields = ["material"]


@admin.register(MaterialComment)
class MaterialCommentAdmin(admin.ModelAdmin):
    list_display = ["material", "author", "text", "created_at"]
    list_select_related = ["material", "author"]
    search_fields = ["text", "author__email"]
    date_hierarchy = "created_at"
    autocomplete_fields = ["material", "author"]


@admin.register(MaterialProgress)
class MaterialProgressAdmin(admin.ModelAdmin):
    list_display = ["student", "material", "is_completed", "score"]
    list_select_related = ["student", "material"]
    list_filter = ["is_completed"]
    search_fields = ["student__email", "material__title"]
    autocomplete_fields = ["student", "material"]


@admin.register(MaterialSubmission)
class MaterialSubmissionAdmin(admin.ModelAdmin):
    list_display = ["student", "material", "created_at"]
    list_select_related = ["student", "material"]
    search_fields = ["student__email", "material__title"]
    date_hierarchy = "created_at"
    autocomplete_fields = ["student", "material"]


@admin.register(MaterialDownloadLog)
class MaterialDownloadLogAdmin(admin.ModelAdmin):
    list_display = ["user", "material", "downloaded_at"]
    list_select_related = ["user", "material"]
    search_fields = ["user__email", "material__title"]
    date_hierarchy = "downloaded_at"
    autocomplete_fields = ["user", "material"]
