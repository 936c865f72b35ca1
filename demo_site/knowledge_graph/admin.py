from django.contrib import admin

from .models import (
    Dependency,
    Element,
    ElementFile,
    ElementProgress,
    Graph,
    GraphLesson,
    Lesson,
    StudentLessonUnlock,
)


class ElementFileInline(admin.TabularInline):
    model = ElementFile
    extra = 1
    autocomplete_fields = ["uploaded_by"]


@admin.register(Element)
class ElementAdmin(admin.ModelAdmin):
    list_display = ["title", "element_type", "difficulty", "is_public", "created_by"]
    list_select_related = ["created_by"]
    list_filter = ["element_type", "is_public", "difficulty"]
    search_fields = ["title"]
    autocomplete_fields = ["created_by"]
    inlines = [ElementFileInline]


@admin.register(ElementFile)
class ElementFileAdmin(admin.ModelAdmin):
    list_display = ["name", "size", "element", "uploaded_by", "uploaded_at"]
    list_select_related = ["element", "uploaded_by"]
    search_fields = ["name", "element__title"]
    date_hierarchy = "uploaded_at"
    autocomplete_fields = ["element", "uploaded_by"]


@admin.register(ElementProgress)
class ElementProgressAdmin(admin.ModelAdmin):
    list_display = ["student", "element", "is_completed", "score", "created_at"]
    list_select_related = ["student", "element"]
    list_filter = ["is_completed"]
    search_fields = ["student__email", "element__title"]
    date_hierarchy = "created_at"
    autocomplete_fields = ["student", "element"]


@admin.register(Lesson)
class LessonAdmin(admin.ModelAdmin):
    list_display = ["title"]
    search_fields = ["title"]
    autocomplete_fields = ["elements"]


class GraphLessonInline(admin.TabularInline):
    model = GraphLesson
    extra = 1
    autocomplete_fields = ["lesson"]


@admin.register(Graph)
class GraphAdmin(admin.ModelAdmin):
    list_display = ["title", "subject"]
    list_select_related = ["subject"]
    list_filter = ["subject"]
    search_fields = ["title"]
    autocomplete_fields = ["subject"]
    inlines = [GraphLessonInline]


@admin.register(GraphLesson)
class GraphLessonAdmin(admin.ModelAdmin):
    list_display = ["graph", "order", "lesson"]
    list_select_related = ["graph", "lesson"]
    list_filter = ["graph"]
    search_fields = ["lesson__title"]
    autocomplete_fields = ["graph", "lesson"]


@admin.register(Dependency)
class DependencyAdmin(admin.ModelAdmin):
    list_display = ["lesson", "required_lesson"]
    list_select_related = ["lesson", "required_lesson"]
    search_fields = ["lesson__title", "required_lesson__title"]
    autocomplete_fields = ["lesson", "required_lesson"]


@admin.register(StudentLessonUnlock)
class StudentLessonUnlockAdmin(admin.ModelAdmin):
    list_display = ["student", "lesson", "is_unlocked"]
    list_select_related = ["student", "lesson"]
    list_filter = ["is_unlocked"]
    search_fields = ["student__email", "lesson__title"]
    autocomplete_fields = ["student", "lesson"]
