"""Where the library's views are."""

import inspect

from django.urls import path

from . import views

urlpatterns = [
    path(f"{name.replace('_', '-')}/", view)
    for name, view in inspect.getmembers(views, inspect.isroutine)
    if view.__module__ == views.__name__ and not name.startswith("_")
]
