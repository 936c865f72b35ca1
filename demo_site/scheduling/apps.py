from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    name = "demo_site.scheduling"
    default_auto_field = "django.db.models.BigAutoField"
