from django.apps import AppConfig


class AssignmentsConfig(AppConfig):
    name = "demo_site.assignments"
    default_auto_field = "django.db.models.BigAutoField"
