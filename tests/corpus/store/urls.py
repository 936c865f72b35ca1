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
    path("whoami/", views.whoami),
    path("menu/", views.menu_page),
    path("menu-in-bulk/", views.menu_page),
    path("listed/", views.OrderList.as_view()),
    path("listed-joined/", views.OrderListJoined.as_view()),
    path("pages/", views.OrderPages.as_view()),
    path("pages-joined/", views.OrderPagesJoined.as_view()),
    path("totals/", views.Totals.as_view()),
    path("totals-prefetched/", views.TotalsPrefetched.as_view()),
    path("decorated/", views.Decorated.as_view()),
    path("decorated-joined/", views.DecoratedJoined.as_view()),
    path("related-pages/", views.pages_of_related),
    path("related-pages-prefetched/", views.pages_of_related_prefetched),
    path("streamed/", views.streamed),
    path("streamed-joined/", views.streamed_joined),
    path("streamed-async/", views.streamed_async),
    path("streamed-async-joined/", views.streamed_async_joined),
    path("async/", views.async_page),
    path("async-joined/", views.async_page_joined),
    path("async-class/", views.AsyncClassView.as_view()),
    path("async-class-annotated/", views.AsyncClassViewAnnotated.as_view()),
    path("order-page/<int:pk>/", views.OrderPage.as_view()),
    path("orders/", views.order_page),
    path("orders-joined/", views.order_page_joined),
    path("orders/<int:pk>/", views.order_detail, name="order-detail-page"),
]
