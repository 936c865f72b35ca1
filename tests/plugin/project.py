"""A small Django project in a folder of its own, and a pytest run in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

FILES = {
    "pytest.ini": """
        [pytest]
        DJANGO_SETTINGS_MODULE = settings
        pythonpath = .
        filterwarnings = error
        asyncio_mode = auto
        asyncio_default_fixture_loop_scope = function
    """,
    "settings.py": """
        import os
        from pathlib import Path

        BASE_DIR = Path(__file__).parent
        SECRET_KEY = "project"
        USE_TZ = True
        DATABASES = {
            alias: {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"} for alias in ("default", "other")
        }
        DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
        INSTALLED_APPS = ["django.contrib.contenttypes", "library"]
        MIDDLEWARE = []
        ROOT_URLCONF = "library.urls"
        STATIC_URL = "/static/"
        if os.environ.get("PROJECT_MIDDLEWARE"):
            INSTALLED_APPS.append("nplusone_guard")
            MIDDLEWARE = ["nplusone_guard.middleware.NPlusOneMiddleware"]
            NPLUSONE_GUARD = {"HEADERS": True, "SAMPLE_RATE": float(os.environ["PROJECT_MIDDLEWARE"])}
            if os.environ.get("PROJECT_RAISE"):
                NPLUSONE_GUARD["RAISE"] = True
    """,
    "library/__init__.py": "",
    "library/models.py": """
        from django.db import models

        class Author(models.Model):
            name = models.CharField(max_length=100)

        class Book(models.Model):
            title = models.CharField(max_length=100)
            author = models.ForeignKey(Author, models.CASCADE)

            def save(self, *args, **kwargs):
                super().save(*args, **kwargs)
    """,
    "library/services.py": """
        from .models import Author, Book

        def author_names():
            names = []
            for book in Book.objects.all():
                names.append(book.author.name)
            return names

        def author_name(pk):
            return Book.objects.get(pk=pk).author.name

        async def author_name_async(pk):
            return (await Author.objects.aget(pk=pk)).name
    """,
    "library/views.py": """
        from django.http import HttpResponse, JsonResponse, StreamingHttpResponse

        from .models import Author, Book

        def authors(request):
            names = []
            for book in Book.objects.all():
                names.append(book.author.name)
            return JsonResponse({"names": names})

        def fixed(request):
            return JsonResponse({"names": [book.author.name for book in Book.objects.select_related("author")]})

        def author(request, pk):
            return HttpResponse(Book.objects.get(pk=pk).author.name)

        def stream(request):
            return StreamingHttpResponse(book.author.name for book in Book.objects.all())

        def broken(request):
            [book.author for book in Book.objects.all()]
            raise RuntimeError("the view is broken")

        async def authors_async(request):
            names = []
            async for book in Book.objects.all():
                names.append((await Author.objects.aget(pk=book.author_id)).name)
            return JsonResponse({"names": names})
    """,
    "library/urls.py": """
        from django.urls import path

        from . import views

        urlpatterns = [
            path("authors/", views.authors),
            path("fixed/", views.fixed),
            path("author/<int:pk>/", views.author),
            path("stream/", views.stream),
            path("broken/", views.broken),
            path("authors-async/", views.authors_async),
        ]
    """,
    "factories.py": """
        from library.models import Author, Book

        def stock(number=4):
            books = []
            for index in range(number):
                author = Author.objects.create(name=f"author {index}")
                books.append(Book.objects.create(title=f"book {index}", author=author))
            return books
    """,
    "conftest.py": """
        import pytest

        @pytest.fixture
        def books(db):
            from factories import stock

            return stock()
    """,
}


@dataclass
class Run:
    """What a run came to.

    Attributes:
        code: The exit status.
        outcomes: `passed`, `failed`, `error`, `skipped` or `xfailed`, by the test's name.
        failures: What the failures say, by the test's name.
        text: What was printed.
    """

    code: int
    outcomes: dict[str, str]
    failures: dict[str, str]
    text: str

    @property
    def lines(self) -> pytest.LineMatcher:
        """What was printed, to match."""
        return pytest.LineMatcher(self.text.splitlines())


class Project:
    """The project in `folder`, with more `files`, or others in their place."""

    def __init__(self, folder: Path, **files: str) -> None:
        self.folder = folder
        for name, source in {**FILES, **{f"{name}.py": source for name, source in files.items()}}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(source).lstrip("\n"))

    def run(self, *arguments: str, **environment: str) -> Run:
        """Run pytest there."""
        # Everything but the project is compiled once for all runs; the project may change within a second.
        ours = ("DJANGO_", "PYTEST_ADDOPTS", "PYTEST_XDIST", "PROJECT_", "PYTHONDONTWRITEBYTECODE")
        outer = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        for compiled in list(self.folder.rglob("__pycache__")):
            shutil.rmtree(compiled)
        results = self.folder / "results.xml"
        results.unlink(missing_ok=True)
        # Hypothesis's plugin takes a sixth of a second to import, some four hundred times; @given does without it.
        without = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest")
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *without, f"--junitxml={results.name}", *arguments],
            cwd=self.folder,
            env={**outer, "NO_COLOR": "1", "COLUMNS": "80", **environment},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        outcomes, failures = {}, {}
        for case in ET.parse(results).iter("testcase") if results.exists() else ():
            name = case.attrib["name"]
            outcomes[name] = "passed"
            for child in case:
                if child.tag in ("failure", "error", "skipped"):
                    outcomes[name] = "failed" if child.tag == "failure" else child.tag
                    failures[name] = child.text or child.attrib.get("message", "")
                    if child.attrib.get("type") == "pytest.xfail":
                        outcomes[name] = "xfailed"
        return Run(done.returncode, outcomes, failures, done.stdout + done.stderr)
