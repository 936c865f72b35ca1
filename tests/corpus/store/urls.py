"""Where the store's pages are."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from . import api, views
from .admin import SITES

router = SimpleRouter()
router.register("orders", api.OrderViewSet)
router.register("orders-joined", api.JoinedOrderViewSet, basename="orders-joined")
router.register("orders-nested", api.NestedOrderViewSet, basename="orders-nested")
router.register("orders-prefetched", api.PrefetchedOrderViewSet, basename="orders-prefetched")

urlpatterns = [
    *(path(f"admin/{name}/", site.urls) for name, site in SITES.items()),
    path("api/", include(router.urls)),
    path("api/guarded/", api.GuardedOrders.as_view()),
    path("api/guarded-joined/", api.GuardedOrdersJoined.as_view()),
    path("api/customers/", api.CustomersWithLatest.as_view()),
    path("api/customers-prefetched/", api.CustomersWithLatestPrefetched.as_view()),
    path("stamped/", views.ok),
    path("stamped-joined/", views.ok),
    path("customers/<int:pk>/", views.ok, name="customer"),
    path("coupons/<str:code>/", views.ok, name="coupon"),
    path("menu/", views.menu_page),
    path("menu-in-bulk/", views.menu_page),
    path("order-page/<int:pk>/", views.OrderPage.as_view()),
    path("orders/", views.order_page),
    path("orders-joined/", views.order_page_joined),
    path("orders/<int:pk>/", views.order_detail, name="order-detail-page"),
]
