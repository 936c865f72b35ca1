"""Which files are the project's own? Its modules and templates, for `manage.py check` and the end of a test run.

Never called in a request. Bounded: a folder that turns out to be somebody's whole disk ends the search.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.template import engines

from .codelines import is_project_file, relative_path

__all__ = ["ProjectFiles", "project_files"]

_MOST_FILES = 20_000
_MOST_FOLDERS = 10_000
_SKIPPED = frozenset({"__pycache__", "site-packages", "dist-packages", "node_modules"})
_VIRTUAL_ENVIRONMENT = "pyvenv.cfg"


@dataclass(slots=True)
class ProjectFiles:
    """What was found.

    Attributes:
        paths: The files, in the order of their folders.
        complete: Whether these are all; `False` when a bound was reached.
    """

    paths: list[str] = field(default_factory=list)
    complete: bool = True

    def as_people_see_them(self) -> list[str]:
        """The files relative to the project, as findings name them."""
        return [relative_path(path) for path in self.paths]


def project_files() -> ProjectFiles:
    """The modules below `BASE_DIR` and those of apps that live elsewhere, and all files in folders of templates.

    Without hidden folders, virtual environments, installed packages, `MEDIA_ROOT` and `STATIC_ROOT`.
    """
    found = ProjectFiles()
    seen: set[str] = set()
    folders = 0
    kept = [getattr(settings, setting, None) for setting in ("MEDIA_ROOT", "STATIC_ROOT")]
    unwanted = {_absolute(one) for one in kept if one}
    for root, only_python in _roots():
        for folder, inner, names in os.walk(root):
            if _VIRTUAL_ENVIRONMENT in names or folder in unwanted:
                inner.clear()
                continue
            inner[:] = sorted(name for name in inner if not name.startswith(".") and name not in _SKIPPED)
            folders += 1
            if folders > _MOST_FOLDERS or len(found.paths) > _MOST_FILES:
                found.complete = False
                return found
            for name in sorted(names):
                path = os.path.join(folder, name)  # noqa: PTH118 — Path takes ten times as long
                if path not in seen and (name.endswith(".py") or not (only_python or name.startswith("."))):
                    seen.add(path)
                    found.paths.append(path)
    return found


def _roots() -> Iterator[tuple[str, bool]]:
    """The folders to search, and whether only Python files in them count."""
    yield _absolute(getattr(settings, "BASE_DIR", None) or Path.cwd()), True
    for app in apps.get_app_configs():
        if is_project_file(str(Path(app.path, "models.py"))):
            yield _absolute(app.path), True
    try:
        every: list[Any] = list(engines.all())
    except Exception:  # noqa: BLE001 — Django tells what is wrong with TEMPLATES itself
        return
    for engine in every:
        for folder in getattr(engine, "template_dirs", ()):
            if is_project_file(str(Path(folder, "template"))):
                yield _absolute(folder), False


def _absolute(folder: Any) -> str:
    return str(os.path.abspath(folder))  # noqa: PTH100 — resolve() follows links, and a culprit's path does not
