from django.apps import AppConfig


class TourConfig(AppConfig):
    name = "demo_site.tour"
    default_auto_field = "django.db.models.BigAutoField"
