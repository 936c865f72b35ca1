from django.http import HttpResponse
from django.urls import include, path
from rest_framework.routers import SimpleRouter

from . import views
from .admin import shelves, site

router = SimpleRouter()
router.register("viewset", views.BookViewSet)

urlpatterns = [
    path("admin/", site.urls),
    path("shelves/", shelves.urls),
    path("authors/<email>/", lambda request, email: HttpResponse(email), name="author"),
    path("books/", views.BookList.as_view()),
    path("passing/", views.PassingBookList.as_view()),
    path("wrapped/", views.passing_on(views.BookList.as_view())),
    path("ordered/", views.OrderedBookList.as_view()),
    path("reviews/", views.ReviewApi.as_view()),
    path("function/", views.books_api),
    path("decorated/", views.decorated),
    path("rendered/", views.rendered),
    path("row-by-row/", views.row_by_row),
    path("looping/", views.looping),
    path("", include(router.urls)),
]
