from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "demo_site.reports"
    default_auto_field = "django.db.models.BigAutoField"
