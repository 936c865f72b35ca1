"""The store as a Django app."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    name = "tests.corpus.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"
