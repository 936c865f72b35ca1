"""How long does `analyze_queries` take on a large project? `python -m benchmarks.analyze` makes one of 300 models.

Each has an admin class with filters, a search and an order, a list in the API with filters, and rows enough for
the planner to be asked about each candidate. The command runs in a process of its own, its start included.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .machine import commit, machine

ROOT = Path(__file__).parent.parent

SETTINGS = """
from pathlib import Path
BASE_DIR = Path(__file__).parent
SECRET_KEY = "benchmark"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "urls"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}
SILENCED_SYSTEM_CHECKS = ["admin.E403", "admin.E408", "admin.E409", "admin.E410"]  # nobody opens its admin
INSTALLED_APPS = [
    "django.contrib.contenttypes", "django.contrib.auth", "django.contrib.messages", "django.contrib.sessions",
    "django.contrib.admin", "rest_framework", "django_filters", "nplusone_guard", *APPS,
]
"""
MODELS = "from django.db import models\n"
MODEL = """
class Model{number}(models.Model):
    name = models.CharField(max_length=50)
    state = models.CharField(max_length=10)
    note = models.TextField()
    created_at = models.DateTimeField()
    parent = models.ForeignKey("{parent}", models.CASCADE, null=True)
    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["parent"], name="parent{number}_idx")]
"""
ADMINS = "from django.contrib import admin\nfrom . import models\n"
ADMIN = """
@admin.register(models.Model{number})
class Model{number}Admin(admin.ModelAdmin):
    list_display = ["name", "parent"]
    list_filter = ["state"]
    search_fields = ["=name"]
    date_hierarchy = "created_at"
"""
VIEWS = "from rest_framework import serializers, viewsets\nfrom django_filters.rest_framework import *\n"
VIEWS += "from . import models\n"
VIEW = """
class Model{number}Serializer(serializers.ModelSerializer):
    above = serializers.CharField(source="parent.name")
    class Meta:
        model = models.Model{number}
        fields = ["name", "above"]
class Model{number}ViewSet(viewsets.ReadOnlyModelViewSet):
    queryset = models.Model{number}.objects.all()
    serializer_class = Model{number}Serializer
    filter_backends = [DjangoFilterBackend]
    filterset_fields = ["state", "name", "parent"]
"""
URLS = """
from importlib import import_module
from django.apps import apps
from rest_framework.routers import SimpleRouter
router = SimpleRouter()
for model in apps.get_models():
    if model.__name__.startswith("Model"):
        views = import_module(model.__module__.replace("models", "views"))
        router.register(model.__name__.lower(), getattr(views, model.__name__ + "ViewSet"))
urlpatterns = router.urls
"""
MANAGE = "import sys\nfrom django.core.management import execute_from_command_line\n"
MANAGE += "execute_from_command_line(sys.argv)\n"
FILL = """
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {rows})
INSERT INTO {table} (name, state, note, created_at, parent_id)
SELECT 'name ' || n, 'state ' || (n % 5), '', datetime('2024-01-01', '+' || n || ' minutes'), NULL FROM numbers
"""
_MODELS_OF_AN_APP = 25


def main() -> None:
    """Make the project, run the command, and print how long it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=300)
    parser.add_argument("--rows", type=int, default=2_000, help="of each table")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        _write(project, arguments.models)
        _manage(project, "migrate", "--run-syncdb", "--verbosity=0")
        _fill(project, arguments.models, arguments.rows)
        started = time.perf_counter()
        told = _manage(project, "analyze_queries")
        seconds = time.perf_counter() - started
    print(f"{machine()}; commit {commit()}")
    print(f"{arguments.models} models of {arguments.rows:,} rows, SQLite: {seconds:.1f} s. {told.splitlines()[0]}")


def _app_of(number: int) -> str:
    return f"app{number // _MODELS_OF_AN_APP}"


def _write(project: Path, models: int) -> None:
    apps = sorted({_app_of(number) for number in range(models)})
    for app in apps:
        (project / app).mkdir()
        numbers = [number for number in range(models) if _app_of(number) == app]
        names = [(number, f"{_app_of(max(number - 1, 0))}.Model{max(number - 1, 0)}") for number in numbers]
        files = {
            "__init__.py": "",
            "models.py": MODELS + "".join(MODEL.format(number=number, parent=parent) for number, parent in names),
            "admin.py": ADMINS + "".join(ADMIN.format(number=number) for number in numbers),
            "views.py": VIEWS + "".join(VIEW.format(number=number) for number in numbers),
        }
        for name, text in files.items():
            (project / app / name).write_text(text)
    (project / "settings.py").write_text(f"APPS = {apps}{SETTINGS}")
    (project / "urls.py").write_text(URLS)
    (project / "manage.py").write_text(MANAGE)


def _fill(project: Path, models: int, rows: int) -> None:
    statements = [
        FILL.format(rows=rows, table=f"{_app_of(number)}_model{number}".lower()) for number in range(models)
    ]
    script = (
        f"from django.db import connection\nfor one in {statements!r}:\n    connection.cursor().execute(one)\n"
    )
    _manage(project, "shell", "--command", script)


def _manage(project: Path, *command: str) -> str:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "settings", "PYTHONPATH": f"{project}:{ROOT}"}
    run = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        sys.exit(run.stderr)
    return run.stdout


if __name__ == "__main__":
    main()
