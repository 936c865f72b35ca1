"""Where the store's pages are."""

from django.contrib import admin
from django.urls import path

from . import views

urlpatterns = [
    path("admin/", admin.site.urls),
    path("stamped/", views.ok),
    path("stamped-joined/", views.ok),
    path("orders/", views.order_page),
    path("orders-joined/", views.order_page_joined),
    path("orders/<int:pk>/", views.order_detail),
]
