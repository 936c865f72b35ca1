from django.contrib import admin

from .models import Payment


@admin.register(Payment)
class PaymentAdmin(admin.ModelAdmin):
    list_display = ["id", "user", "amount", "status", "created_at"]
    list_select_related = ["user"]
    list_filter = ["status"]
    search_fields = ["user__email"]
    date_hierarchy = "created_at"
    autocomplete_fields = ["user"]
