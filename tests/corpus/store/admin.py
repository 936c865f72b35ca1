"""The store's admin: several sites, so that one model may be shown in several ways."""

from __future__ import annotations

from django.contrib import admin

from .models import Customer, Item, Offer, Order, Product, Region, Supplier

__all__ = ["SITES"]

SITES: dict[str, admin.AdminSite] = {}
"""By the path they are at."""


def on(name, *models):
    """Show `models` on the site `name` in the way of the class."""

    def decorate(admin_class):
        site = SITES.setdefault(name, admin.AdminSite(name=name))
        site.register(models, admin_class)
        return admin_class

    return decorate


@on("nullable", Order)
class NullableColumnAdmin(admin.ModelAdmin):
    """Django joins the keys in list_display itself, but for those that may be null."""

    list_display = ["number", "customer", "coupon"]  # culprit admin_nullable_column


@on("joined", Order)
class JoinedAdmin(admin.ModelAdmin):
    list_display = ["number", "customer", "coupon", "customer__region__name", "customer_email", "__str__"]
    list_select_related = ["customer__region", "coupon"]


@on("joined", Item)
class JoinedItemAdmin(admin.ModelAdmin):
    list_display = ["pk", "product__name", "price", "sku"]
    list_select_related = ["product"]

    def price(self, item):
        return item.product.price


@on("keys", Order)
class KeyColumnAdmin(admin.ModelAdmin):
    """Of a key that is never null, Django joins the row by itself."""

    list_display = ["number", "customer"]


@on("dotted", Item)
class DottedColumnAdmin(admin.ModelAdmin):
    list_display = ["pk", "product__name"]  # culprit admin_dotted_column


@on("method", Item)
class MethodColumnAdmin(admin.ModelAdmin):
    list_display = ["pk", "price"]

    @admin.display(description="price")
    def price(self, item):
        return item.product.price  # culprit admin_method_column


@on("property", Item)
class PropertyColumnAdmin(admin.ModelAdmin):
    list_display = [
        "pk",
        "sku",  # culprit admin_property_column
    ]


@on("text", Order)
class TextColumnAdmin(admin.ModelAdmin):
    list_display = ["__str__"]  # culprit admin_str_column


@on("function", Customer)
class FunctionColumnAdmin(admin.ModelAdmin):
    list_display = ["name", lambda customer: customer.orders.count()]  # culprit admin_function_column


@on("function-joined", Customer)
class AnnotatedColumnAdmin(admin.ModelAdmin):
    list_display = ["name", "order_count"]

    def get_queryset(self, request):
        from django.db.models import Count

        return super().get_queryset(request).annotate(how_many=Count("orders"))

    def order_count(self, customer):
        return customer.how_many


@on("filter", Item)
class RelatedFilterAdmin(admin.ModelAdmin):
    list_filter = ["order"]  # culprit admin_list_filter


class OrderFilter(admin.RelatedFieldListFilter):
    def field_choices(self, field, request, model_admin):
        return [(order.pk, str(order)) for order in Order.objects.select_related("customer")]


@on("filter-joined", Item)
class RelatedFilterJoinedAdmin(admin.ModelAdmin):
    list_filter = [("order", OrderFilter)]


class ByRegion(admin.SimpleListFilter):
    title = "region"
    parameter_name = "region"

    def lookups(self, request, model_admin):
        for region in Region.objects.all():  # origin admin_simple_list_filter
            yield region.pk, f"{region.name} ({region.customers.count()})"  # culprit admin_simple_list_filter

    def queryset(self, request, queryset):
        return queryset


class ByRegionAnnotated(ByRegion):
    def lookups(self, request, model_admin):
        from django.db.models import Count

        regions = Region.objects.annotate(how_many=Count("customers"))
        return [(one.pk, f"{one.name} ({one.how_many})") for one in regions]


@on("simple-filter", Customer)
class SimpleFilterAdmin(admin.ModelAdmin):
    list_filter = [ByRegion]


@on("simple-filter-joined", Customer)
class SimpleFilterJoinedAdmin(admin.ModelAdmin):
    list_filter = [ByRegionAnnotated]


class OfferInline(admin.TabularInline):
    model = Offer
    fields = ["product", "price"]  # culprit admin_inline_choices
    extra = 0


class ReadOnlyOfferInline(admin.TabularInline):
    model = Offer
    fields = ["product", "price"]
    readonly_fields = ["product"]  # culprit admin_inline_read_only
    extra = 0


class RawOfferInline(admin.TabularInline):
    model = Offer
    raw_id_fields = ["product"]  # culprit admin_inline_raw_id
    extra = 0


class CompletedOfferInline(admin.TabularInline):
    model = Offer
    autocomplete_fields = ["product"]  # culprit admin_inline_autocomplete
    extra = 0


class MethodOfferInline(admin.TabularInline):
    model = Offer
    fields = ["price", "shelf"]
    readonly_fields = ["shelf"]
    extra = 0

    def shelf(self, offer):
        return offer.product.category.name  # culprit admin_inline_method


class JoinedOfferInline(MethodOfferInline):
    fields = ["product", "price", "shelf"]
    readonly_fields = ["product", "shelf"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("product__category")


@on("searched", Product)
@on("completed", Product)
class ProductAdmin(admin.ModelAdmin):
    search_fields = ["name"]


@on("inline", Supplier)
class InlineAdmin(admin.ModelAdmin):
    inlines = [OfferInline]


@on("read-only", Supplier)
class ReadOnlyInlineAdmin(admin.ModelAdmin):
    inlines = [ReadOnlyOfferInline]


@on("raw", Supplier)
class RawInlineAdmin(admin.ModelAdmin):
    inlines = [RawOfferInline]


@on("completed", Supplier)
class CompletedInlineAdmin(admin.ModelAdmin):
    inlines = [CompletedOfferInline]


@on("inline-method", Supplier)
class MethodInlineAdmin(admin.ModelAdmin):
    inlines = [MethodOfferInline]


@on("inline-joined", Supplier)
class JoinedInlineAdmin(admin.ModelAdmin):
    inlines = [JoinedOfferInline]


@on("actions", Order)
class ActionAdmin(admin.ModelAdmin):  # origin admin_action admin_action_that_writes
    actions = ["greet", "greet_joined", "pay", "pay_at_once"]

    @admin.action(description="Greet")
    def greet(self, request, orders):
        names = [order.customer.name for order in orders]  # origin culprit admin_action
        self.message_user(request, ", ".join(names))

    @admin.action(description="Greet, joined")
    def greet_joined(self, request, orders):
        names = [order.customer.name for order in orders.select_related("customer")]
        self.message_user(request, ", ".join(names))

    @admin.action(description="Pay")
    def pay(self, request, orders):
        for order in orders:  # origin admin_action_that_writes
            order.status = "paid"
            order.save()  # culprit admin_action_that_writes

    @admin.action(description="Pay at once")
    def pay_at_once(self, request, orders):
        orders.update(status="paid")
