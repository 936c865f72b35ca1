"""A suite of trivial tests, each of which creates a row and reads it: nearly nothing but what is around a test."""

from __future__ import annotations

import textwrap
from pathlib import Path

__all__ = ["write_suite"]

_IN_A_MODULE = 100

_FILES = {
    "pytest.ini": """
        [pytest]
        DJANGO_SETTINGS_MODULE = settings
        pythonpath = .
    """,
    "settings.py": """
        SECRET_KEY = "suite"
        DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
        DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
        INSTALLED_APPS = ["django.contrib.contenttypes", "library"]
        USE_TZ = True
    """,
    "library/__init__.py": "",
    "library/models.py": """
        from django.db import models

        class Author(models.Model):
            name = models.CharField(max_length=100)
    """,
}

_HEAD = """
import pytest

from library.models import Author

pytestmark = pytest.mark.django_db
"""

_TEST = """

def test_{number}():
    pk = Author.objects.create(name="{number}").pk
    assert Author.objects.get(pk=pk).name == "{number}"
"""


def write_suite(folder: Path, tests: int) -> None:
    """A project with so many `tests`, in `folder`."""
    for name, source in _FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(source).lstrip("\n"))
    for first in range(0, tests, _IN_A_MODULE):
        numbers = range(first, min(first + _IN_A_MODULE, tests))
        source = _HEAD.lstrip("\n") + "".join(_TEST.format(number=number) for number in numbers)
        (folder / f"test_{first}.py").write_text(source)
