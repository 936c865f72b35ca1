from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "demo_site.payments"
    default_auto_field = "django.db.models.BigAutoField"
