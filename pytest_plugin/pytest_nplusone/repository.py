"""Where does a file of a finding lie, on this disk and in the repository?

A `Place` has its path relative to the settings' `BASE_DIR`, where that contains it, or to the working directory; a
test's id begins with a path relative to pytest's root. Code scanning and pull requests want all of them relative
to the repository.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from nplusone_guard.codelines import is_project_file

__all__ = ["absolute", "in_repository", "repository_root"]

_CI_CHECKOUTS = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")
"""Where GitHub Actions and GitLab CI name the folder they checked the repository out into."""


def absolute(path: str) -> str:
    """The file that `nplusone_guard.codelines.relative_path`, or pytest in a test's id, made `path` of.

    `path` itself where there is no such file.
    """
    return str(next((one for base in _bases() if (one := base / path).is_file()), path))


def in_repository(path: str) -> str:
    """`path` relative to the repository, with `/` on every system; `""` for a file outside of it.

    Installed packages are outside, also those in a virtual environment that lies inside.
    """
    found = Path(absolute(path))
    if not found.is_absolute():
        found = _project() / found
    if not is_project_file(str(found)):
        return ""
    root = repository_root()
    for inner, outer in ((found, root), (Path(os.path.realpath(found)), Path(os.path.realpath(root)))):
        try:
            return inner.relative_to(outer).as_posix()
        except ValueError:
            continue
    return ""


def repository_root() -> Path:
    """The folder around the working directory that is the repository.

    Without version control (an image that the code was copied into) it is the folder CI checked out, then
    `BASE_DIR`, then the working directory: whichever is first to contain the working directory.
    """
    here = Path.cwd()
    around = (here, *here.parents)
    # A file in a worktree or a submodule, a folder elsewhere.
    versioned = next((folder for folder in around if (folder / ".git").exists()), None)
    if versioned is not None:
        return versioned
    named = [Path(os.environ[name]) for name in _CI_CHECKOUTS if os.environ.get(name)]
    return next((folder for folder in (*named, _project()) if folder in around), here)


def _bases() -> Iterator[Path]:
    """The folders that a path may be relative to, in the order in which `relative_path` tries them."""
    yield _project()
    here = Path.cwd()
    yield here
    # pytest's root may lie above.
    root = repository_root()
    yield from (folder for folder in here.parents if folder.is_relative_to(root))


def _project() -> Path:
    try:
        base = getattr(settings, "BASE_DIR", None)
    except ImproperlyConfigured:
        base = None
    return Path(base or Path.cwd())
