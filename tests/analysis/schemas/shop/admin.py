"""Not registered with the project's site: the tests ask for it."""

from django.contrib import admin

from .models import Customer, Order, Product

site = admin.AdminSite("shop")


@admin.register(Customer, site=site)
class CustomerAdmin(admin.ModelAdmin):
    search_fields = ["name", "name__startswith", "email__exact"]
    list_filter = ["country"]


@admin.register(Product, site=site)
class ProductAdmin(admin.ModelAdmin):
    list_filter = ["is_listed"]
    search_fields = ["description__exact"]


@admin.register(Order, site=site)
class OrderAdmin(admin.ModelAdmin):
    list_filter = ["state", "customer__country"]
    date_hierarchy = "placed_at"
    ordering = ["-placed_at"]
