from django.apps import AppConfig


class SeedingConfig(AppConfig):
    name = "demo_site.seeding"
    default_auto_field = "django.db.models.BigAutoField"
