"""A store with one relation of every sort, and with admin, forms, serializers, templates and views."""
