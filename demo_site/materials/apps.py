from django.apps import AppConfig


class MaterialsConfig(AppConfig):
    name = "demo_site.materials"
    default_auto_field = "django.db.models.BigAutoField"
