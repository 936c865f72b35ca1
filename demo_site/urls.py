"""Which pages has the demo site? The API twice, three other pages twice, and Django's admin."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from .assignments.admin_twins import naive_site, optimized_site
from .materials.pages import naive_catalogue, optimized_catalogue
from .scheduling.views import naive_timetable, optimized_timetable

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="naive:api-root")),
    path("", include("demo_site.api_urls")),
    path("naive/catalogue/", naive_catalogue),
    path("optimized/catalogue/", optimized_catalogue),
    path("naive/timetable/", naive_timetable),
    path("optimized/timetable/", optimized_timetable),
    path("naive/admin/", naive_site.urls),
    path("optimized/admin/", optimized_site.urls),
    path("admin/", admin.site.urls),
    path("sign-in/", include("rest_framework.urls")),
]
