"""Which pages has the demo site? The API twice, and Django's admin."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="naive:api-root")),
    path("", include("demo_site.api_urls")),
    path("admin/", admin.site.urls),
]
