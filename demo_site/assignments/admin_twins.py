"""A list of the admin twice: with a statement per row for each column that follows a relation, and without.

Django's admin joins what `list_display` names directly, as `student`. It does not look into `student__email`.
The site's own admin, at /admin/, is in `admin.py`.
"""

from __future__ import annotations

from django.contrib import admin

from .models import AssignmentSubmission

naive_site = admin.AdminSite(name="naive_admin")
optimized_site = admin.AdminSite(name="optimized_admin")


@admin.register(AssignmentSubmission, site=naive_site)
class NaiveSubmissionAdmin(admin.ModelAdmin):
    list_display = [
        "id",
        "student__email",  # N+1 (admin: student)
        "assignment__title",  # N+1 (admin: assignment)
        "status",
    ]
    list_per_page = 20
    ordering = ["-submitted_at", "-id"]
    raw_id_fields = ["student", "assignment"]


@admin.register(AssignmentSubmission, site=optimized_site)
class OptimizedSubmissionAdmin(NaiveSubmissionAdmin):
    list_select_related = ["student", "assignment"]
