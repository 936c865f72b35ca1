from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "demo_site.accounts"
    default_auto_field = "django.db.models.BigAutoField"
